import { count, counted, percent } from '../../plot/numbers';
import type { Ink } from '../../plot/palette';
import type { Mark, Shape } from '../../plot/model';
import { clockText, MINUTE, momentText, SECOND } from '../../plot/time';
import type { Chart, ChartInput, ChartResult } from '../definition';
import { askAround, askSpan, PHASE_CODES, unseenMark } from '../parts';
import type { Table } from '../table';
import { approachOf, fullName, groupName } from '../words';

interface Reason { word: string; name: string; plural: string; shape: Shape; ink: Ink; size: number; place: number }

// Reasons differ in shape and in their place in the row, not in color alone.
const REASONS: readonly Reason[] = [
  { word: 'max_out', name: 'Max-out', plural: 'max-outs', shape: 'square', ink: 'vermillion', size: 5.5, place: 0.42 },
  { word: 'force_off', name: 'Force-off', plural: 'force-offs', shape: 'bar', ink: 'blue', size: 10, place: 0.42 },
  { word: 'gap_out', name: 'Gap-out', plural: 'gap-outs', shape: 'dot', ink: 'teal', size: 4.4, place: 0.7 },
  { word: 'unknown', name: 'No reason logged', plural: 'without a logged reason', shape: 'dash', ink: 'gray', size: 6, place: 0.88 },
];

const WALK_PLACE = 0.14;
const LANE_PX = 46;
const WALK_CODE = 21;

export interface Service { timeMs: number; phase: number; reason: string; run: number }

/** Services of the range, of one phase or all, in order. */
export function listServices(table: Table | undefined, startMs: number, endMs: number, group: string): Service[] {
  return (table?.where(r => table.time('time', r) >= startMs && table.time('time', r) < endMs && (group === '' || String(table.number('phase', r)) === group)) ?? [])
    .map(r => ({ timeMs: table!.time('time', r), phase: table!.time('phase', r), reason: table!.word('reason', r), run: table!.number('run', r) ?? 1 }));
}

/** Services that ended as those before them did, so many in a row with this one; all of them for 1. */
export const consecutive = (services: readonly Service[], least: number): Service[] => (least <= 1 ? [...services] : services.filter(s => s.run >= least && s.reason !== 'unknown'));

