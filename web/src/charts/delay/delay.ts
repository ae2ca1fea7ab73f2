import { counted, seconds } from '../../plot/numbers';
import type { Chart } from '../definition';
import { total } from '../parts';
import { seriesChart } from '../series';
import { channelsOf } from '../words';

export const delay: Chart = {
  key: 'delay',
  title: 'Approach delay',
  measure: 'approach-delay',
  tables: [{ table: 'approach-delay', isBinned: true }],
  comparison: 'overlay',
  build: input => seriesChart(input, {
    table: 'approach-delay',
    columns: [
      { column: 'delay_per_vehicle_s', name: 'Delay per vehicle', kind: 'seconds', ink: 'blue' }, { column: 'delay_hours_per_hour', name: 'Vehicle hours of delay per hour', kind: 'number', ink: 'orange', axis: 'right', dash: [5, 3] },
      { column: 'arrivals', name: 'Arrivals', kind: 'count', draw: 'none' }, { column: 'delayed', name: 'Of these, on red', kind: 'count', draw: 'none' },
    ],
    left: { label: 'Seconds per vehicle', least: 10 }, right: { label: 'Vehicle hours per hour', least: 0.5 },
    matches: (key, at) => [...channelsOf(at.detail, ['advance-count'], key).map(channel => ({ codes: [82], parameter: channel })), ...(/^\d+$/.test(key) ? [{ codes: [1, 9], parameter: Number(key) }] : [])],
  }, {
    reading: (t, rows) => {
      const arrivals = total(rows, r => t.number('arrivals', r));
      const all = total(rows, r => t.number('delay_s', r));
      return arrivals === 0 ? 'No vehicle arrived in whole cycles.' : `${seconds(all / arrivals)} of delay for each of ${counted(arrivals, 'arrival')}, ${(all / 3600).toFixed(1)} vehicle hours in all. A lower bound: queues and missed greens are not in it.`;
    },
    figures: (t, rows) => {
      const arrivals = total(rows, r => t.number('arrivals', r));
      const all = total(rows, r => t.number('delay_s', r));
      return [
        { label: 'Delay per vehicle', value: arrivals > 0 ? all / arrivals : null, kind: 'seconds', better: 'less' }, { label: 'Vehicle hours of delay', value: all / 3600, kind: 'number', better: 'less' }, { label: 'Arrivals', value: arrivals, kind: 'count' },
      ];
    },
    empty: 'No approach of this signal has an advance count detector.',
    channels: channelsOf(input.detail, ['advance-count'], input.group),
  }),
};
