import { count, counted, percent } from '../../plot/numbers';
import type { Mark, PlotModel } from '../../plot/model';
import { clockText, momentText, SECOND } from '../../plot/time';
import type { Chart, ChartInput, ChartResult } from '../definition';
import { askSpan, DETECTOR_CODES, lastAtOrBefore, PHASE_CODES, total, unseenMark, weighted } from '../parts';
import { channelsOf, fullName } from '../words';

/** Occupancies that make a failure by our definition (Freije et al. 2014 with 80 %). */
const THRESHOLD = 0.8;

/** How much of the red is looked at, s. */
const RED_WINDOW_S = 5;

interface Judged { timeMs: number; greenS: number; green: number; red: number; failed: boolean }

function build(input: ChartInput): ChartResult {
  const bins = input.tables['split-failures'];
  const cycles = input.tables['split-failures-by-cycle'];
  const isOwn = (phase: number | null): boolean => phase !== null && (input.group === '' || String(phase) === input.group);
  const binRows = bins?.where(r => bins.number('channel', r) === null && isOwn(bins.number('phase', r))) ?? [];
  const rows = cycles?.where(r => cycles.number('channel', r) === null && isOwn(cycles.number('phase', r)) && cycles.flag('failed', r) !== null && cycles.time('time', r) >= input.startMs && cycles.time('time', r) < input.endMs) ?? [];
  const byPhase = new Map<number, Judged[]>();
  for (const r of rows) {
    const phase = cycles!.time('phase', r);
    const list = byPhase.get(phase) ?? [];
    byPhase.set(phase, list);
    list.push({ timeMs: cycles!.time('time', r), greenS: cycles!.number('green_s', r) ?? 0, green: cycles!.number('green_occupancy', r) ?? 0, red: cycles!.number('red_occupancy', r) ?? 0, failed: cycles!.flag('failed', r) === true });
  }

  const phases = [...byPhase.keys()].sort((a, b) => a - b);
  const all = phases.flatMap(p => byPhase.get(p)!);
  const failed = all.filter(c => c.failed).length;
  const faulted = bins ? total(binRows, r => bins.number('faulted_cycles', r)) : 0;
  const byFailures = phases.map(phase => ({ phase, failed: byPhase.get(phase)!.filter(c => c.failed).length, judged: byPhase.get(phase)!.length })).sort((a, b) => b.failed - a.failed);
  const worstBin = binRows.reduce<number | null>((a, r) => ((bins!.number('failures', r) ?? 0) > (a === null ? 0 : bins!.number('failures', a) ?? 0) ? r : a), null);
  return {
    plots: phases.flatMap(phase => drawPhase(input, phase, byPhase.get(phase)!, bins ? binRows.filter(r => bins.number('phase', r) === phase) : [])),
    reading: all.length === 0 ? '' : failed === 0
      ? `None of ${counted(all.length, 'judged cycle')} failed: every queue was served.`
      : [
        `${count(failed)} of ${counted(all.length, 'judged cycle')} failed (${percent(failed / all.length, 1)}).`,
        `Phase ${byFailures[0]!.phase} has most: ${count(byFailures[0]!.failed)}, ${percent(byFailures[0]!.failed / byFailures[0]!.judged)} of its cycles.`,
        worstBin !== null ? `Worst bin: ${momentText(input.zone, bins!.time('time', worstBin), input.endMs - input.startMs)}, phase ${bins!.number('phase', worstBin)}, ${count(bins!.number('failures', worstBin))} of ${count(bins!.number('cycles', worstBin))}.` : '',
      ].filter(Boolean).join(' ') + (faulted > 0 ? ` ${counted(faulted, 'cycle')} could not be judged because a detector was at fault.` : ''),
    figures: [
      { label: 'Judged cycles', value: all.length || null, kind: 'count' },
      { label: 'Split failures', value: all.length > 0 ? failed : null, kind: 'count', better: 'less' },
      { label: 'Share failed', value: all.length > 0 ? failed / all.length : null, kind: 'percent', better: 'less' },
      { label: 'Green occupancy', value: all.length > 0 ? all.reduce((a, c) => a + c.green, 0) / all.length : null, kind: 'percent' },
      { label: 'Red occupancy', value: all.length > 0 ? all.reduce((a, c) => a + c.red, 0) / all.length : null, kind: 'percent', better: 'less' },
    ],
    summary: {
      title: 'By phase',
      columns: [
        { title: 'Phase', kind: 'text' }, { title: 'Judged cycles', kind: 'count' }, { title: 'Failed', kind: 'count' }, { title: 'Share failed', kind: 'percent' }, { title: 'Mean green', kind: 'seconds' },
        { title: 'Green occupancy', kind: 'percent' }, { title: 'Red occupancy', kind: 'percent', hint: `First ${RED_WINDOW_S} s of red` }, { title: 'Not judged (fault)', kind: 'count' },
      ],
      rows: phases.map(phase => {
        const own = byPhase.get(phase)!;
        const ownBins = binRows.filter(r => bins!.number('phase', r) === phase);
        const mean = (value: (c: Judged) => number): number => own.reduce((a, c) => a + value(c), 0) / own.length;
        const fails = own.filter(c => c.failed).length;
        return [fullName(input.detail, String(phase)), own.length, fails, fails / own.length, mean(c => c.greenS), mean(c => c.green), mean(c => c.red), bins ? total(ownBins, r => bins.number('faulted_cycles', r)) : null];
      }),
    },
    data: {
      title: 'Cycles',
      columns: [{ title: 'Phase', kind: 'text' }, { title: 'Begin of green', kind: 'time' }, { title: 'Green', kind: 'seconds' }, { title: 'Green occupancy', kind: 'percent' }, { title: 'Red occupancy', kind: 'percent' }, { title: 'Failed', kind: 'text' }],
      rows: phases.flatMap(phase => byPhase.get(phase)!.map(c => [`Phase ${phase}`, c.timeMs, c.greenS, c.green, c.red, c.failed ? 'yes' : 'no'])),
    },
    empty: all.length > 0 ? null : faulted > 0 ? 'No cycle could be judged: the stop-bar detectors were at fault.' : 'No cycle of a phase with stop-bar presence detectors could be judged in this time.',
    channels: channelsOf(input.detail, ['stop-bar-presence'], input.group),
  };

  function drawPhase(at: ChartInput, phase: number, own: Judged[], ownBins: number[]): PlotModel[] {
    const times = own.map(c => c.timeMs);
    const fails = own.filter(c => c.failed);
    const ask = (c: Judged) => askSpan(
      `Cycle of phase ${phase}, ${c.failed ? 'a split failure' : 'no failure'}`, c.timeMs - SECOND, c.timeMs + (c.greenS + 15) * SECOND,
      [{ codes: PHASE_CODES, parameter: phase }, ...channelsOf(at.detail, ['stop-bar-presence'], String(phase)).map(channel => ({ codes: DETECTOR_CODES, parameter: channel }))]);
    const say = (c: Judged): string => `Green ${clockText(at.zone, c.timeMs, 'seconds')} for ${c.greenS.toFixed(1)} s: occupied ${percent(c.green)} of green, ${percent(c.red)} of the first ${RED_WINDOW_S} s of red${c.failed ? ', failed' : ''}`;
    const dots = (name: string, ink: 'teal' | 'vermillion', shape: 'dot' | 'diamond', value: (c: Judged) => number): Mark => ({
      kind: 'dots', x: times, y: own.map(value), shape, size: shape === 'dot' ? 3.4 : 5, ink, opacity: 0.6, name, say: i => say(own[i]!), behind: i => ask(own[i]!),
    });
    const share = weighted(ownBins, r => bins!.number('share_failed', r), r => bins!.number('cycles', r));
    const timeline: PlotModel = {
      key: `failures-${phase}`, title: fullName(at.detail, String(phase)), note: `${count(fails.length)} of ${counted(own.length, 'cycle')} failed${share === null ? '' : ` (${percent(share)})`}`, height: 230, share: 0.7,
      x: { kind: 'time', startMs: at.startMs, endMs: at.endMs, zone: at.zone }, y: { kind: 'number', min: 0, max: 1.04, label: 'Occupancy', format: v => percent(v) },
      marks: [
        ...unseenMark(at),
        { kind: 'boxes', x0: fails.map(c => c.timeMs), x1: fails.map(c => c.timeMs + (c.greenS + RED_WINDOW_S) * SECOND), y0: fails.map(() => 0), y1: fails.map(() => 1.04), leastWidth: 1.4, ink: 'orange', opacity: 0.3, name: 'Split failure', say: i => say(fails[i]!), behind: i => ask(fails[i]!) },
        { kind: 'levels', y: [THRESHOLD], labels: [`${percent(THRESHOLD)}: both above fail`], ink: 'muted', name: 'Threshold' },
        dots('Occupied in green', 'teal', 'dot', c => c.green),
        dots(`Occupied in the first ${RED_WINDOW_S} s of red`, 'vermillion', 'diamond', c => c.red),
        ...(bins && ownBins.length > 0 ? [{
          kind: 'line', isStepped: true, width: 2, ink: 'ink', hasHalo: true, name: 'Share of cycles that failed, by bin',
          x: [...ownBins.map(r => bins.time('time', r)), bins.time('time', ownBins.at(-1)!) + bins.binMs], y: [...ownBins.map(r => bins.number('share_failed', r)), null],
        } satisfies Mark] : []),
      ],
      read: x => {
        const cycle = own[lastAtOrBefore(times, x)];
        const bin = ownBins.findLast(r => bins!.time('time', r) <= x);
        return [clockText(at.zone, x, 'seconds'), ...(cycle ? [say(cycle)] : []), ...(bin === undefined ? [] : [`bin: ${count(bins!.number('failures', bin))} of ${count(bins!.number('cycles', bin))} failed`])];
      },
      behind: x => {
        const cycle = own[lastAtOrBefore(times, x)];
        return cycle ? ask(cycle) : null;
      },
    };
    const place = (name: string, some: Judged[], shape: 'dot' | 'square', ink: 'blue' | 'vermillion', opacity: number): Mark => ({
      kind: 'dots', x: some.map(c => c.green), y: some.map(c => c.red), shape, size: 4, ink, opacity, name, say: i => say(some[i]!), behind: i => ask(some[i]!),
    });
    const scatter: PlotModel = {
      key: `scatter-${phase}`, title: 'Green against red', height: 230, share: 0.3,
      x: { kind: 'number', min: 0, max: 1.04, label: 'Green occupancy', format: v => percent(v) }, y: { kind: 'number', min: 0, max: 1.04, label: 'Red occupancy', format: v => percent(v) },
      marks: [
        { kind: 'boxes', x0: [THRESHOLD], x1: [1.04], y0: [THRESHOLD], y1: [1.04], ink: 'orange', opacity: 0.22, name: 'Both above their threshold' },
        place('Cycle', own.filter(c => !c.failed), 'dot', 'blue', 0.4), place('Failed cycle', fails, 'square', 'vermillion', 0.85),
      ],
      read: x => [`green occupancy ${percent(x)}`],
    };
    return [timeline, scatter];
  }
}

export const splitFailure: Chart = {
  key: 'split-failure',
  title: 'Split failure',
  measure: 'split-failure',
  tables: [{ table: 'split-failures', isBinned: true }, { table: 'split-failures-by-cycle' }],
  comparison: 'beneath',
  build,
};
