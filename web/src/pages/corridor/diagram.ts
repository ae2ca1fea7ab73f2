import { findBand, metShare, type Band, type BandSignal } from './bands';
import { count, seconds } from '../../plot/numbers';
import type { Mark, PlotModel } from '../../plot/model';
import { askAround } from '../../charts/parts';
import { clockText, SECOND } from '../../plot/time';

// The answer of /corridors/{id}/time-space.
export interface TimeSpaceAnswer { corridor: string; name: string; forward: string; backward: string; fromMs: number; toMs: number; signals: TimeSpaceSignal[] }

export interface TimeSpaceSignal {
  signal: string; name: string; distanceFt: number; speedMphToNext: number | null; travelTimeToNextS: number | null; forwardGroup: string | null; backwardGroup: string | null;
  forward: { start: number; end: number | null }[]; backward: { start: number; end: number | null }[]; plans: TimeSpacePlan[]; seenShare: number | null;
}

export interface TimeSpacePlan {
  fromMs: number; toMs: number; pattern: number | null; cycleS: number | null; offsetS: number | null; zeroMs: number; forward: TimeSpaceGreen | null; backward: TimeSpaceGreen | null;
}

export interface TimeSpaceGreen { measuredStartS: number | null; programmedStartS: number | null; greenS: number | null; splitS: number | null; count: number }

export type Basis = 'measured' | 'programmed';

/** The plan of a signal at a moment; null when the log names none. */
export const planAt = (signal: TimeSpaceSignal, timeMs: number): TimeSpacePlan | null => signal.plans.find(p => p.fromMs <= timeMs && timeMs < p.toMs) ?? signal.plans.at(-1) ?? null;

/** Consecutive signals that share a cycle length at a moment, at least two: bands run within such a stretch. */
export function stretchesOf(answer: TimeSpaceAnswer, timeMs: number): { first: number; last: number; cycleS: number }[] {
  const stretches: { first: number; last: number; cycleS: number }[] = [];
  answer.signals.forEach((signal, i) => {
    const cycleS = planAt(signal, timeMs)?.cycleS ?? null;
    const before = stretches.at(-1);
    if (before && before.last === i - 1 && before.cycleS === cycleS) {
      before.last = i;
    } else if (cycleS !== null) {
      stretches.push({ first: i, last: i, cycleS });
    }
  });
  return stretches.filter(s => s.last > s.first);
}

/** Signals of one way as a band needs them, in the order in which they are passed; null when one's green is not known. */
export function bandSignals(answer: TimeSpaceAnswer, isForward: boolean, basis: Basis, timeMs: number, changes: ReadonlyMap<string, number>): BandSignal[] | null {
  const list: BandSignal[] = [];
  for (const signal of answer.signals) {
    const plan = planAt(signal, timeMs);
    const green = isForward ? plan?.forward : plan?.backward;
    const start = basis === 'measured' ? green?.measuredStartS : green?.programmedStartS;
    if (start == null || green?.greenS == null) {
      return null;
    }

    list.push({ startS: start + (changes.get(signal.signal) ?? 0), greenS: green.greenS, travelToNextS: signal.travelTimeToNextS });
  }

  // Backward, the link before a signal is the one that it is left by.
  return isForward ? list : list.map((s, i) => ({ ...s, travelToNextS: i > 0 ? list[i - 1]!.travelToNextS : null })).reverse();
}

/** A stretch's bands both ways, and the share of greens that meet green at the next signal; null when a green or travel time is not known. */
export interface StretchBands { first: number; last: number; cycleS: number; zeroMs: number; forward: Band | null; backward: Band | null; forwardMet: number | null; backwardMet: number | null }

/** The signals of a stretch alone. */
export const partOf = (answer: TimeSpaceAnswer, { first, last }: Pick<StretchBands, 'first' | 'last'>): TimeSpaceAnswer => ({ ...answer, signals: answer.signals.slice(first, last + 1) });

