import { counted, plain } from '../../plot/numbers';
import type { Chart } from '../definition';
import { total, weighted } from '../parts';
import { seriesChart } from '../series';
import { channelsOf } from '../words';

export const speed: Chart = {
  key: 'speed',
  title: 'Approach speed',
  measure: 'approach-speed',
  tables: [{ table: 'approach-speed', isBinned: true }],
  comparison: 'overlay',
  build: input => seriesChart(input, {
    table: 'approach-speed',
    columns: [
      { column: 'p85_mph', name: '85th percentile', kind: 'number', ink: 'orange' }, { column: 'mean_mph', name: 'Mean', kind: 'number', ink: 'blue' }, { column: 'p15_mph', name: '15th percentile', kind: 'number', ink: 'gray', dash: [4, 3] },
      { column: 'readings', name: 'Readings', kind: 'count', draw: 'none' },
    ],
    left: { label: 'Miles per hour', least: 30 },
    matches: (key, at) => channelsOf(at.detail, ['advance-speed'], key).map(channel => ({ codes: [82], parameter: channel })),
    extra: (t, rows) => {
      const limit = rows.map(r => t.number('speed_limit_mph', r)).find(l => l !== null);
      return limit == null ? [] : [{ kind: 'levels', y: [limit], labels: [`posted ${plain(limit)} mph`], ink: 'purple', name: 'Posted speed' }];
    },
  }, {
    reading: (t, rows) => {
      const p85 = weighted(rows, r => t.number('p85_mph', r), r => t.number('readings', r));
      return p85 === null ? 'Every bin has fewer than 10 readings, and then says nothing.' : `The 85th percentile is ${plain(Math.round(p85 * 10) / 10)} mph over ${counted(total(rows, r => t.number('readings', r)), 'reading')}.`;
    },
    figures: (t, rows) => [
      { label: '85th percentile, mph', value: weighted(rows, r => t.number('p85_mph', r), r => t.number('readings', r)), kind: 'number' }, { label: 'Mean, mph', value: weighted(rows, r => t.number('mean_mph', r), r => t.number('readings', r)), kind: 'number' },
      { label: 'Readings', value: total(rows, r => t.number('readings', r)), kind: 'count' },
    ],
    empty: 'No speed readings came with the log in this time. Speeds stand beside the event log, and only some detectors have them.',
    channels: channelsOf(input.detail, ['advance-speed'], input.group),
  }),
};
