import { counted, seconds } from '../../plot/numbers';
import type { Chart } from '../definition';
import { total, weighted } from '../parts';
import { seriesChart } from '../series';

export const wait: Chart = {
  key: 'wait',
  title: 'Wait time',
  measure: 'phase-wait',
  tables: [{ table: 'phase-wait', isBinned: true }],
  comparison: 'overlay',
  build: input => seriesChart(input, {
    table: 'phase-wait',
    columns: [
      { column: 'max_s', name: 'Longest wait', kind: 'seconds', ink: 'sky', draw: 'bars' }, { column: 'mean_s', name: 'Mean wait', kind: 'seconds', ink: 'orange' },
      { column: 'waits', name: 'Waits', kind: 'count', draw: 'none' }, { column: 'skips', name: 'Passed over', kind: 'count', draw: 'none' },
    ],
    left: { label: 'Seconds from call to green', least: 30 },
    matches: key => (/^\d+$/.test(key) ? [{ codes: [1, 4, 5, 6, 8, 43, 44], parameter: Number(key) }] : []),
  }, {
    reading: (t, rows) => {
      const waits = total(rows, r => t.number('waits', r));
      const longest = rows.reduce((a, r) => ((t.number('max_s', r) ?? 0) > (t.number('max_s', a) ?? 0) ? r : a));
      const skips = total(rows, r => t.number('skips', r));
      return waits === 0 ? 'No called phase waited.' : `${counted(waits, 'green')} answered a waiting call after ${seconds(weighted(rows, r => t.number('mean_s', r), r => t.number('waits', r)))} on average; phase ${t.number('phase', longest)} waited longest, ${seconds(t.number('max_s', longest))}.${skips > 0 ? ` Passed over ${counted(skips, 'time')}.` : ''}`;
    },
    figures: (t, rows) => [
      { label: 'Mean wait', value: weighted(rows, r => t.number('mean_s', r), r => t.number('waits', r)), kind: 'seconds', better: 'less' }, { label: 'Longest wait', value: Math.max(...rows.map(r => t.number('max_s', r) ?? 0)), kind: 'seconds', better: 'less' },
      { label: 'Waits', value: total(rows, r => t.number('waits', r)), kind: 'count' }, { label: 'Passed over', value: total(rows, r => t.number('skips', r)), kind: 'count', better: 'less' },
    ],
    empty: 'No called phase waited for its green in this time.',
  }),
};
