import { axisEnd, counted, percentile, seconds } from '../../plot/numbers';
import type { Ink } from '../../plot/palette';
import type { Mark, PlotModel, Shape } from '../../plot/model';
import { clockText, SECOND } from '../../plot/time';
import type { Chart, ChartInput, ChartResult } from '../definition';
import { askAround, askSpan, lastAtOrBefore, PHASE_CODES, planRows, unseenMark, type PlanRow } from '../parts';
import { fullName, planName } from '../words';

interface Termination { word: string; name: string; shape: Shape; ink: Ink; size: number }

const TERMINATIONS: readonly Termination[] = [
  { word: 'gap-out', name: 'Gap-out', shape: 'dot', ink: 'teal', size: 4 },
  { word: 'max-out', name: 'Max-out', shape: 'square', ink: 'vermillion', size: 4.6 },
  { word: 'force-off', name: 'Force-off', shape: 'bar', ink: 'blue', size: 7 },
  { word: 'unknown', name: 'No reason logged', shape: 'dash', ink: 'gray', size: 6 },
];

/** This share of the services fits the axis; a few endless greens of the night do not flatten the day. */
const SHOWN_SERVICES = 0.985;

export interface Served { timeMs: number; phase: number; lengthS: number; termination: string }

/** How a phase was served under a plan, over the services that are shown. */
export interface PhasePlan {
  plan: PlanRow; phase: number; programmedS: number | null; services: number; meanS: number | null; p50S: number | null; pS: number | null; minS: number | null; maxS: number | null;
  gapOut: number | null; maxOut: number | null; forceOff: number | null; skips: number; skipShare: number | null;
}

/** Sums up services by plan and phase; skips are services fewer than the plan's most served phase had. */
export function sumPlans(plans: readonly { plan: PlanRow; phase: number; programmedS: number | null }[], services: readonly Served[], share: number): PhasePlan[] {
  const own = plans.map(p => ({ ...p, served: services.filter(s => s.phase === p.phase && s.timeMs >= p.plan.startMs && s.timeMs < p.plan.endMs) }));
  return own.map(({ plan, phase, programmedS, served }) => {
    const most = Math.max(0, ...own.filter(o => o.plan.startMs === plan.startMs).map(o => o.served.length));
    const lengths = served.map(s => s.lengthS);
    const of = (word: string): number | null => (served.length > 0 ? served.filter(s => s.termination === word).length / served.length : null);
    return {
      plan, phase, programmedS, services: served.length, meanS: lengths.length > 0 ? lengths.reduce((a, b) => a + b, 0) / lengths.length : null,
      p50S: percentile(lengths, 0.5), pS: percentile(lengths, share), minS: lengths.length > 0 ? Math.min(...lengths) : null, maxS: lengths.length > 0 ? Math.max(...lengths) : null,
      gapOut: of('gap-out'), maxOut: of('max-out'), forceOff: of('force-off'), skips: most - served.length, skipShare: most > 0 ? (most - served.length) / most : null,
    };
  });
}

