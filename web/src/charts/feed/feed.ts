import { counted } from '../../plot/numbers';
import type { Chart } from '../definition';
import { weighted } from '../parts';
import { seriesChart } from '../series';

export const feed: Chart = {
  key: 'feed',
  title: 'Communications',
  measure: 'communications-health',
  tables: [{ table: 'communications-health', isBinned: true }],
  comparison: 'overlay',
  build: input => seriesChart(input, {
    table: 'communications-health',
    columns: [
      { column: 'least_events', name: 'Fewest events in any 5 minutes', kind: 'count', ink: 'blue' }, { column: 'clock_drift_most_ms', name: 'Clock drift, ms', kind: 'number', ink: 'orange', axis: 'right' },
      { column: 'loss_share', name: 'Polls lost', kind: 'percent', draw: 'none' }, { column: 'response_ms', name: 'Response, ms', kind: 'number', draw: 'none' },
    ],
    left: { label: 'Events', least: 50 }, right: { label: 'Clock drift, ms', least: 100 },
    matches: () => [],
    plotOf: () => ({ key: 'feed', title: 'The log itself' }),
  }, {
    reading: (t, rows) => {
      const bad = rows.filter(r => t.flag('has_data', r) === false).length;
      return bad === 0 ? `All ${counted(rows.length, 'bin')} have data.` : `${counted(bad, 'bin')} of ${rows.length} lack data in at least 5 minutes.`;
    },
    figures: (t, rows) => [
      { label: 'Bins with data', value: rows.length > 0 ? rows.filter(r => t.flag('has_data', r)).length / rows.length : null, kind: 'percent', better: 'more' },
      { label: 'Time seen', value: weighted(rows, r => t.number('seen_share', r), () => 1), kind: 'percent', better: 'more' },
    ],
    empty: 'The log has nothing of this time.',
  }),
};

