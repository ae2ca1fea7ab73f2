import { axisEnd, count, counted, percent } from '../../plot/numbers';
import type { Mark, PlotModel } from '../../plot/model';
import type { Chart } from '../definition';
import { total } from '../parts';
import { seriesChart } from '../series';
import { channelsOf, fullName } from '../words';

/** Width of a bar of the histogram, s: offsets come in half seconds. */
const STEP_S = 0.5;

const SHOWN = [
  { word: 'green', name: 'On green', ink: 'green', opacity: 0.55 }, { word: 'yellow', name: 'On yellow', ink: 'yellow', opacity: 0.8 }, { word: 'red', name: 'On red', ink: 'red', opacity: 1 },
] as const;

export const yellowRed: Chart = {
  key: 'yellow-red',
  title: 'Yellow and red',
  measure: 'yellow-red',
  tables: [{ table: 'yellow-red', isBinned: true }, { table: 'yellow-red-offsets', isBinned: true }],
  comparison: 'beneath',
  build: input => {
    const result = seriesChart(input, {
      table: 'yellow-red',
      columns: [
        { column: 'on_yellow', name: 'On yellow', kind: 'count', ink: 'yellow', draw: 'bars' }, { column: 'on_red', name: 'On red', kind: 'count', ink: 'red', draw: 'bars' }, { column: 'severe', name: 'On red, later than 5 s', kind: 'count', ink: 'ink' },
        { column: 'hits', name: 'All vehicles', kind: 'count', draw: 'none' }, { column: 'cycles', name: 'Cycles', kind: 'count', draw: 'none' },
      ],
      left: { label: 'Vehicles', least: 5 },
      matches: (key, at) => [...at.detail.detectors.filter(d => String(d.phase) === key && d.functions.some(f => f.startsWith('lane-by-lane'))).map(d => ({ codes: [82], parameter: d.channel })), { codes: [8, 9, 10, 11], parameter: Number(key) }],
    }, {
      reading: (t, rows) => {
        const hits = total(rows, r => t.number('hits', r));
        const red = total(rows, r => t.number('on_red', r));
        return hits === 0 ? 'No vehicle passed these detectors.' : `Of ${counted(hits, 'vehicle')}, ${percent(total(rows, r => t.number('on_yellow', r)) / hits, 1)} passed on yellow and ${percent(red / hits, 1)} on red (${count(red)}), ${count(total(rows, r => t.number('severe', r)))} of them later than 5 s.`;
      },
      figures: (t, rows) => {
        const hits = total(rows, r => t.number('hits', r));
        return [
          { label: 'On yellow', value: hits > 0 ? total(rows, r => t.number('on_yellow', r)) / hits : null, kind: 'percent' }, { label: 'On red', value: hits > 0 ? total(rows, r => t.number('on_red', r)) / hits : null, kind: 'percent', better: 'less' },
          { label: 'On red, later than 5 s', value: total(rows, r => t.number('severe', r)), kind: 'count', better: 'less' }, { label: 'Vehicles', value: hits, kind: 'count' },
        ];
      },
      empty: 'No phase has lane-by-lane detectors with a speed filter, which tell passing from waiting.',
      channels: channelsOf(input.detail, ['lane-by-lane-speed'], input.group),
    });
    const offsets = input.tables['yellow-red-offsets'];
    if (!offsets) {
      return result;
    }

    const plots = result.plots.flatMap((plot): PlotModel[] => {
      const phase = plot.key.split('-').at(-1)!;
      const rows = offsets.where(r => String(offsets.number('phase', r)) === phase);
      if (rows.length === 0) {
        return [plot];
      }

      const hits = new Map<number, { shown: string; hits: number }[]>();
      for (const r of rows) {
        const at = offsets.number('offset_s', r) ?? 0;
        const own = hits.get(at) ?? [];
        const same = own.find(h => h.shown === offsets.word('shown', r));
        if (same) {
          same.hits += offsets.number('hits', r) ?? 0;
        } else {
          own.push({ shown: offsets.word('shown', r), hits: offsets.number('hits', r) ?? 0 });
        }

        hits.set(at, own);
      }

      const places = [...hits.keys()].sort((a, b) => a - b);
      const base = new Map<number, number>();
      const marks = SHOWN.map(({ word, name, ink, opacity }): Mark => {
        const boxes: { x: number; y0: number; y1: number }[] = [];
        for (const x of places) {
          const n = hits.get(x)!.find(h => h.shown === word)?.hits ?? 0;
          if (n > 0) {
            const y0 = base.get(x) ?? 0;
            base.set(x, y0 + n);
            boxes.push({ x, y0, y1: y0 + n });
          }
        }

        return { kind: 'boxes', x0: boxes.map(b => b.x - STEP_S * 0.45), x1: boxes.map(b => b.x + STEP_S * 0.45), y0: boxes.map(b => b.y0), y1: boxes.map(b => b.y1), ink, opacity, name, say: i => `${boxes[i]!.x} s: ${counted(boxes[i]!.y1 - boxes[i]!.y0, 'vehicle')} ${name.toLowerCase()}` };
      });
      return [{ ...plot, share: 0.6 }, {
        key: `offsets-${phase}`, title: `${fullName(input.detail, phase)}: seconds from the begin of red`, height: plot.height, share: 0.4,
        x: { kind: 'number', min: Math.min(-8.5, places[0] ?? 0), max: Math.max(8.5, (places.at(-1) ?? 0) + 1), label: 'Seconds from the begin of red' },
        y: { kind: 'number', min: 0, max: axisEnd(Math.max(...base.values(), 1), 5), label: 'Vehicles' }, marks,
        read: x => {
          const at = Math.round(x / STEP_S) * STEP_S;
          return [`${at} s`, ...(hits.get(at) ?? []).map(h => `${count(h.hits)} on ${h.shown}`)];
        },
      }];
    });
    return { ...result, plots };
  },
};
