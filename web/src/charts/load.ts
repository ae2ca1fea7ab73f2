import { getJson, ProblemError } from '../api/client';
import type { EventsAnswer, SignalDetail, TableAnswer } from '../api/types';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLoad, type Loaded } from '../state/load';
import { useVersion } from '../state/live';
import type { Range } from '../state/range';
import { startOfDay } from '../state/zone';
import { DAY, HOUR, MINUTE, offsetMs } from '../plot/time';
import type { Chart, TableNeed } from './definition';
import { Table } from './table';

export interface Stretch { startMs: number; endMs: number }

export const BINS = [
  { value: '5m', ms: 5 * MINUTE, label: '5 min' }, { value: '15m', ms: 15 * MINUTE, label: '15 min' }, { value: '1h', ms: HOUR, label: '1 h' }, { value: '1d', ms: DAY, label: '1 day' },
] as const;

export type Bin = (typeof BINS)[number];

/** The bin length of an address, or one that gives a readable number of bins: about a hundred. */
export function binOf(text: string, lengthMs: number): Bin {
  return BINS.find(b => b.value === text) ?? (lengthMs <= 6 * HOUR ? BINS[0] : lengthMs <= 3 * DAY ? BINS[1] : BINS[2]);
}

/** Begin of the bin that holds a time, on the zone's clock: a bin that begins before the asked time would else be missing. */
export const binStart = (timeMs: number, binMs: number, zone: string): number => (binMs >= DAY ? startOfDay(timeMs, zone) : timeMs - ((((timeMs + offsetMs(zone, timeMs)) % binMs) + binMs) % binMs));

/** Where a table is asked for. */
export function tablePath(signal: string, need: TableNeed, stretch: Stretch, zone: string, bin: Bin): string {
  const from = need.isPlans ? startOfDay(stretch.startMs, zone) : need.isBinned ? binStart(stretch.startMs, bin.ms, zone) : need.isCut ? binStart(stretch.startMs, 15 * MINUTE, zone) : stretch.startMs;
  return `/signals/${encodeURIComponent(signal)}/tables/${need.table}?from=${Math.floor(from)}&to=${Math.ceil(stretch.endMs)}${need.isBinned ? `&bin=${bin.value}` : ''}`;
}

export interface ChartData {
  tables: Record<string, Table>;
  events: EventsAnswer | null;
  /** What those who look may not see, or have not said what for. */
  refused: string[];
  stretch: Stretch;
  bin: Bin;
}

/** Everything that a chart is drawn from, for one stretch of time. Tables of single events that are refused are left out and said. */
export async function loadChart(chart: Pick<Chart, 'tables' | 'eventCodes'>, signal: string, stretch: Stretch, zone: string, bin: Bin, mayRaw: boolean, abort: AbortSignal): Promise<ChartData> {
  const refused: string[] = [];
  const tables: Record<string, Table> = {};
  let events: EventsAnswer | null = null;
  const raw = async (what: string, load: () => Promise<void>): Promise<void> => {
    if (!mayRaw) {
      refused.push(`${what}: single events are for those who operate signals`);
      return;
    }

    try {
      await load();
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 403) {
        throw error;
      }

      refused.push(`${what}: ${error.message}`);
    }
  };
  const one = (need: TableNeed): Promise<void> => {
    const load = async (): Promise<void> => {
      tables[need.table] = new Table(await getJson<TableAnswer>(tablePath(signal, need, stretch, zone, bin), { signal: abort, ...(need.isRaw ? { raw: true } : {}) }));
    };
    return need.isRaw ? raw(need.table.replaceAll('-', ' '), load) : load();
  };
  const all = chart.tables.map(one);
  if (chart.eventCodes) {
    const codes = chart.eventCodes;
    all.push(raw('log rows', async () => {
      events = await getJson<EventsAnswer>(
        `/signals/${encodeURIComponent(signal)}/events?from=${Math.floor(stretch.startMs)}&to=${Math.ceil(stretch.endMs)}&codes=${codes.join(',')}&limit=20000`, { signal: abort, raw: true });
    }));
  }

  await Promise.all(all);
  return { tables, events, refused, stretch, bin };
}

/** How often a fixed stretch of the past is looked at again for rows that came late. */
const LATE_MS = MINUTE;

/** Short live ranges follow each change of the tables; longer ones follow their own end, which moves every 15 s or minute; the past is looked at again each minute. */
export function useFreshness(signal: string, range: Range): string {
  const version = useVersion(signal);
  const seen = useRef({ atMs: 0, version: 0 });
  const [late, setLate] = useState(0);
  useEffect(() => {
    const now = Date.now();
    if (!range.isLive && now - seen.current.atMs > LATE_MS && version !== seen.current.version) {
      const isFirst = seen.current.atMs === 0;
      seen.current = { atMs: now, version };
      if (!isFirst) {
        setLate(n => n + 1);
      }
    }
  }, [version, range.isLive]);
  return range.isLive ? (range.endMs - range.startMs <= 15 * MINUTE ? `v${version}` : '') : `late${late}`;
}

