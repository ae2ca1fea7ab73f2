/** Answers of `/adaptive`, and how their figures are said. */

export type AdaptiveMode = 'off' | 'shadow' | 'live';

export interface AdaptiveFigures {
  vehicles: number;
  delayS: number | null;
  stops: number | null;
  walkers: number;
  walkWaitS: number | null;
  longestWalkWaitS: number;
  longestRedS: number;
}

export interface AdaptivePair {
  plan: AdaptiveFigures;
  adaptive: AdaptiveFigures;
}

export interface AdaptiveSignal {
  signal: string;
  figures: AdaptivePair;
  wish: string | null;
  pause: 'preempt' | 'start' | 'guard' | null;
  pauses: number;
  pausedShare: number;
  refused: number;
}

export interface AdaptiveChange {
  name: string;
  planS: number;
  adaptiveS: number;
  change: number;
  spread: number | null;
}

export interface AdaptiveTrialPeriod {
  name: string;
  runs: number;
  all: AdaptiveChange | null;
  figures: AdaptivePair | null;
  corridors: AdaptiveChange[];
  signals: AdaptiveChange[];
}

export interface AdaptiveTrial {
  state: 'waiting' | 'running' | 'done' | null;
  share: number;
  day: string;
  runsOfEach: number;
  tookS: number;
  periods: AdaptiveTrialPeriod[];
}

export interface AdaptiveAnswer {
  isTown: boolean;
  mode: AdaptiveMode;
  isRunning: boolean;
  atMs: number | null;
  sinceMs: number | null;
  cleanDaysNeeded: number;
  total: AdaptivePair | null;
  streets: { corridor: string; figures: AdaptivePair }[];
  signals: AdaptiveSignal[];
  secondMs: number | null;
  trial: AdaptiveTrial;
}

export interface AdaptiveGreen {
  ring: number;
  phase: number;
  fromMs: number;
  yellowMs: number | null;
  endMs: number | null;
}

export interface AdaptiveBars {
  signal: string;
  coordinated: number[];
  plan: AdaptiveGreen[];
  adaptive: AdaptiveGreen[];
}

export interface AdaptiveBarsAnswer {
  fromMs: number;
  atMs: number | null;
  signals: AdaptiveBars[];
}

/** A piece of a ring's bar: what it shows, and where along the time, 0-100. */
export interface BarPart {
  phase: number;
  kind: 'green' | 'yellow' | 'unknown';
  left: number;
  width: number;
}

/** Fewer vehicles than this say nothing about a difference. */
export const fewVehicles = 100;

/** The greens and yellows of a ring, cut to the time that is shown; what has not ended yet goes on to its end. Before the first of any ring nothing is known. */
export function partsOf(greens: readonly AdaptiveGreen[], ring: number, fromMs: number, atMs: number): BarPart[] {
  const parts: BarPart[] = [];
  const known = Math.min(...greens.map(g => g.fromMs), atMs);
  const add = (phase: number, kind: BarPart['kind'], beginMs: number, endMs: number) => {
    const [begin, end] = [Math.max(beginMs, fromMs), Math.min(endMs, atMs)];
    if (end > begin) {
      parts.push({ phase, kind, left: (100 * (begin - fromMs)) / (atMs - fromMs), width: (100 * (end - begin)) / (atMs - fromMs) });
    }
  };
  add(0, 'unknown', fromMs, known);
  for (const g of greens) {
    if (g.ring === ring) {
      add(g.phase, 'green', g.fromMs, g.yellowMs ?? atMs);
      if (g.yellowMs !== null) {
        add(g.phase, 'yellow', g.yellowMs, g.endMs ?? atMs);
      }
    }
  }

  return parts;
}

export function ringsOf(bars: AdaptiveBars): number[] {
  return [...new Set([...bars.plan, ...bars.adaptive].map(g => g.ring))].sort((a, b) => a - b);
}

/** What a bar shows, in words: the phases that were green, and for how long each. */
export function barText(greens: readonly AdaptiveGreen[], fromMs: number, atMs: number): string {
  const words = greens.filter(g => (g.yellowMs ?? atMs) > fromMs).map(g => `phase ${g.phase} ${Math.round(((g.yellowMs ?? atMs) - Math.max(g.fromMs, fromMs)) / 1000)} s`);
  return words.length === 0 ? 'nothing was logged yet' : `green: ${words.join(', ')}`;
}

export function shareChange(change: number): string {
  const percent = Math.round(100 * change);
  return percent === 0 ? '±0 %' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
}

/** The change with its spread over the runs; without one after a single run. */
export function spreadText(change: AdaptiveChange): string {
  return change.spread === null ? shareChange(change.change) : `${shareChange(change.change)} ± ${Math.max(1, Math.round(100 * change.spread))}`;
}

/** Whether the runs tell the two apart: the change is larger than twice its standard error. */
export function isSure(change: AdaptiveChange, runs: number): boolean {
  return change.spread !== null && runs > 1 && Math.abs(change.change) > (2 * change.spread) / Math.sqrt(runs);
}

export const pauseWords: Record<NonNullable<AdaptiveSignal['pause']>, string> = {
  preempt: 'its own plan: preempt',
  start: 'its own plan: just started',
  guard: 'its own plan: the guard said no',
};
