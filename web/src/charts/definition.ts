import type { EventsAnswer, SignalDetail } from '../api/types';
import type { PlotModel } from '../plot/model';
import type { Table } from './table';

/** A table that a chart is drawn from. */
export interface TableNeed {
  table: string;
  /** Raw tier: single events, asked for with a reason and only by those who may. */
  isRaw?: boolean;
  /** Follows the panel's bin length. */
  isBinned?: boolean;
  /** Its bars are cut at quarters of an hour: asked from the quarter before, so that what stood at the start is drawn. */
  isCut?: boolean;
  /** Asked from the begin of the first day: its rows are plans, which begin long before what they hold for. */
  isPlans?: boolean;
}

export interface Control {
  key: string;
  label: string;
  fallback: string;
  choices: readonly { value: string; label: string }[];
}

export interface ChartInput {
  detail: SignalDetail;
  zone: string;
  startMs: number;
  endMs: number;
  binMs: number;
  /** Phase or overlap that is looked at, such as "2" or "A"; empty for all. */
  group: string;
  /** What the chart's own controls say. */
  choice: Readonly<Record<string, string>>;
  /** The answered tables by name; a table that was refused is not there. */
  tables: Readonly<Record<string, Table>>;
  /** Log rows, for charts that ask for some codes. */
  events: EventsAnswer | null;
  /** Stretches within the range that the log did not see. */
  unseen: readonly { startMs: number; endMs: number }[];
}

export type Cell = string | number | null;

export type ColumnKind = 'time' | 'text' | 'count' | 'percent' | 'seconds' | 'ratio' | 'number';

export interface GridColumn { title: string; kind: ColumnKind; hint?: string }

/** Rows that stand under a chart or in its data table. */
export interface Grid {
  title: string;
  columns: readonly GridColumn[];
  rows: readonly (readonly Cell[])[];
  /** Where a row's first cell leads, below /app. */
  linkOf?: (row: readonly Cell[]) => string;
}

/** A number that sums a chart up, and that another day is compared in. */
export interface Figure { label: string; value: number | null; kind: Exclude<ColumnKind, 'time' | 'text'>; better?: 'more' | 'less' }

export interface ChartResult {
  plots: readonly PlotModel[];
  /** What it shows, in a sentence or two. */
  reading: string;
  figures: readonly Figure[];
  /** Stands under the chart. */
  summary?: Grid;
  /** What is drawn, as a table. */
  data: Grid;
  /** Why nothing is drawn; null when something is. */
  empty: string | null;
  /** Detectors behind the chart by channel, for saying how many of them report. */
  channels?: readonly number[];
}

/** A chart of one signal over one time. Adding one: a folder with its definition, and a line in index.ts. */
export interface Chart {
  /** As the address names it. */
  key: string;
  title: string;
  /** Its measure, for the definition beside it. */
  measure: string;
  /** Other measures that it draws from, whose definitions stand beside it too. */
  also?: readonly string[];
  tables: readonly TableNeed[];
  /** Codes whose log rows it needs as well. */
  eventCodes?: readonly number[];
  controls?: readonly Control[];
  /** Longer times are not asked for; ms. */
  mostMs?: number;
  /** Another day is laid over this one, or drawn beneath it. */
  comparison: 'overlay' | 'beneath';
  build(input: ChartInput): ChartResult;
}
