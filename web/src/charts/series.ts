import { axisEnd, plain } from '../plot/numbers';
import { SERIES, type Ink } from '../plot/palette';
import type { EventQuestion, Mark, PlotModel } from '../plot/model';
import { clockText, momentText } from '../plot/time';
import type { Cell, ChartInput, ChartResult, ColumnKind, Figure, Grid } from './definition';
import { askSpan, isDrawable, lastAtOrBefore, unseenMark } from './parts';
import { cellText } from './Grid';
import type { Table } from './table';
import { fullName, groupKey, inOrder } from './words';

/** A column of a table of bins, and how it is drawn. */
export interface SeriesColumn {
  column: string;
  name: string;
  kind: Exclude<ColumnKind, 'time' | 'text'>;
  ink?: Ink;
  draw?: 'steps' | 'bars' | 'none';
  axis?: 'left' | 'right';
  dash?: readonly number[];
  /** How rows of the same bin and series go together, such as the lanes of a movement; the first row's value when left out. */
  together?: 'sum';
}

export interface SeriesSpec {
  table: string;
  columns: readonly SeriesColumn[];
  left: { label: string; format?: (value: number) => string; least?: number; most?: number };
  right?: { label: string; format?: (value: number) => string; least?: number; most?: number };
  /** Which plot a row is drawn in; its phase or overlap when left out. */
  plotOf?: (table: Table, row: number, input: ChartInput) => { key: string; title: string };
  /** Which of a plot's series a row belongs to; all to one when left out. */
  seriesOf?: (table: Table, row: number) => string;
  /** Log rows behind a bin of a plot. */
  matches?: (plotKey: string, input: ChartInput) => EventQuestion['matches'];
  height?: number;
  /** More marks for a plot, such as the posted speed. */
  extra?: (table: Table, rows: readonly number[], input: ChartInput) => readonly Mark[];
}

interface Series { name: string; bins: { timeMs: number; values: (number | null)[] }[] }

/** Rows of a plot as series of bins in order of time; rows that share bin and series are put together as their columns say. */
export function gather(table: Table, rows: readonly number[], spec: Pick<SeriesSpec, 'columns' | 'seriesOf'>): Series[] {
  const series = new Map<string, Map<number, (number | null)[]>>();
  for (const row of rows) {
    const name = spec.seriesOf?.(table, row) ?? '';
    const bins = series.get(name) ?? new Map<number, (number | null)[]>();
    series.set(name, bins);
    const time = table.time('time', row);
    const own = spec.columns.map(c => table.number(c.column, row));
    const before = bins.get(time);
    bins.set(time, before === undefined ? own : before.map((v, i) => (spec.columns[i]!.together === 'sum' ? (v === null ? own[i]! : own[i] === null ? v : v + own[i]!) : v)));
  }

  return [...series.entries()].map(([name, bins]) => ({ name, bins: [...bins.entries()].sort((a, b) => a[0] - b[0]).map(([timeMs, values]) => ({ timeMs, values })) }));
}

