import { count, counted, percent } from '../../plot/numbers';
import type { Chart } from '../definition';
import { total, weighted } from '../parts';
import { seriesChart } from '../series';
import { capital, channelsOf, groupKey, groupName } from '../words';

export const leftTurnGap: Chart = {
  key: 'left-turn-gap',
  title: 'Left-turn gap',
  measure: 'left-turn-gap',
  tables: [{ table: 'left-turn-gap', isBinned: true }],
  comparison: 'overlay',
  build: input => seriesChart(input, {
    table: 'left-turn-gap',
    columns: [
      { column: 'capacity', name: 'Left turns that could go', kind: 'count', ink: 'sky', draw: 'bars' }, { column: 'demand', name: 'Left turns that came', kind: 'count', ink: 'orange' },
      { column: 'turnable_share', name: 'Green in turnable gaps', kind: 'percent', ink: 'ink', axis: 'right', dash: [5, 3] },
      { column: 'gaps_1', name: 'Gaps 1-3.3 s', kind: 'count', draw: 'none' }, { column: 'gaps_2', name: '3.3-3.7 s', kind: 'count', draw: 'none' }, { column: 'gaps_3', name: '3.7-7.4 s', kind: 'count', draw: 'none' }, { column: 'gaps_4', name: 'Above 7.4 s', kind: 'count', draw: 'none' },
      { column: 'demand_to_capacity', name: 'Demand to capacity', kind: 'percent', draw: 'none' },
    ],
    left: { label: 'Vehicles', least: 10 }, right: { label: 'Share of green', format: v => percent(v), most: 1.02 },
    plotOf: (t, r) => {
      const key = groupKey(t.number('phase', r), t.number('overlap', r));
      return { key, title: `Against ${t.word('direction', r) === 'unknown' ? groupName(key).toLowerCase() : `${capital(t.word('direction', r)).toLowerCase()} traffic (${groupName(key).toLowerCase()})`}` };
    },
    matches: (key, at) => [...channelsOf(at.detail, ['lane-by-lane-count'], key).map(channel => ({ codes: [82], parameter: channel })), ...(/^\d+$/.test(key) ? [{ codes: [1, 8, 9], parameter: Number(key) }] : [])],
  }, {
    reading: (t, rows) => {
      const tight = rows.filter(r => (t.number('demand_to_capacity', r) ?? 0) > 0.7).length;
      return `${counted(total(rows, r => t.number('greens', r)), 'green')} of oncoming traffic left room for ${count(Math.round(total(rows, r => t.number('capacity', r))))} left turns; ${count(total(rows, r => t.number('demand', r)))} came. ${tight > 0 ? `In ${counted(tight, 'bin')} more than 70 % of the room was asked for.` : 'Nowhere was more than 70 % of the room asked for.'}`;
    },
    figures: (t, rows) => [
      { label: 'Green in turnable gaps', value: weighted(rows, r => t.number('turnable_share', r), r => t.number('green_s', r)), kind: 'percent', better: 'more' }, { label: 'Left turns that could go', value: total(rows, r => t.number('capacity', r)), kind: 'count' },
      { label: 'Left turns that came', value: total(rows, r => t.number('demand', r)), kind: 'count' },
    ],
    empty: 'No oncoming through traffic with stop-bar counting detectors is configured.',
    channels: channelsOf(input.detail, ['lane-by-lane-count'], input.group),
  }),
};