function build(input: ChartInput): ChartResult {
  const table = input.tables['split-monitor'];
  const planTable = input.tables['split-monitor-plans'];
  const share = Number(input.choice['pc'] ?? '85') / 100;
  const services: Served[] = (table?.where(r => table.time('time', r) >= input.startMs && table.time('time', r) < input.endMs && table.number('length_s', r) !== null && (input.group === '' || String(table.number('phase', r)) === input.group)) ?? [])
    .map(r => ({ timeMs: table!.time('time', r), phase: table!.time('phase', r), lengthS: table!.number('length_s', r)!, termination: table!.word('termination', r) }));
  const plans = planRows(planTable, input, r => input.group === '' || String(planTable!.number('phase', r)) === input.group)
    .map(plan => ({ plan, phase: planTable!.time('phase', plan.row), programmedS: planTable!.number('programmed_split_s', plan.row) || null }));
  const sums = sumPlans(plans, services, share);
  const phases = [...new Set(services.map(s => s.phase))].sort((a, b) => a - b);
  const name = `${input.choice['pc'] ?? '85'}th percentile`;
  const over = sums.filter(s => s.programmedS !== null && s.pS !== null && s.services >= 10);
  const skipped = phases.map(phase => ({ phase, skips: sums.filter(s => s.phase === phase).reduce((a, s) => a + s.skips, 0) })).filter(s => s.skips > 0);
  const worst = over.filter(s => s.pS! > s.programmedS!).reduce<PhasePlan | null>((a, b) => (a === null || b.pS! - b.programmedS! > a.pS! - a.programmedS! ? b : a), null);
  const mostSkipped = skipped.reduce<(typeof skipped)[number] | null>((a, b) => (a === null || b.skips > a.skips ? b : a), null);
  const allShare = (word: string): number | null => (services.length > 0 ? services.filter(s => s.termination === word).length / services.length : null);
  return {
    plots: phases.map(phase => drawPhase(input, phase, services.filter(s => s.phase === phase), sums.filter(s => s.phase === phase), name, phases.length > 1)),
    reading: services.length === 0 ? '' : [
      `${counted(services.length, 'service')} of ${counted(phases.length, 'phase')}.`,
      worst ? `Phase ${worst.phase} runs over most: under ${planName(worst.plan.plan).toLowerCase()} its ${name} is ${seconds(worst.pS)}, programmed ${seconds(worst.programmedS)}.` : '',
      mostSkipped ? `Most skipped: phase ${mostSkipped.phase}, ${counted(mostSkipped.skips, 'time')}.` : '',
    ].filter(Boolean).join(' '),
    figures: [
      { label: 'Services', value: services.length || null, kind: 'count' },
      { label: 'Mean service', value: services.length > 0 ? services.reduce((a, s) => a + s.lengthS, 0) / services.length : null, kind: 'seconds' },
      { label: 'Forced off', value: allShare('force-off'), kind: 'percent' },
      { label: 'Maxed out', value: allShare('max-out'), kind: 'percent', better: 'less' },
      { label: 'Skips', value: sums.length > 0 ? sums.reduce((a, s) => a + s.skips, 0) : null, kind: 'count', better: 'less' },
    ],
    summary: {
      title: 'By plan and phase',
      columns: [
        { title: 'Plan', kind: 'text' }, { title: 'From', kind: 'time' }, { title: 'Phase', kind: 'text' }, { title: 'Programmed', kind: 'seconds' }, { title: 'Services', kind: 'count' }, { title: 'Mean', kind: 'seconds' }, { title: 'Median', kind: 'seconds' },
        { title: name, kind: 'seconds' }, { title: 'Shortest', kind: 'seconds' }, { title: 'Longest', kind: 'seconds' }, { title: 'Gap-outs', kind: 'percent' }, { title: 'Max-outs', kind: 'percent' }, { title: 'Force-offs', kind: 'percent' },
        { title: 'Skips', kind: 'count', hint: 'Services fewer than the most served phase of the plan had' }, { title: 'Skipped', kind: 'percent' },
      ],
      rows: sums.map(s => [
        planName(s.plan.plan), Math.max(s.plan.startMs, input.startMs), fullName(input.detail, String(s.phase)), s.programmedS, s.services, s.meanS, s.p50S, s.pS, s.minS, s.maxS, s.gapOut, s.maxOut, s.forceOff, s.skips, s.skipShare,
      ]),
    },
    data: {
      title: 'Services', columns: [{ title: 'Phase', kind: 'text' }, { title: 'Begin of green', kind: 'time' }, { title: 'Length', kind: 'seconds' }, { title: 'Ended by', kind: 'text' }],
      rows: services.map(s => [`Phase ${s.phase}`, s.timeMs, s.lengthS, TERMINATIONS.find(t => t.word === s.termination)?.name ?? s.termination]),
    },
    empty: services.length > 0 ? null : 'No phase was served in this time.',
  };
}

