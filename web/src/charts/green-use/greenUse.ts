import { axisEnd, count, counted, seconds } from '../../plot/numbers';
import type { PlotModel } from '../../plot/model';
import type { Cell, Chart, ChartInput, ChartResult } from '../definition';
import { weighted } from '../parts';
import type { Table } from '../table';
import { channelsOf, fullName, groupKey, inOrder } from '../words';

/** Length of a part of green, s. */
const PART_S = 4;

/** Parts that fewer than this share of the services reached are not drawn: their means rest on a handful of greens. */
const LEAST_HITS_SHARE = 0.001;

interface Use { parts: { fromS: number; hits: number; perService: number }[]; services: number; meanGreenS: number | null; programmedGreenS: number | null }

/** Vehicles per service in each part of green, over all bins together. A service counts once however many parts its bin has. */
export function gatherUse(table: Table, rows: readonly number[]): Use {
  const perBin = new Map<number, number>();
  const hits = new Map<number, number>();
  for (const r of rows) {
    perBin.set(table.time('time', r), table.number('services', r) ?? 0);
    const from = table.number('from_s', r) ?? 0;
    hits.set(from, (hits.get(from) ?? 0) + (table.number('hits', r) ?? 0));
  }

  const services = [...perBin.values()].reduce((a, b) => a + b, 0);
  const firsts = rows.filter(r => table.number('from_s', r) === 0);
  const all = [...hits.values()].reduce((a, b) => a + b, 0);
  const parts = [...hits.entries()].sort((a, b) => a[0] - b[0]).map(([fromS, n]) => ({ fromS, hits: n, perService: services > 0 ? n / services : 0 }));
  let last = parts.length;
  while (last > 1 && parts[last - 1]!.hits <= all * LEAST_HITS_SHARE) {
    last--;
  }

  return {
    parts: parts.slice(0, last), services,
    meanGreenS: weighted(firsts, r => table.number('mean_green_s', r), r => table.number('services', r)), programmedGreenS: weighted(firsts, r => table.number('programmed_green_s', r), r => table.number('services', r)),
  };
}

function build(input: ChartInput): ChartResult {
  const table = input.tables['green-time-use'];
  const keyOf = (r: number): string => groupKey(table!.number('phase', r), table!.number('overlap', r));
  const groups = [...(table?.by(keyOf) ?? new Map<string, number[]>()).entries()].filter(([key]) => input.group === '' || key === input.group).sort((a, b) => inOrder(input.detail)(a[0], b[0]));
  const uses = groups.map(([key, rows]) => ({ key, use: gatherUse(table!, rows) })).filter(({ use }) => use.services > 0);
  const data: Cell[][] = uses.flatMap(({ key, use }) => use.parts.map(p => [fullName(input.detail, key), p.fromS, p.fromS + PART_S, p.hits, use.services, p.perService]));
  const unused = uses.filter(({ use }) => use.meanGreenS !== null).map(({ key, use }) => {
    const half = Math.max(...use.parts.map(p => p.perService)) / 4;
    const lastBusy = use.parts.findLast(p => p.perService >= half);
    return { key, idleS: Math.max(0, use.meanGreenS! - ((lastBusy?.fromS ?? 0) + PART_S)) };
  }).sort((a, b) => b.idleS - a.idleS)[0];
  return {
    plots: uses.map(({ key, use }): PlotModel => {
      const end = Math.max(20, (use.parts.at(-1)?.fromS ?? 0) + PART_S, use.meanGreenS ?? 0, use.programmedGreenS ?? 0) * 1.04;
      const most = axisEnd(Math.max(...use.parts.map(p => p.perService), 0.1), 0.5);
      const at = (s: number | null, name: string, ink: 'ink' | 'purple', dash: readonly number[]) => (s === null ? [] : [{ kind: 'line' as const, x: [s, s], y: [0, most], width: 1.8, ink, dash, name }]);
      return {
        key: `use-${key}`, title: fullName(input.detail, key), note: counted(use.services, 'service'), height: 210, ...(uses.length > 1 ? { share: 0.5 } : {}),
        x: { kind: 'number', min: 0, max: end, label: 'Seconds after the begin of green' }, y: { kind: 'number', min: 0, max: most, label: 'Vehicles per service' },
        marks: [
          { kind: 'boxes', x0: use.parts.map(p => p.fromS + 0.2), x1: use.parts.map(p => p.fromS + PART_S - 0.2), y0: use.parts.map(() => 0), y1: use.parts.map(p => p.perService), ink: 'sky', opacity: 0.8, name: 'Vehicles per service', say: i => `${use.parts[i]!.fromS} to ${use.parts[i]!.fromS + PART_S} s: ${use.parts[i]!.perService.toFixed(2)} vehicles per service, ${count(use.parts[i]!.hits)} in all` },
          ...at(use.meanGreenS, 'Mean green', 'ink', []), ...at(use.programmedGreenS, 'Programmed green', 'purple', [6, 3]),
        ],
        read: x => [`${x.toFixed(1)} s into green`, ...(use.meanGreenS === null ? [] : [`mean green ${seconds(use.meanGreenS)}`]), ...(use.programmedGreenS === null ? [] : [`programmed ${seconds(use.programmedGreenS)}`])],
      };
    }),
    reading: uses.length === 0 ? '' : unused && unused.idleS >= PART_S ? `${fullName(input.detail, unused.key)} has most to give: on average its last ${seconds(unused.idleS)} of green carry less than a quarter of its busiest part.` : 'Greens are used to their end.',
    figures: uses.map(({ key, use }) => ({ label: `${fullName(input.detail, key)}: vehicles per service`, value: use.parts.reduce((a, p) => a + p.perService, 0), kind: 'ratio' as const })),
    summary: {
      title: 'By phase', columns: [{ title: 'Phase', kind: 'text' }, { title: 'Services', kind: 'count' }, { title: 'Mean green', kind: 'seconds' }, { title: 'Programmed green', kind: 'seconds' }, { title: 'Vehicles', kind: 'count' }, { title: 'Per service', kind: 'ratio' }],
      rows: uses.map(({ key, use }) => [fullName(input.detail, key), use.services, use.meanGreenS, use.programmedGreenS, use.parts.reduce((a, p) => a + p.hits, 0), use.parts.reduce((a, p) => a + p.perService, 0)]),
    },
    data: { title: 'Parts of green', columns: [{ title: 'Phase', kind: 'text' }, { title: 'From', kind: 'seconds' }, { title: 'To', kind: 'seconds' }, { title: 'Vehicles', kind: 'count' }, { title: 'Services', kind: 'count' }, { title: 'Per service', kind: 'ratio' }], rows: data },
    empty: uses.length > 0 ? null : 'No phase of this signal has counting detectors at the stop bar.',
    channels: channelsOf(input.detail, ['lane-by-lane-count'], input.group),
  };
}

export const greenUse: Chart = { key: 'green-use', title: 'Green-time use', measure: 'green-time-use', tables: [{ table: 'green-time-use', isBinned: true }], comparison: 'beneath', build };