export function useChartData(chart: Pick<Chart, 'key' | 'tables' | 'eventCodes'>, signal: string, zone: string, stretch: Stretch | null, bin: Bin, mayRaw: boolean, freshness: string): Loaded<ChartData> {
  const key = stretch === null ? null : [chart.key, signal, stretch.startMs, stretch.endMs, bin.value, mayRaw, freshness].join('|');
  return useLoad(key, abort => loadChart(chart, signal, stretch!, zone, bin, mayRaw, abort), `${chart.key}|${signal}`);
}

/** What the whole page knows of its time: which stretches the log did not see, and which detectors are at fault at its end. */
export interface Surroundings {
  unseen: Stretch[];
  /** Share of the range, as far as it is past, that the log saw; null until it is known. */
  seenShare: number | null;
  faulted: ReadonlySet<number>;
  /** Time of the newest event, ms UTC; null without any. */
  newestMs: number | null;
}

export const UNKNOWN_SURROUNDINGS: Surroundings = { unseen: [], seenShare: null, faulted: new Set(), newestMs: null };

/** Stretches of a range that the log did not see, from bins with their share of time seen; a bin that was mostly seen counts as seen. */
export function unseenOf(range: Stretch, bins: readonly { startMs: number; endMs: number; seenShare: number | null }[], events: Stretch | null, nowMs: number): Stretch[] {
  const end = Math.min(range.endMs, nowMs);
  if (events === null) {
    return [{ startMs: range.startMs, endMs: range.endMs }];
  }

  const holes: Stretch[] = [];
  const add = (startMs: number, endMs: number): void => {
    const [a, b] = [Math.max(range.startMs, startMs), Math.min(end, endMs)];
    if (b <= a) {
      return;
    }

    const before = holes.at(-1);
    if (before && a <= before.endMs) {
      before.endMs = Math.max(before.endMs, b);
    } else {
      holes.push({ startMs: a, endMs: b });
    }
  };
  const first = bins[0];
  add(range.startMs, first ? Math.min(first.startMs, Math.max(events.startMs, range.startMs)) : Math.max(range.startMs, Math.min(events.startMs, end)));
  for (const bin of bins) {
    // A bin that is still running cannot have been seen whole yet.
    if ((bin.seenShare ?? 1) < 0.5 && bin.endMs <= Math.min(nowMs, events.endMs)) {
      add(bin.startMs, bin.endMs);
    }
  }

  // The last few minutes are still on their way; only a feed that has been silent for longer has a hole there.
  if (end - events.endMs > 5 * MINUTE) {
    add(events.endMs, end);
  }

  return holes;
}

/** Share of a range, as far as it is past, that bins with their shares make up; the bin that is still running counts for what of it is past. */
export function seenShareOf(range: Stretch, bins: readonly { startMs: number; endMs: number; seenShare: number | null }[], nowMs: number): number | null {
  const end = Math.min(range.endMs, nowMs);
  if (end <= range.startMs || bins.some(b => b.seenShare === null)) {
    return null;
  }

  const seenMs = bins.reduce((sum, b) => sum + Math.min((b.seenShare ?? 0) * (b.endMs - b.startMs), Math.max(0, Math.min(b.endMs, end) - Math.max(b.startMs, range.startMs))), 0);
  return Math.min(1, seenMs / (end - range.startMs));
}

export function useSurroundings(detail: SignalDetail, range: Range, nowMs: number, freshness: string): Surroundings {
  const signal = detail.signal.id;
  const lengthMs = range.endMs - range.startMs;
  const bin = lengthMs <= 3 * DAY ? BINS[0] : BINS[2];
  const loaded = useLoad(
    [signal, range.startMs, range.endMs, freshness].join('|'),
    abort => loadChart({ tables: [{ table: 'communications-health', isBinned: true }, { table: 'detector-health', isBinned: true }] }, signal, range, detail.signal.zone, bin, false, abort), signal);
  const tables = loaded.data?.tables;
  const health = tables?.['communications-health'];
  const faults = tables?.['detector-health'];
  const lastEvent = Math.max(detail.signal.status.lastEventMs ?? 0, detail.events?.endMs ?? 0);
  if (!health || !loaded.data) {
    return UNKNOWN_SURROUNDINGS;
  }

  const { stretch } = loaded.data;
  const bins = health.where(() => true).map(r => ({ startMs: health.time('time', r), endMs: health.time('time', r) + health.binMs, seenShare: health.number('seen_share', r) }));
  const lastBin = Math.min(stretch.endMs, nowMs) - 2 * health.binMs;
  return {
    unseen: unseenOf(stretch, bins, detail.events === null ? null : { startMs: detail.events.startMs, endMs: lastEvent }, nowMs),
    seenShare: seenShareOf(stretch, bins, Math.min(nowMs, lastEvent + LATE_MS)),
    faulted: new Set((faults?.where(r => faults.time('time', r) >= lastBin) ?? []).map(r => faults!.time('channel', r))),
    newestMs: lastEvent || null,
  };
}
