import { counted, percent } from '../../plot/numbers';
import type { Chart } from '../definition';
import { total } from '../parts';
import { seriesChart } from '../series';
import { channelsOf } from '../words';

export const capacity: Chart = {
  key: 'capacity',
  title: 'Volume to capacity',
  measure: 'volume-to-capacity',
  tables: [{ table: 'volume-to-capacity', isBinned: true }],
  comparison: 'overlay',
  build: input => seriesChart(input, {
    table: 'volume-to-capacity',
    columns: [
      { column: 'volume_to_capacity', name: 'Volume to capacity', kind: 'ratio', ink: 'blue' }, { column: 'worst_cycle', name: 'Worst cycle', kind: 'ratio', ink: 'orange', dash: [4, 3] },
      { column: 'count', name: 'Vehicles', kind: 'count', draw: 'none' }, { column: 'capacity', name: 'Capacity', kind: 'count', draw: 'none' }, { column: 'cycles_at_capacity', name: 'Cycles at capacity', kind: 'count', draw: 'none' },
    ],
    left: { label: 'Volume over capacity', least: 1.1 },
    extra: () => [{ kind: 'levels', y: [1], labels: ['at capacity'], ink: 'muted', name: 'At capacity' }],
    matches: (key, at) => [...channelsOf(at.detail, ['lane-by-lane-count'], key).map(channel => ({ codes: [82], parameter: channel })), ...(/^\d+$/.test(key) ? [{ codes: [1, 8, 9], parameter: Number(key) }] : [])],
  }, {
    reading: (t, rows) => {
      const all = total(rows, r => t.number('capacity', r));
      const at = total(rows, r => t.number('cycles_at_capacity', r));
      return all === 0 ? 'No green was counted.' : `${percent(total(rows, r => t.number('count', r)) / all)} of the capacity was used; ${counted(at, 'cycle')} ran at capacity or above.`;
    },
    figures: (t, rows) => {
      const all = total(rows, r => t.number('capacity', r));
      return [
        { label: 'Volume to capacity', value: all > 0 ? total(rows, r => t.number('count', r)) / all : null, kind: 'ratio', better: 'less' }, { label: 'Cycles at capacity', value: total(rows, r => t.number('cycles_at_capacity', r)), kind: 'count', better: 'less' },
        { label: 'Vehicles', value: total(rows, r => t.number('count', r)), kind: 'count' },
      ];
    },
    empty: 'No phase of this signal has lane-by-lane counting detectors at the stop bar.',
    channels: channelsOf(input.detail, ['lane-by-lane-count'], input.group),
  }),
};

