import { useCallback, useEffect, useMemo } from 'preact/hooks';
import { createStore, useStore } from './store';
import { useNow } from './live';
import { readUrlKey, useUrlState } from './url';
import { addDays, instantsOf, offsetAt, wallOf } from './zone';

/** The time that all panels of a page show, half-open. */
export interface Range {
  startMs: number;
  endMs: number;
  /** Ends now, and moves on. */
  isLive: boolean;
  /** As it stands in the address. */
  text: string;
}

export const defaultRange = 'now-24h';
const secondMs = 1000;
const dayMs = 86_400_000;
const unitsMs: Record<string, number> = { s: secondMs, m: 60_000, h: 3_600_000, d: dayMs, w: 7 * dayMs };

/** The longest time that the server hands out at once. */
export const longestMs = 31 * dayMs;

/** Milliseconds of `now-24h` and the like; null for anything else. Days and weeks are 24 hours here; the calendar is for <see cref="parseRange"/>. */
export function relativeMs(text: string): number | null {
  const match = /^now-(\d{1,6})([smhdw])$/.exec(text);
  const ms = match ? Number(match[1]) * unitsMs[match[2]!]! : 0;
  return ms > 0 && ms <= longestMs ? ms : null;
}

/** The shortest way to write a live range of a length: `now-24h`, `now-90m`. */
export function relativeText(lengthMs: number): string {
  const s = Math.max(1, Math.min(Math.round(lengthMs / secondMs), longestMs / secondMs));
  const unit = s % 86_400 === 0 && s > 86_400 ? 'd' : s % 3600 === 0 ? 'h' : s % 60 === 0 ? 'm' : 's';
  return `now-${s / (unitsMs[unit]! / secondMs)}${unit}`;
}

/** The end of a live range stands still for a while, so that panels need not draw themselves anew each second. */
export function liveEnd(nowMs: number, lengthMs: number): number {
  const step = lengthMs <= 15 * 60_000 ? 5 * secondMs : lengthMs <= 3 * 3_600_000 ? 15 * secondMs : 60 * secondMs;
  return Math.ceil(nowMs / step) * step;
}

/** A moment as the address has it: the zone's wall clock, to the minute or finer; with its offset from UTC where the clock shows it twice. */
export function momentText(utcMs: number, zone: string): string {
  const wall = wallOf(utcMs, zone);
  const iso = new Date(wall).toISOString();
  const text = wall % 60_000 === 0 ? iso.slice(0, 16) : wall % secondMs === 0 ? iso.slice(0, 19) : iso.slice(0, 23);
  return instantsOf(wall, zone).length === 1 ? text : text + offsetText(offsetAt(utcMs, zone));
}

