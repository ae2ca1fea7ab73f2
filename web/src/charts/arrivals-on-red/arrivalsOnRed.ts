import { counted, percent } from '../../plot/numbers';
import type { Chart, ChartInput, Grid } from '../definition';
import { planRows, total } from '../parts';
import { seriesChart, vehiclesPerHour } from '../series';
import { channelsOf, fullName, groupKey, planName } from '../words';

function byPlan(input: ChartInput): Grid | undefined {
  const table = input.tables['arrivals-on-red-plans'];
  if (!table) {
    return undefined;
  }

  const keyOf = (r: number): string => groupKey(table.number('phase', r), table.number('overlap', r));
  return {
    title: 'By plan, from its begin or midnight',
    columns: [
      { title: 'Plan', kind: 'text' }, { title: 'Phase', kind: 'text' }, { title: 'From', kind: 'time' }, { title: 'Arrivals', kind: 'count' }, { title: 'On red', kind: 'count' }, { title: 'Share on red', kind: 'percent' },
      { title: 'Share of red', kind: 'percent', hint: 'What the share on red would be with arrivals at random' },
    ],
    rows: planRows(table, input, r => input.group === '' || keyOf(r) === input.group).map(({ row, plan, startMs }) => [
      planName(plan), fullName(input.detail, keyOf(row)), startMs, table.number('arrivals', row), table.number('on_red', row), table.number('share_on_red', row), table.number('red_share', row),
    ]),
  };
}

export const arrivalsOnRed: Chart = {
  key: 'arrivals-on-red',
  title: 'Arrivals on red',
  measure: 'arrivals-on-red',
  tables: [{ table: 'arrivals-on-red', isBinned: true }, { table: 'arrivals-on-red-plans', isPlans: true }],
  comparison: 'overlay',
  build: input => seriesChart(input, {
    table: 'arrivals-on-red',
    columns: [
      { column: 'arrivals_vph', name: 'Arrivals', kind: 'count', ink: 'sky' }, { column: 'on_red_vph', name: 'Arrivals on red', kind: 'count', ink: 'vermillion' },
      { column: 'share_on_red', name: 'Share on red', kind: 'percent', ink: 'ink', axis: 'right', dash: [5, 3] },
    ],
    left: { label: 'Vehicles per hour', format: vehiclesPerHour, least: 50 }, right: { label: 'Share on red', format: v => percent(v), most: 1.02 },
    matches: (key, at) => [...channelsOf(at.detail, ['advance-count'], key).map(channel => ({ codes: [82], parameter: channel })), ...(/^\d+$/.test(key) ? [{ codes: [1, 8, 9], parameter: Number(key) }] : [])],
  }, {
    reading: (t, rows) => {
      const all = total(rows, r => t.number('arrivals', r));
      return all === 0 ? 'No vehicle arrived in whole cycles.' : `${percent(total(rows, r => t.number('on_red', r)) / all)} of ${counted(all, 'arrival')} came on red.`;
    },
    figures: (t, rows) => {
      const all = total(rows, r => t.number('arrivals', r));
      return [{ label: 'Arrivals', value: all, kind: 'count' }, { label: 'Arrivals on red', value: all > 0 ? total(rows, r => t.number('on_red', r)) / all : null, kind: 'percent', better: 'less' }];
    },
    summary: byPlan,
    empty: 'No approach of this signal has an advance count detector.',
    channels: channelsOf(input.detail, ['advance-count'], input.group),
  }),
};