function build(input: ChartInput): ChartResult {
  const all = listServices(input.tables['phase-terminations'], input.startMs, input.endMs, input.group);
  const least = Number(input.choice['run'] ?? '1');
  const services = consecutive(all, least);
  const phases = [...new Set(all.map(s => s.phase))].sort((a, b) => a - b);
  const lane = new Map(phases.map((p, i) => [p, i]));
  const walks = (input.events?.times ?? []).map((timeMs, i) => ({ timeMs, phase: input.events!.parameters[i]!, code: input.events!.codes[i]! })).filter(w => w.code === WALK_CODE && lane.has(w.phase));
  const marks: Mark[] = [...unseenMark(input)];
  if (walks.length > 0) {
    marks.push({
      kind: 'dots', x: walks.map(w => w.timeMs), y: walks.map(w => lane.get(w.phase)! + WALK_PLACE), shape: 'triangle', size: 6, ink: 'purple', name: 'Walk',
      say: i => `Walk of phase ${walks[i]!.phase} began ${clockText(input.zone, walks[i]!.timeMs, 'tenths')}`,
      behind: i => askAround(`Walk of phase ${walks[i]!.phase}`, walks[i]!.timeMs, 60 * SECOND, [{ codes: [21, 22, 23, 45, 90], parameter: walks[i]!.phase }]),
    });
  }

  for (const reason of REASONS) {
    const own = services.filter(s => s.reason === reason.word);
    if (own.length > 0) {
      marks.push({
        kind: 'dots', x: own.map(s => s.timeMs), y: own.map(s => lane.get(s.phase)! + reason.place), shape: reason.shape, size: reason.size, ink: reason.ink, name: reason.name, opacity: own.length > 4000 ? 0.6 : 0.9,
        say: i => `${groupName(String(own[i]!.phase))} ended ${clockText(input.zone, own[i]!.timeMs, 'tenths')}: ${reason.name.toLowerCase()}${own[i]!.run > 1 ? `, ${own[i]!.run} in a row` : ''}`,
        behind: i => askAround(`${reason.name} of phase ${own[i]!.phase}`, own[i]!.timeMs, 45 * SECOND, [{ codes: PHASE_CODES, parameter: own[i]!.phase }]),
      });
    }
  }

  const share = (word: string): number | null => (all.length > 0 ? all.filter(s => s.reason === word).length / all.length : null);
  return {
    plots: phases.length === 0 ? [] : [{
      key: 'termination', title: least > 1 ? `Why greens ended: runs of ${least} and longer` : 'Why each green ended', note: `${count(services.length)} of ${counted(all.length, 'service')}`,
      height: phases.length * LANE_PX + 48, x: { kind: 'time', startMs: input.startMs, endMs: input.endMs, zone: input.zone },
      y: { kind: 'lanes', lanes: phases.map(p => ({ label: fullName(input.detail, String(p)), short: `Phase ${p}` })) },
      marks,
      read: x => {
        const near = all.filter(s => Math.abs(s.timeMs - x) <= 7.5 * MINUTE);
        return [clockText(input.zone, x, 'seconds'), `15 min around it: ${REASONS.map(r => `${count(near.filter(s => s.reason === r.word).length)} ${r.plural}`).join(', ')}`];
      },
      behind: (x, y) => {
        const phase = phases[Math.floor(y)] ?? phases[0]!;
        return askSpan(`Phase ${phase} around ${clockText(input.zone, x, 'seconds')}`, x - MINUTE, x + MINUTE, [{ codes: PHASE_CODES, parameter: phase }]);
      },
    }],
    reading: read(input, all, walks.length),
    figures: [
      { label: 'Services', value: all.length > 0 ? all.length : null, kind: 'count' },
      { label: 'Gapped out', value: share('gap_out'), kind: 'percent' },
      { label: 'Maxed out', value: share('max_out'), kind: 'percent', better: 'less' },
      { label: 'Forced off', value: share('force_off'), kind: 'percent' },
      { label: 'Walks', value: input.events ? walks.length : null, kind: 'count' },
    ],
    summary: {
      title: 'By phase',
      columns: [
        { title: 'Phase', kind: 'text' }, { title: 'Services', kind: 'count' }, { title: 'Gap-outs', kind: 'percent' }, { title: 'Max-outs', kind: 'percent' }, { title: 'Force-offs', kind: 'percent' },
        { title: 'No reason logged', kind: 'percent' }, { title: 'Longest run', kind: 'text', hint: 'Services in a row that ended for the same reason' }, { title: 'Walks', kind: 'count' },
      ],
      rows: phases.map(p => {
        const own = all.filter(s => s.phase === p);
        const longest = own.reduce((a, b) => (b.run > a.run ? b : a));
        const of = (word: string): number => own.filter(s => s.reason === word).length / own.length;
        return [
          fullName(input.detail, String(p)), own.length, of('gap_out'), of('max_out'), of('force_off'), of('unknown'),
          `${count(longest.run)} ${REASONS.find(r => r.word === longest.reason)?.plural ?? ''}`, input.events ? walks.filter(w => w.phase === p).length : null,
        ];
      }),
    },
    data: {
      title: 'Services', columns: [{ title: 'Phase', kind: 'text' }, { title: 'End of green', kind: 'time' }, { title: 'Reason', kind: 'text' }, { title: 'In a row', kind: 'count' }],
      rows: services.map(s => [groupName(String(s.phase)), s.timeMs, REASONS.find(r => r.word === s.reason)?.name ?? s.reason, s.run]),
    },
    empty: phases.length > 0 ? null : 'No green ended in this time.',
  };
}

function read(input: ChartInput, services: readonly Service[], walks: number): string {
  if (services.length === 0) {
    return '';
  }

  const share = (word: string): string => percent(services.filter(s => s.reason === word).length / services.length);
  const byPhase = [...new Set(services.map(s => s.phase))].map(phase => {
    const own = services.filter(s => s.phase === phase);
    return { phase, share: own.filter(s => s.reason === 'max_out').length / own.length };
  });
  const most = byPhase.reduce((a, b) => (b.share > a.share ? b : a));
  const longest = services.filter(s => s.reason === 'max_out' || s.reason === 'force_off').reduce<Service | null>((a, b) => (a === null || b.run > a.run ? b : a), null);
  const approach = approachOf(input.detail, String(most.phase));
  return [
    `${counted(services.length, 'service')}: ${share('gap_out')} gapped out, ${share('max_out')} maxed out, ${share('force_off')} were forced off${input.events ? `; ${counted(walks, 'walk')}` : ''}.`,
    most.share > 0 ? `Phase ${most.phase}${approach ? ` (${approach.toLowerCase()})` : ''} maxed out most: ${percent(most.share)} of its services.` : '',
    longest && longest.run > 1 ? `The longest run that did not gap out: ${count(longest.run)} ${REASONS.find(r => r.word === longest.reason)!.plural} of phase ${longest.phase} up to ${momentText(input.zone, longest.timeMs, input.endMs - input.startMs)}.` : '',
  ].filter(Boolean).join(' ');
}

export const termination: Chart = {
  key: 'termination',
  title: 'Phase termination',
  measure: 'phase-termination',
  tables: [{ table: 'phase-terminations' }],
  eventCodes: [WALK_CODE],
  controls: [{
    key: 'run', label: 'Show', fallback: '1',
    choices: [{ value: '1', label: 'all services' }, ...[2, 3, 4, 5, 8, 10].map(n => ({ value: String(n), label: `runs of ${n} or more` }))],
  }],
  comparison: 'beneath',
  build,
};