function offsetText(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  return `${ms < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** An instant from its text in the address; null when it is none. A day that does not exist is none. */
export function parseMoment(text: string, zone: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?(?:(Z)|([+-])(\d{2}):(\d{2}))?$/.exec(text);
  if (!match) {
    return null;
  }

  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', utc, sign, offsetHour = '0', offsetMinute = '0'] = match;
  const wall = Date.UTC(+year!, +month! - 1, +day!, +hour, +minute, +second, +fraction.padEnd(3, '0'));
  const made = new Date(wall);
  if (made.getUTCMonth() !== +month! - 1 || made.getUTCDate() !== +day! || +hour > 23 || +minute > 59 || +second > 59) {
    return null;
  }

  if (utc || sign) {
    return wall - (sign === '-' ? -1 : 1) * (+offsetHour * 60 + +offsetMinute) * 60_000;
  }

  return instantsOf(wall, zone)[0]!;
}

/** The range of an address; null when the text is no range, or a reversed or a longer one than the server hands out. */
export function parseRange(text: string, zone: string, nowMs: number): Range | null {
  const length = relativeMs(text);
  if (length !== null) {
    const endMs = liveEnd(nowMs, length);
    const startMs = /[dw]$/.test(text) ? addDays(endMs, -Math.round(length / dayMs), zone) : endMs - length;
    return { startMs, endMs, isLive: true, text };
  }

  const [from, to, ...more] = text.split('/');
  const startMs = from === undefined ? null : parseMoment(from, zone);
  const endMs = to === undefined ? null : parseMoment(to, zone);
  if (startMs === null || endMs === null || more.length > 0 || endMs <= startMs || endMs - startMs > longestMs + 3_600_000) {
    return null;
  }

  return { startMs, endMs, isLive: false, text };
}

export function fixedText(startMs: number, endMs: number, zone: string): string {
  return `${momentText(startMs, zone)}/${momentText(endMs, zone)}`;
}

/** A range moved by a time. Whole days are days on the zone's calendar, so that nine in the morning stays nine when the clocks change. */
export function moved(range: { startMs: number; endMs: number }, byMs: number, zone: string): { startMs: number; endMs: number } {
  return byMs % dayMs === 0
    ? { startMs: addDays(range.startMs, byMs / dayMs, zone), endMs: addDays(range.endMs, byMs / dayMs, zone) }
    : { startMs: range.startMs + byMs, endMs: range.endMs + byMs };
}

export interface RangeState {
  range: Range;
  setFixed(startMs: number, endMs: number): void;
  /** `now-24h` and the like; anything else changes nothing. */
  setRelative(text: string): void;
  /** Moves the range by milliseconds and stops it. A range that would end in the future goes live again. */
  step(byMs: number): void;
  /** Live to standing still, and back to live with the same length. */
  togglePause(): void;
}

/** The one time range of the page, from the address: `?t=now-24h`, or `?t=2026-05-13T06:00/2026-05-13T09:00` on the clock of `zone`. */
export function useRange(zone: string): RangeState {
  const [text, setText] = useUrlState('t', defaultRange);
  const nowMs = useNow();
  const found = parseRange(text, zone, nowMs) ?? parseRange(defaultRange, zone, nowMs)!;
  const range = useMemo(() => found, [found.startMs, found.endMs, found.text]);

  return useMemo<RangeState>(() => {
    const setFixed = (startMs: number, endMs: number) => {
      const [first, last] = startMs <= endMs ? [startMs, endMs] : [endMs, startMs];
      setText(fixedText(Math.round(first), Math.round(Math.min(Math.max(last, first + secondMs), first + longestMs)), zone), 'push');
    };
    return {
      range,
      setFixed,
      setRelative: relative => {
        if (relativeMs(relative) !== null) {
          setText(relative, 'push');
        }
      },
      step: byMs => {
        const next = moved(range, byMs, zone);
        if (byMs > 0 && (range.isLive || next.startMs >= nowMs)) {
          setText(range.isLive ? range.text : relativeText(range.endMs - range.startMs), 'replace');
        } else {
          setText(fixedText(next.startMs, next.endMs, zone), 'replace');
        }
      },
      togglePause: () => setText(range.isLive ? fixedText(range.startMs, range.endMs, zone) : relativeText(range.endMs - range.startMs), 'push'),
    };
  }, [range, zone, setText]);
}

/** Days that the comparison lies back, from `?cmp=-7d`; null when nothing is compared. */
export function useCompareDays(): [number | null, (days: number | null) => void] {
  const [text, setText] = useUrlState('cmp', '');
  const match = /^-(\d{1,3})d$/.exec(text);
  const days = match && Number(match[1]) > 0 ? Number(match[1]) : null;
  return [days, useCallback((next: number | null) => setText(next === null ? '' : `-${next}d`, 'push'), [setText])];
}

/** The range that a page compares with, from `?cmp=-7d`; null when it does not. */
export function useCompareRange(zone: string, range: Range): { startMs: number; endMs: number } | null {
  const [days] = useCompareDays();
  return useMemo(() => (days === null ? null : moved(range, -days * dayMs, zone)), [days, range, zone]);
}

const crosshair = createStore<number | null>(null);

/** The time that the pointer is at, in any panel: all panels mark it. */
export function useCrosshair(): { timeMs: number | null; set(timeMs: number | null): void } {
  const timeMs = useStore(crosshair);
  return { timeMs, set: crosshair.set };
}

/** For drawings that follow the crosshair without being rendered anew. */
export const crosshairStore = crosshair;

/** Puts the crosshair away when a page is left. */
export function useCrosshairCleared(): void {
  const t = readUrlKey('t');
  useEffect(() => () => crosshair.set(null), [t]);
}

export { TimeScrubber } from './TimeScrubber';
