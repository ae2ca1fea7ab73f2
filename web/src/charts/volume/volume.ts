import { count, counted } from '../../plot/numbers';
import { momentText } from '../../plot/time';
import type { Chart, ChartInput, Grid } from '../definition';
import { total } from '../parts';
import { seriesChart, vehiclesPerHour } from '../series';
import { capital, channelsOf, fullName, groupKey } from '../words';
import type { Table } from '../table';

/** Opposing directions share a plot, so that one sees which way the street leans. */
const AXES: Readonly<Record<string, { key: string; title: string }>> = {
  northbound: { key: '1', title: 'Northbound and southbound' }, southbound: { key: '1', title: 'Northbound and southbound' },
  eastbound: { key: '2', title: 'Eastbound and westbound' }, westbound: { key: '2', title: 'Eastbound and westbound' },
  northeastbound: { key: '3', title: 'Northeastbound and southwestbound' }, southwestbound: { key: '3', title: 'Northeastbound and southwestbound' },
  northwestbound: { key: '4', title: 'Northwestbound and southeastbound' }, southeastbound: { key: '4', title: 'Northwestbound and southeastbound' },
};

const directionOf = (table: Table, row: number): string => {
  const word = table.word('direction', row);
  return AXES[word] ? capital(word) : fullNameless(groupKey(table.number('phase', row), table.number('overlap', row)));
};

const fullNameless = (key: string): string => (/^\d+$/.test(key) ? `Phase ${key}` : `Overlap ${key}`);

/** The busiest hour of each direction and day, with the factors that enter a design. */
export function peaks(input: ChartInput): Grid | undefined {
  const table = input.tables['approach-volume-peaks'];
  return table && {
    title: 'Peak hours of the day',
    columns: [
      { title: 'Direction', kind: 'text' }, { title: 'Day', kind: 'time' }, { title: 'Volume', kind: 'count' }, { title: 'Peak hour', kind: 'time' }, { title: 'Its volume', kind: 'count' },
      { title: 'Peak hour factor', kind: 'ratio' }, { title: 'K', kind: 'ratio', hint: 'Share of the day in its peak hour' }, { title: 'D', kind: 'ratio', hint: 'Share of both directions in the same hour' },
    ],
    rows: table.where(r => (table.number('volume', r) ?? 0) > 0).map(r => [
      directionOf(table, r), table.number('time', r), table.number('volume', r), table.number('peak_hour', r), table.number('peak_hour_volume', r), table.number('peak_hour_factor', r), table.number('k_factor', r), table.number('d_factor', r),
    ]),
  };
}

export const volume: Chart = {
  key: 'volume',
  title: 'Approach volume',
  measure: 'approach-volume',
  tables: [{ table: 'approach-volume', isBinned: true }, { table: 'approach-volume-peaks', isPlans: true }],
  comparison: 'overlay',
  build: input => seriesChart(input, {
    table: 'approach-volume',
    columns: [{ column: 'flow_vph', name: 'Vehicles per hour', kind: 'count', together: 'sum' }, { column: 'count', name: 'Vehicles', kind: 'count', draw: 'none', together: 'sum' }],
    left: { label: 'Vehicles per hour', format: vehiclesPerHour, least: 50 },
    plotOf: (t, r, at) => AXES[t.word('direction', r)] ?? { key: groupKey(t.number('phase', r), t.number('overlap', r)), title: fullName(at.detail, groupKey(t.number('phase', r), t.number('overlap', r))) },
    seriesOf: directionOf,
    matches: (_, at) => channelsOf(at.detail, ['advance-count', 'lane-by-lane-count']).map(channel => ({ codes: [82], parameter: channel })),
    height: 240,
  }, {
    reading: (t, rows) => {
      const busiest = rows.reduce((a, r) => ((t.number('count', r) ?? 0) > (t.number('count', a) ?? 0) ? r : a));
      return `${counted(total(rows, r => t.number('count', r)), 'vehicle')} came. Busiest bin: ${count(t.number('count', busiest))} ${t.word('direction', busiest)} from ${momentText(input.zone, t.time('time', busiest), input.endMs - input.startMs)}.`;
    },
    figures: (t, rows) => [
      { label: 'Vehicles', value: total(rows, r => t.number('count', r)), kind: 'count' },
      ...[...new Set(rows.map(r => directionOf(t, r)))].map(d => ({ label: d, value: total(rows.filter(r => directionOf(t, r) === d), r => t.number('count', r)), kind: 'count' as const })),
    ],
    summary: peaks,
    empty: 'No approach of this signal has counting detectors.',
    channels: channelsOf(input.detail, ['advance-count', 'lane-by-lane-count'], input.group),
  }),
};