export function corridorBands(answer: TimeSpaceAnswer, basis: Basis, timeMs: number, changes: ReadonlyMap<string, number>): StretchBands[] {
  return stretchesOf(answer, timeMs).map(stretch => {
    const part = partOf(answer, stretch);
    const [forward, backward] = [true, false].map(isForward => bandSignals(part, isForward, basis, timeMs, changes)) as [BandSignal[] | null, BandSignal[] | null];
    return {
      ...stretch, zeroMs: planAt(part.signals[0]!, timeMs)?.zeroMs ?? 0, forward: forward && findBand(forward, stretch.cycleS), backward: backward && findBand(backward, stretch.cycleS),
      forwardMet: forward && metShare(forward, stretch.cycleS), backwardMet: backward && metShare(backward, stretch.cycleS),
    };
  });
}

/** Where a vehicle that leaves the first signal of its way at a second passes each of the signals, as distance and seconds since. */
function path(answer: TimeSpaceAnswer, isForward: boolean): { distanceFt: number; afterS: number }[] {
  const list = isForward ? answer.signals : [...answer.signals].reverse();
  let after = 0;
  return list.map((s, i) => {
    if (i > 0) {
      after += (isForward ? list[i - 1]!.travelTimeToNextS : s.travelTimeToNextS) ?? 0;
    }

    return { distanceFt: s.distanceFt, afterS: after };
  });
}

/** Closed shapes of a band, one a cycle, over the whole corridor. */
export function bandShapes(answer: TimeSpaceAnswer, isForward: boolean, band: Band, cycleS: number, zeroMs: number, startMs: number, endMs: number): number[][] {
  const places = path(answer, isForward);
  const travelMs = (places.at(-1)?.afterS ?? 0) * SECOND;
  const cycleMs = cycleS * SECOND;
  const shapes: number[][] = [];
  const first = Math.floor((startMs - travelMs - zeroMs) / cycleMs) - 1;
  for (let k = first; zeroMs + k * cycleMs <= endMs; k++) {
    const leave = zeroMs + k * cycleMs + band.fromS * SECOND;
    const front = places.flatMap(p => [leave + p.afterS * SECOND, p.distanceFt]);
    const back = [...places].reverse().flatMap(p => [leave + (p.afterS + band.widthS) * SECOND, p.distanceFt]);
    if (leave + travelMs + band.widthS * SECOND >= startMs) {
      shapes.push([...front, ...back]);
    }
  }

  return shapes;
}

export interface DiagramChoice { basis: Basis; shows: 'bands' | 'paths' | 'both'; changes: ReadonlyMap<string, number> }

/** Half the height of a bar of green, in shares of the corridor's length. */
const BAR = 0.011;