/** Plots of a table of bins, one for each approach or other key, with the table that is drawn. */
export function seriesPlots(input: ChartInput, spec: SeriesSpec): { plots: PlotModel[]; data: Grid; rows: readonly number[]; table: Table | undefined } {
  const table = input.tables[spec.table];
  const titles = ['Of', 'Series', 'Begin of bin'];
  const columns: Grid['columns'] = [
    { title: titles[0]!, kind: 'text' }, ...(spec.seriesOf ? [{ title: titles[1]!, kind: 'text' as const }] : []), { title: titles[2]!, kind: 'time' },
    ...spec.columns.map(c => ({ title: c.name, kind: c.kind })), { title: 'Seen', kind: 'percent' },
  ];
  if (!table) {
    return { plots: [], data: { title: 'Bins', columns, rows: [] }, rows: [], table };
  }

  const hasGroups = (row: number): boolean => table.number('phase', row) !== null || table.number('overlap', row) !== null;
  const rows = table.where(r => table.time('time', r) + table.binMs > input.startMs && table.time('time', r) < input.endMs && isDrawable(table, r, input.endMs)
    && (input.group === '' || !hasGroups(r) || groupKey(table.number('phase', r), table.number('overlap', r)) === input.group));
  const plotOf = spec.plotOf ?? ((t: Table, r: number, at: ChartInput) => {
    const key = groupKey(t.number('phase', r), t.number('overlap', r));
    return { key, title: fullName(at.detail, key) };
  });
  const groups = new Map<string, { title: string; rows: number[] }>();
  for (const row of rows) {
    const { key, title } = plotOf(table, row, input);
    const group = groups.get(key) ?? { title, rows: [] };
    groups.set(key, group);
    group.rows.push(row);
  }

  const order = inOrder(input.detail);
  // A series has one color in all plots, so that one legend holds for them all.
  const names = [...new Set(rows.map(r => spec.seriesOf?.(table, r) ?? ''))].sort();
  const data: Cell[][] = [];
  const sorted = [...groups.entries()].sort((a, b) => order(a[0], b[0]));
  const plots = sorted.map(([key, group]): PlotModel => {
    const series = gather(table, group.rows, spec);
    const seen = new Map(group.rows.map(r => [table.time('time', r), table.number('seen_share', r)]));
    for (const s of series) {
      data.push(...s.bins.map(b => [group.title, ...(spec.seriesOf ? [s.name] : []), b.timeMs, ...b.values, seen.get(b.timeMs) ?? null]));
    }

    const marks: Mark[] = [...unseenMark(input)];
    const most = { left: 0, right: 0 };
    series.forEach(s => spec.columns.forEach((column, i) => {
      const place = names.indexOf(s.name);
      if (column.draw === 'none') {
        return;
      }

      const side = column.axis ?? 'left';
      most[side] = Math.max(most[side], ...s.bins.map(b => b.values[i] ?? 0));
      const name = s.name === '' ? column.name : spec.columns.filter(c => c.draw !== 'none').length > 1 ? `${s.name}, ${column.name.toLowerCase()}` : s.name;
      const base = { ink: column.ink ?? SERIES[(place + i) % SERIES.length]!, name: side === 'right' ? `${name} (right axis)` : name, ...(column.axis ? { axis: column.axis } : {}) };
      if (column.draw === 'bars') {
        const bins = s.bins.filter(b => (b.values[i] ?? 0) > 0);
        const gap = table.binMs * 0.06;
        marks.push({ ...base, kind: 'boxes', x0: bins.map(b => b.timeMs + gap), x1: bins.map(b => b.timeMs + table.binMs - gap), y0: bins.map(() => 0), y1: bins.map(b => b.values[i]!), opacity: 0.75, leastWidth: 1 });
        return;
      }

      const x: number[] = [];
      const y: (number | null)[] = [];
      s.bins.forEach((b, k) => {
        const before = s.bins[k - 1];
        if (before && b.timeMs - before.timeMs > table.binMs * 1.5) {
          x.push(before.timeMs + table.binMs);
          y.push(null);
        }

        x.push(b.timeMs);
        y.push(b.values[i] ?? null);
      });
      if (s.bins.length > 0) {
        x.push(s.bins.at(-1)!.timeMs + table.binMs);
        y.push(null);
      }

      marks.push({ ...base, kind: 'line', x, y, width: side === 'right' ? 1.5 : 2, isStepped: true, ...(column.dash ? { dash: column.dash } : place >= SERIES.length ? { dash: [5, 3] } : {}) });
    }));
    marks.push(...(spec.extra?.(table, group.rows, input) ?? []));
    const scale = (side: 'left' | 'right', about: NonNullable<SeriesSpec['right']>) => ({
      kind: 'number' as const, min: 0, max: about.most ?? axisEnd(most[side], about.least ?? 1), label: about.label, ...(about.format ? { format: about.format } : {}),
    });
    return {
      key: `${spec.table}-${key}`, title: group.title, height: spec.height ?? 220, ...(groups.size > 1 ? { share: 0.5 } : {}), x: { kind: 'time', startMs: input.startMs, endMs: input.endMs, zone: input.zone },
      y: scale('left', spec.left), ...(spec.right ? { right: scale('right', spec.right) } : {}), marks,
      read: x => [momentText(input.zone, x, input.endMs - input.startMs), ...series.flatMap(s => {
        const bin = s.bins[lastAtOrBefore(s.bins.map(b => b.timeMs), x)];
        if (!bin || x >= bin.timeMs + table.binMs) {
          return [];
        }

        return [`${s.name ? `${s.name}: ` : ''}${spec.columns.map((c, i) => `${c.name.toLowerCase()} ${cellText(bin.values[i] ?? null, c.kind, input.zone)}`).join(', ')}`];
      })],
      ...(spec.matches ? {
        behind: x => {
          const start = series[0]?.bins[lastAtOrBefore(series[0].bins.map(b => b.timeMs), x)]?.timeMs;
          return start === undefined ? null : askSpan(`${group.title}, bin from ${clockText(input.zone, start)}`, start, start + table.binMs, spec.matches!(key, input));
        },
      } : {}),
    };
  });
  return { plots, data: { title: 'Bins', columns, rows: data }, rows, table };
}

/** A chart of bins with nothing special about it. */
export function seriesChart(input: ChartInput, spec: SeriesSpec, about: {
  reading: (table: Table, rows: readonly number[]) => string;
  figures: (table: Table, rows: readonly number[]) => readonly Figure[];
  empty: string;
  summary?: (input: ChartInput) => Grid | undefined;
  channels?: readonly number[];
}): ChartResult {
  const { plots, data, rows, table } = seriesPlots(input, spec);
  const summary = about.summary?.(input);
  return {
    plots, data, reading: table && rows.length > 0 ? about.reading(table, rows) : '', figures: table && rows.length > 0 ? about.figures(table, rows) : [],
    empty: plots.length > 0 ? null : about.empty, ...(summary ? { summary } : {}), ...(about.channels ? { channels: about.channels } : {}),
  };
}

export const vehiclesPerHour = (value: number): string => plain(Math.round(value));
