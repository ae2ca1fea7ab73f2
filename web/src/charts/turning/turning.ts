import { counted, percent } from '../../plot/numbers';
import type { Chart, ChartInput, Grid } from '../definition';
import { total } from '../parts';
import { seriesChart, vehiclesPerHour } from '../series';
import { capital, channelsOf, plainWord } from '../words';

function peaks(input: ChartInput): Grid | undefined {
  const table = input.tables['turning-movement-peaks'];
  return table && {
    title: 'Movements and their peak hours',
    columns: [
      { title: 'Direction', kind: 'text' }, { title: 'Movement', kind: 'text' }, { title: 'Day', kind: 'time' }, { title: 'Volume', kind: 'count' }, { title: 'Lanes', kind: 'count' },
      { title: 'Lane use', kind: 'percent', hint: 'Volume over lanes times busiest lane: 100 % is all lanes alike' }, { title: 'Peak hour', kind: 'time' }, { title: 'Its volume', kind: 'count' }, { title: 'Peak hour factor', kind: 'ratio' },
    ],
    rows: table.where(r => (table.number('volume', r) ?? 0) > 0).map(r => [
      table.word('direction', r) === '' ? 'Whole intersection' : capital(table.word('direction', r)), table.word('movement', r) === '' ? 'all' : plainWord(table.word('movement', r)), table.number('time', r), table.number('volume', r),
      table.number('lanes', r), table.number('lane_utilization', r), table.number('peak_hour', r), table.number('peak_hour_volume', r), table.number('peak_hour_factor', r),
    ]),
  };
}

export const turning: Chart = {
  key: 'movements',
  title: 'Turning movements',
  measure: 'turning-movements',
  tables: [{ table: 'turning-movements', isBinned: true }, { table: 'turning-movement-peaks', isPlans: true }],
  comparison: 'overlay',
  build: input => seriesChart(input, {
    table: 'turning-movements',
    columns: [{ column: 'flow_vph', name: 'Vehicles per hour', kind: 'count', together: 'sum' }, { column: 'count', name: 'Vehicles', kind: 'count', draw: 'none', together: 'sum' }],
    left: { label: 'Vehicles per hour', format: vehiclesPerHour, least: 50 },
    plotOf: (t, r) => ({ key: t.word('direction', r), title: capital(t.word('direction', r)) }),
    seriesOf: (t, r) => plainWord(t.word('movement', r)),
    matches: (direction, at) => {
      const approaches = new Set(at.detail.approaches.filter(a => a.direction === direction).map(a => a.id));
      return at.detail.detectors.filter(d => d.approachId !== null && approaches.has(d.approachId) && d.functions.includes('lane-by-lane-count')).map(d => ({ codes: [82], parameter: d.channel }));
    },
    height: 230,
  }, {
    reading: (t, rows) => {
      const all = total(rows, r => t.number('count', r));
      const left = total(rows.filter(r => t.word('movement', r) === 'left'), r => t.number('count', r));
      return `${counted(all, 'vehicle')} passed${all > 0 ? `, ${percent(left / all)} of them turning left` : ''}.`;
    },
    figures: (t, rows) => [
      { label: 'All movements', value: total(rows, r => t.number('count', r)), kind: 'count' },
      ...[...new Set(rows.map(r => `${capital(t.word('direction', r))} ${plainWord(t.word('movement', r)).toLowerCase()}`))].map(name => ({
        label: name, value: total(rows.filter(r => `${capital(t.word('direction', r))} ${plainWord(t.word('movement', r)).toLowerCase()}` === name), r => t.number('count', r)), kind: 'count' as const,
      })),
    ],
    summary: peaks,
    empty: 'No lane of this signal has a lane-by-lane counting detector.',
    channels: channelsOf(input.detail, ['lane-by-lane-count'], input.group),
  }),
};