export function drawDiagram(answer: TimeSpaceAnswer, zone: string, startMs: number, endMs: number, bands: readonly StretchBands[], choice: DiagramChoice): PlotModel {
  const lengthFt = Math.max(1, (answer.signals.at(-1)?.distanceFt ?? 1) - (answer.signals[0]?.distanceFt ?? 0));
  const low = answer.signals[0]?.distanceFt ?? 0;
  const marks: Mark[] = [];
  const paths = (isForward: boolean): number[][] => answer.signals.flatMap((signal, i) => {
    const next = answer.signals[isForward ? i + 1 : i - 1];
    const travelS = isForward ? signal.travelTimeToNextS : next?.travelTimeToNextS;
    if (!next || travelS == null) {
      return [];
    }

    const shift = (choice.changes.get(signal.signal) ?? 0) * SECOND;
    return (isForward ? signal.forward : signal.backward).flatMap(g => (g.end === null ? [] : [[
      g.start + shift, signal.distanceFt, g.end + shift, signal.distanceFt, g.end + shift + travelS * SECOND, next.distanceFt, g.start + shift + travelS * SECOND, next.distanceFt,
    ]]));
  });
  if (choice.shows !== 'bands') {
    marks.push({ kind: 'shapes', points: paths(true), ink: 'teal', opacity: 0.13, name: `Paths from each green, ${answer.forward}` }, { kind: 'shapes', points: paths(false), ink: 'blue', opacity: 0.13, name: `Paths from each green, ${answer.backward}` });
  }

  for (const stretch of choice.shows === 'paths' ? [] : bands) {
    for (const [isForward, band] of [[true, stretch.forward], [false, stretch.backward]] as const) {
      if (band && band.widthS > 0) {
        marks.push({ kind: 'shapes', points: bandShapes(partOf(answer, stretch), isForward, band, stretch.cycleS, stretch.zeroMs, startMs, endMs), ink: isForward ? 'teal' : 'blue', opacity: 0.38, name: `Band ${isForward ? answer.forward : answer.backward}` });
      }
    }
  }

  const greens = (isForward: boolean): Mark => {
    const all = answer.signals.flatMap(signal => (isForward ? signal.forward : signal.backward).map(g => ({ signal, start: g.start + (choice.changes.get(signal.signal) ?? 0) * SECOND, end: (g.end ?? g.start) + (choice.changes.get(signal.signal) ?? 0) * SECOND })));
    const group = (s: TimeSpaceSignal): string => (isForward ? s.forwardGroup : s.backwardGroup) ?? '';
    return {
      kind: 'boxes', x0: all.map(g => g.start), x1: all.map(g => g.end), y0: all.map(g => g.signal.distanceFt + (isForward ? 0.002 : -0.002 - BAR * 2) * lengthFt), y1: all.map(g => g.signal.distanceFt + (isForward ? 0.002 + BAR * 2 : -0.002) * lengthFt),
      ink: isForward ? 'teal' : 'blue', name: `Green ${isForward ? answer.forward : answer.backward}`, leastWidth: 1,
      say: i => `${all[i]!.signal.signal} ${group(all[i]!.signal)} green ${clockText(zone, all[i]!.start, 'tenths')} for ${seconds((all[i]!.end - all[i]!.start) / SECOND)}`,
      behind: i => {
        const shift = (choice.changes.get(all[i]!.signal.signal) ?? 0) * SECOND;
        return { ...askAround(`${all[i]!.signal.signal}|${group(all[i]!.signal)}`, all[i]!.start - shift, 60 * SECOND, [{ codes: [1, 7, 8, 9, 10, 11], parameter: Number(/\d+/.exec(group(all[i]!.signal))?.[0] ?? 0) }]) };
      },
    };
  };
  marks.push(greens(true), greens(false));
  const name = (s: TimeSpaceSignal): string => s.name.split(' & ').at(-1) || s.signal;
  return {
    key: 'time-space', title: 'Time-space diagram', note: bands.length === 0 ? 'no common cycle' : `cycle ${[...new Set(bands.map(b => count(b.cycleS)))].join(', ')} s`, height: Math.min(760, Math.max(380, answer.signals.length * 62)),
    x: { kind: 'time', startMs, endMs, zone },
    y: { kind: 'number', min: low - lengthFt * 0.05, max: low + lengthFt * 1.05, label: '', ticks: answer.signals.map(s => ({ value: s.distanceFt, label: `${s.signal} ${name(s)}`, short: s.signal })) },
    marks,
    read: x => [clockText(zone, x, 'seconds'), ...answer.signals.flatMap(s => {
      const shift = (choice.changes.get(s.signal) ?? 0) * SECOND;
      const isOn = (greens: TimeSpaceSignal['forward']): boolean => greens.some(g => g.start + shift <= x && x < (g.end ?? g.start) + shift);
      const ways = [...(isOn(s.forward) ? [answer.forward] : []), ...(isOn(s.backward) ? [answer.backward] : [])];
      return ways.length > 0 ? [`${s.signal} green ${ways.length === 2 ? 'both ways' : ways[0]}`] : [];
    })],
  };
}