function drawPhase(input: ChartInput, phase: number, services: readonly Served[], sums: readonly PhasePlan[], percentileName: string, isHalf: boolean): PlotModel {
  const times = services.map(s => s.timeMs);
  const end = axisEnd(Math.max(percentile(services.map(s => s.lengthS), SHOWN_SERVICES) ?? 0, ...sums.map(s => s.programmedS ?? 0)), 10);
  const marks: Mark[] = [...unseenMark(input)];
  for (const t of TERMINATIONS) {
    const own = services.filter(s => s.termination === t.word);
    if (own.length > 0) {
      marks.push({
        kind: 'dots', x: own.map(s => s.timeMs), y: own.map(s => s.lengthS), shape: t.shape, size: t.size, ink: t.ink, name: t.name, opacity: 0.75,
        say: i => `Served ${clockText(input.zone, own[i]!.timeMs, 'tenths')} for ${seconds(own[i]!.lengthS)}: ${t.name.toLowerCase()}`,
        behind: i => askSpan(`Service of phase ${phase}, ${t.name.toLowerCase()}`, own[i]!.timeMs, own[i]!.timeMs + own[i]!.lengthS * SECOND, [{ codes: PHASE_CODES, parameter: phase }]),
      });
    }
  }

  const held = (value: (s: PhasePlan) => number | null): { x: number[]; y: (number | null)[] } => ({
    x: sums.flatMap(s => [s.plan.startMs, Math.min(s.plan.endMs, input.endMs)]), y: sums.flatMap(s => [value(s), null]),
  });
  marks.push(
    { kind: 'line', ...held(s => s.p50S), width: 1.4, dash: [2, 2], ink: 'ink', isStepped: true, name: 'Median' },
    { kind: 'line', ...held(s => s.pS), width: 1.6, dash: [6, 3], ink: 'ink', isStepped: true, name: percentileName },
    { kind: 'line', ...held(s => s.programmedS), width: 2.2, ink: 'purple', isStepped: true, hasHalo: true, name: 'Programmed split' },
    { kind: 'rules', x: sums.map(s => s.plan.startMs), labels: sums.map(s => planName(s.plan.plan)), ink: 'muted', name: 'Plan change' },
  );
  return {
    key: `split-${phase}`, title: fullName(input.detail, String(phase)), note: `median ${seconds(percentile(services.map(s => s.lengthS), 0.5))}`, height: 210, ...(isHalf ? { share: 0.5 } : {}),
    x: { kind: 'time', startMs: input.startMs, endMs: input.endMs, zone: input.zone }, y: { kind: 'number', min: 0, max: end, label: 'Seconds' }, marks,
    read: x => {
      const service = services[lastAtOrBefore(times, x)];
      const sum = sums.findLast(s => s.plan.startMs <= x && x < s.plan.endMs);
      return [
        clockText(input.zone, x, 'seconds'),
        ...(service ? [`served ${seconds(service.lengthS)} from ${clockText(input.zone, service.timeMs, 'seconds')}, ${TERMINATIONS.find(t => t.word === service.termination)?.name.toLowerCase() ?? ''}`] : []),
        ...(sum ? [`${planName(sum.plan.plan).toLowerCase()}: programmed ${seconds(sum.programmedS)}, ${percentileName} ${seconds(sum.pS)}`] : []),
      ];
    },
    behind: x => askAround(`Phase ${phase} around ${clockText(input.zone, x, 'seconds')}`, x, 60 * SECOND, [{ codes: PHASE_CODES, parameter: phase }]),
  };
}

export const splitMonitor: Chart = {
  key: 'split-monitor',
  title: 'Split monitor',
  measure: 'split-monitor',
  tables: [{ table: 'split-monitor' }, { table: 'split-monitor-plans', isPlans: true }],
  controls: [{ key: 'pc', label: 'Percentile', fallback: '85', choices: ['75', '85', '90', '95'].map(value => ({ value, label: `${value}th` })) }],
  comparison: 'beneath',
  build,
};
