import { count, counted, percent } from '../../plot/numbers';
import type { Chart } from '../definition';
import { total } from '../parts';
import { seriesChart } from '../series';
import { channelsOf } from '../words';

export const spillback: Chart = {
  key: 'spillback',
  title: 'Queue spillback',
  measure: 'queue-spillback',
  tables: [{ table: 'queue-spillback', isBinned: true }],
  comparison: 'overlay',
  build: input => seriesChart(input, {
    table: 'queue-spillback',
    columns: [
      { column: 'cycles', name: 'Cycles', kind: 'count', ink: 'dim', draw: 'bars' }, { column: 'queued_cycles', name: 'With a queue on the detector', kind: 'count', ink: 'orange', draw: 'bars' },
      { column: 'blocked_cycles', name: 'Blocked in green', kind: 'count', ink: 'vermillion', draw: 'bars' }, { column: 'spatial_index', name: 'Blocked share of green', kind: 'percent', ink: 'ink', axis: 'right', dash: [5, 3] },
    ],
    left: { label: 'Cycles', least: 5 }, right: { label: 'Share of green', format: v => percent(v), most: 1.02 },
    plotOf: (t, r) => ({ key: `${t.number('phase', r)}-${t.number('channel', r)}`, title: `Phase ${t.number('phase', r)}, detector ${t.number('channel', r)}${t.number('distance_ft', r) === null ? '' : `, ${count(t.number('distance_ft', r))} ft upstream`}` }),
    matches: key => [{ codes: [81, 82], parameter: Number(key.split('-')[1]) }, { codes: [1, 8, 9], parameter: Number(key.split('-')[0]) }],
  }, {
    reading: (t, rows) => {
      const blocked = total(rows, r => t.number('blocked_cycles', r));
      return blocked === 0 ? `No green was blocked in ${counted(total(rows, r => t.number('cycles', r)), 'cycle')}; a queue stood on a detector in ${count(total(rows, r => t.number('queued_cycles', r)))}.`
        : `${counted(blocked, 'green')} went by with traffic standing although the queue should long be moving: look downstream.`;
    },
    figures: (t, rows) => [
      { label: 'Cycles with a queue on the detector', value: total(rows, r => t.number('queued_cycles', r)), kind: 'count', better: 'less' }, { label: 'Blocked greens', value: total(rows, r => t.number('blocked_cycles', r)), kind: 'count', better: 'less' },
    ],
    empty: 'No phase of this signal has an advance detector.',
    channels: channelsOf(input.detail, ['advance-count'], input.group),
  }),
};

