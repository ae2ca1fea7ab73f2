import { counted, seconds } from '../../plot/numbers';
import type { Chart } from '../definition';
import { total } from '../parts';
import { seriesChart } from '../series';

export const pedestrians: Chart = {
  key: 'pedestrians',
  title: 'Pedestrian delay',
  measure: 'pedestrian-delay',
  tables: [{ table: 'pedestrian-delay', isBinned: true }],
  comparison: 'overlay',
  build: input => seriesChart(input, {
    table: 'pedestrian-delay',
    columns: [
      { column: 'max_s', name: 'Longest wait', kind: 'seconds', ink: 'sky', draw: 'bars' }, { column: 'mean_s', name: 'Mean wait', kind: 'seconds', ink: 'orange' },
      { column: 'presses', name: 'Presses', kind: 'count', draw: 'none' }, { column: 'walks', name: 'Walks', kind: 'count', draw: 'none' }, { column: 'given_up', name: 'Waited past the limit', kind: 'count', draw: 'none' },
    ],
    left: { label: 'Seconds from press to walk', least: 30 },
    matches: key => (/^\d+$/.test(key) ? [{ codes: [21, 22, 23, 45, 89, 90], parameter: Number(key) }] : []),
  }, {
    reading: (t, rows) => {
      const waits = total(rows, r => t.number('waits', r));
      return waits === 0 ? 'No walk answered a press.' : `${counted(waits, 'walk')} answered a press after ${seconds(total(rows, r => t.number('total_s', r)) / waits)} on average, at most ${seconds(Math.max(...rows.map(r => t.number('max_s', r) ?? 0)))}; ${counted(total(rows, r => t.number('presses', r)), 'press', 'presses')}.`;
    },
    figures: (t, rows) => {
      const waits = total(rows, r => t.number('waits', r));
      return [
        { label: 'Mean wait', value: waits > 0 ? total(rows, r => t.number('total_s', r)) / waits : null, kind: 'seconds', better: 'less' }, { label: 'Longest wait', value: waits > 0 ? Math.max(...rows.map(r => t.number('max_s', r) ?? 0)) : null, kind: 'seconds', better: 'less' },
        { label: 'Presses', value: total(rows, r => t.number('presses', r)), kind: 'count' }, { label: 'Walks', value: total(rows, r => t.number('walks', r)), kind: 'count' },
      ];
    },
    empty: 'No push button and no walk is in the log of this time.',
  }),
};
