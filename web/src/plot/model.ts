import type { Ink } from './palette';

/** The log rows behind a mark: which time, and which codes of which parameter count as its own. */
export interface EventQuestion {
  title: string;
  /** The moment that was pointed at, ms UTC. */
  atMs: number;
  startMs: number;
  endMs: number;
  /** Rows that made the mark; parameter null stands for any. */
  matches: readonly { codes: readonly number[]; parameter: number | null }[];
}

export type Shape = 'dot' | 'square' | 'bar' | 'dash' | 'triangle' | 'diamond' | 'cross';

interface MarkBase {
  /** As the legend names it; left out for marks that the legend does not list. */
  name?: string;
  ink: Ink;
  opacity?: number;
  /** Which of the two number axes; the left one when left out. */
  axis?: 'left' | 'right';
  /** What one of them says when it is pointed at. */
  say?: (index: number) => string;
  /** The log rows behind one of them. */
  behind?: (index: number) => EventQuestion;
}

export interface Dots extends MarkBase { kind: 'dots'; x: readonly number[]; y: readonly number[]; shape: Shape; size: number }

/** A line through points; null breaks it. A stepped one holds each value to the next point. */
export interface Line extends MarkBase { kind: 'line'; x: readonly number[]; y: readonly (number | null)[]; width: number; dash?: readonly number[]; isStepped?: boolean; hasHalo?: boolean }

/** Rectangles from x0 to x1 and y0 to y1. */
export interface Boxes extends MarkBase {
  kind: 'boxes'; x0: readonly number[]; x1: readonly number[]; y0: readonly number[]; y1: readonly number[];
  /** Hatched ones are filled values or time not seen. */
  isHatched?: boolean;
  /** Drawn at least this wide, px. */
  leastWidth?: number;
  /** A color of its own for each, instead of the ink. */
  colors?: readonly string[];
}

/** Closed shapes, x and y by turns. */
export interface Shapes extends MarkBase { kind: 'shapes'; points: readonly (readonly number[])[] }

/** Vertical lines at moments, each with a word at its top. */
export interface Rules extends MarkBase { kind: 'rules'; x: readonly number[]; labels: readonly string[] }

/** Horizontal lines at values, such as thresholds. */
export interface Levels extends MarkBase { kind: 'levels'; y: readonly number[]; labels: readonly string[]; dash?: readonly number[] }

/** Time or range over the whole height: not seen when hatched. */
export interface Spans extends MarkBase { kind: 'spans'; x0: readonly number[]; x1: readonly number[]; isHatched?: boolean }

export type Mark = Dots | Line | Boxes | Shapes | Rules | Levels | Spans;

export interface NumberScale {
  kind: 'number'; min: number; max: number; label: string; format?: (value: number) => string;
  /** Named places instead of round numbers, such as signals along a street. */
  ticks?: readonly { value: number; label: string; short: string }[];
}

/** Rows of equal height from the top, row i from i to i + 1. */
export interface LaneScale { kind: 'lanes'; lanes: readonly { label: string; short: string }[] }

export interface TimeScale { kind: 'time'; startMs: number; endMs: number; zone: string }

export interface PlotModel {
  key: string;
  title: string;
  note?: string;
  height: number;
  x: TimeScale | NumberScale;
  y: NumberScale | LaneScale;
  right?: NumberScale;
  marks: readonly Mark[];
  /** What is said of a place on the x axis; one entry a fact. */
  read: (x: number) => readonly string[];
  /** The log rows behind a place without a mark; null when there is nothing to ask for. */
  behind?: (x: number, y: number) => EventQuestion | null;
  /** Beside the next plot where there is room: a share of the width, 0 to 1. */
  share?: number;
}

export interface LegendEntry { name: string; ink: Ink; kind: 'line' | 'box' | 'hatch' | 'amount' | Shape; dash?: readonly number[]; opacity?: number }

/** The legend that the marks of plots make, each name once. */
export function legendOf(plots: readonly PlotModel[]): LegendEntry[] {
  const entries = new Map<string, LegendEntry>();
  for (const mark of plots.flatMap(p => p.marks)) {
    if (!mark.name || entries.has(mark.name)) {
      continue;
    }

    const base = { name: mark.name, ink: mark.ink, ...(mark.opacity === undefined ? {} : { opacity: mark.opacity }) };
    switch (mark.kind) {
      case 'dots': entries.set(mark.name, { ...base, kind: mark.shape }); break;
      case 'line': entries.set(mark.name, { ...base, kind: 'line', ...(mark.dash ? { dash: mark.dash } : {}) }); break;
      case 'levels': entries.set(mark.name, { ...base, kind: 'line', dash: mark.dash ?? [5, 3] }); break;
      case 'rules': entries.set(mark.name, { ...base, kind: 'line', dash: [1, 3] }); break;
      default: entries.set(mark.name, { ...base, kind: mark.kind === 'boxes' && mark.colors ? 'amount' : mark.kind !== 'shapes' && mark.isHatched ? 'hatch' : 'box' });
    }
  }

  return [...entries.values()];
}
