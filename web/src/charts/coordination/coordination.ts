import { axisEnd, count, counted, percent, percentile, plain, ratio, seconds } from '../../plot/numbers';
import type { Mark, PlotModel } from '../../plot/model';
import { clockText, HOUR, SECOND } from '../../plot/time';
import type { Chart, ChartInput, ChartResult } from '../definition';
import { askAround, askSpan, CODE, DETECTOR_CODES, isDrawable, lastAtOrBefore, PHASE_CODES, planRows, planRules, unseenMark, type PlanRow } from '../parts';
import type { Table } from '../table';
import { channelsOf, fullName, groupKey, groupName, inOrder, planName } from '../words';

/** Room above the longest cycle that is to be seen. */
const HEADROOM = 1.12;

/** Without a programmed cycle length, this share of the cycles fits the axis, so that a long night cycle does not flatten the day. */
const SHOWN_CYCLES = 0.9;

/** A line that would leap farther than this share of the axis from one cycle to the next is broken: free running is not a trend. */
const LONGEST_LEAP = 0.06;

/** A plan with fewer arrivals is not called best or worst. */
const LEAST_ARRIVALS = 20;

export interface Cycle { startMs: number; endMs: number; greenS: number; yellowS: number; lengthS: number; arrivals: number; onGreen: number }

/** Whole cycles of a group in the range, in order: seconds from the begin of red to green, to yellow and to the end. */
export function buildCycles(table: Table | undefined, rows: readonly number[], startMs: number, endMs: number): Cycle[] {
  if (table === undefined) {
    return [];
  }

  return rows.flatMap(row => {
    const start = table.time('time', row);
    const red = table.number('red_s', row);
    const green = table.number('green_s', row);
    const length = table.number('cycle_s', row);
    return red === null || green === null || length === null || start < startMs || start >= endMs
      ? []
      : [{ startMs: start, endMs: table.time('end', row), greenS: red, yellowS: red + green, lengthS: length, arrivals: table.number('arrivals', row) ?? 0, onGreen: table.number('on_green', row) ?? 0 }];
  }).sort((a, b) => a.startMs - b.startMs);
}

/** Where the axis ends: above the longest programmed cycle, or above most of those that were run. */
export function longestShownS(cycles: readonly Cycle[], plans: readonly PlanRow[]): number {
  const lengths = cycles.map(c => c.lengthS);
  const programmed = Math.max(0, ...plans.map(p => p.cycleLengthS ?? 0));
  const most = Math.max(...lengths);
  return programmed > 0 ? Math.min(Math.max(programmed, percentile(lengths, 0.5) ?? 0), most) : percentile(lengths, SHOWN_CYCLES) ?? most;
}

/** One step a cycle; broken where cycles do not follow each other, where it would leap, and beyond the axis. */
export function cycleLine(cycles: readonly Cycle[], height: (cycle: Cycle) => number, end: number): { x: number[]; y: (number | null)[] } {
  const x: number[] = [];
  const y: (number | null)[] = [];
  let reachedMs = Number.NaN;
  let last: number | null = null;
  for (const cycle of cycles) {
    const own = height(cycle);
    const value = own <= end ? own : null;
    if (reachedMs !== cycle.startMs || (last !== null && value !== null && Math.abs(last - value) > LONGEST_LEAP * end)) {
      x.push(Number.isNaN(reachedMs) ? cycle.startMs : reachedMs);
      y.push(null);
    }

    x.push(cycle.startMs);
    y.push(value);
    reachedMs = cycle.endMs;
    last = value;
  }

  if (cycles.length > 0) {
    x.push(reachedMs);
    y.push(null);
  }

  return { x, y };
}

/** How a group did under a plan, over the whole cycles that began while it held and are shown. */
export interface PlanSum { plan: PlanRow; cycles: number; arrivals: number; onGreen: number; shareOnGreen: number | null; greenShare: number | null; platoonRatio: number | null; arrivalType: number | null }

/** Upper limits of the Highway Capacity Manual's arrival types 1 to 5. */
const ARRIVAL_TYPES = [0.5, 0.85, 1.15, 1.5, 2] as const;

export function sumPlan(plan: PlanRow, cycles: readonly Cycle[]): PlanSum {
  const own = cycles.filter(c => c.startMs >= plan.startMs && c.startMs < plan.endMs);
  const arrivals = own.reduce((sum, c) => sum + c.arrivals, 0);
  const onGreen = own.reduce((sum, c) => sum + c.onGreen, 0);
  const lengthS = own.reduce((sum, c) => sum + c.lengthS, 0);
  const shareOnGreen = arrivals > 0 ? onGreen / arrivals : null;
  const greenShare = lengthS > 0 ? own.reduce((sum, c) => sum + c.yellowS - c.greenS, 0) / lengthS : null;
  const platoonRatio = shareOnGreen !== null && greenShare !== null && greenShare > 0 ? shareOnGreen / greenShare : null;
  const type = platoonRatio === null ? null : ARRIVAL_TYPES.findIndex(limit => platoonRatio <= limit) + 1;
  return { plan, cycles: own.length, arrivals, onGreen, shareOnGreen, greenShare, platoonRatio, arrivalType: type === 0 ? 6 : type };
}

const COLUMNS = ['Plan', 'Phase', 'From', 'Cycle length', 'Offset', 'Cycles', 'Arrivals', 'On green', 'Green share', 'Platoon ratio', 'Arrival type'] as const;
const KINDS = ['text', 'text', 'time', 'seconds', 'seconds', 'count', 'count', 'percent', 'percent', 'ratio', 'count'] as const;

function build(input: ChartInput): ChartResult {
  const { detail, tables } = input;
  const cycleTable = tables['coordination-cycles'];
  const planTable = tables['coordination-plans'];
  const binTable = tables['coordination-diagram'];
  const dotTable = tables['coordination-arrivals'];
  const keyOf = (table: Table) => (row: number): string => groupKey(table.number('phase', row), table.number('overlap', row));
  const byGroup = cycleTable?.by(keyOf(cycleTable)) ?? new Map<string, number[]>();
  const dots = dotTable?.by(keyOf(dotTable)) ?? new Map<string, number[]>();
  const groups = [...byGroup.keys()].filter(g => input.group === '' || g === input.group).sort(inOrder(detail));
  const plots: PlotModel[] = [];
  const sums: { group: string; sum: PlanSum }[] = [];
  const data: (string | number | null)[][] = [];
  let [arrivals, onGreen, cycleCount, greenS, lengthS] = [0, 0, 0, 0, 0];
  for (const group of groups) {
    const cycles = buildCycles(cycleTable, byGroup.get(group)!, input.startMs, input.endMs);
    if (cycles.length === 0) {
      continue;
    }

    const own = planRows(planTable, input, row => keyOf(planTable!)(row) === group).map(plan => sumPlan(plan, cycles));
    sums.push(...own.map(sum => ({ group, sum })));
    plots.push(drawGroup(input, group, cycles, own, dotTable, dots.get(group) ?? [], binTable, binTable?.where(r => keyOf(binTable)(r) === group) ?? []));
    for (const c of cycles) {
      cycleCount++;
      arrivals += c.arrivals;
      onGreen += c.onGreen;
      // A ratio of all approaches weighs each one's green by its arrivals, as its share on green is weighed.
      greenS += (c.yellowS - c.greenS) * c.arrivals;
      lengthS += c.lengthS * c.arrivals;
      data.push([groupName(group), c.startMs, c.greenS, c.yellowS - c.greenS, c.lengthS, c.arrivals, c.onGreen, c.arrivals > 0 ? c.onGreen / c.arrivals : null]);
    }
  }

  return {
    plots,
    reading: read(sums, arrivals, onGreen, cycleCount),
    figures: [
      { label: 'Arrivals', value: plots.length > 0 ? arrivals : null, kind: 'count' },
      { label: 'Arrivals on green', value: arrivals > 0 ? onGreen / arrivals : null, kind: 'percent', better: 'more' },
      { label: 'Platoon ratio', value: arrivals > 0 && greenS > 0 ? (onGreen / arrivals) / (greenS / lengthS) : null, kind: 'ratio', better: 'more' },
      { label: 'Cycles', value: plots.length > 0 ? cycleCount : null, kind: 'count' },
    ],
    summary: {
      title: 'By plan', columns: COLUMNS.map((title, i) => ({ title, kind: KINDS[i]! })),
      rows: sums.map(({ group, sum }) => [
        planName(sum.plan.plan), fullName(detail, group), Math.max(sum.plan.startMs, input.startMs), sum.plan.cycleLengthS, sum.plan.offsetS, sum.cycles, sum.arrivals,
        sum.shareOnGreen, sum.greenShare, sum.platoonRatio, sum.arrivalType,
      ]),
    },
    data: {
      title: 'Cycles', rows: data,
      columns: [
        { title: 'Phase', kind: 'text' }, { title: 'Begin of red', kind: 'time' }, { title: 'Red', kind: 'seconds' }, { title: 'Green', kind: 'seconds' }, { title: 'Cycle', kind: 'seconds' },
        { title: 'Arrivals', kind: 'count' }, { title: 'On green', kind: 'count' }, { title: 'Share on green', kind: 'percent' },
      ],
    },
    empty: plots.length > 0 ? null : 'No whole cycle of an approach with an advance count detector lies in this time.',
    channels: channelsOf(detail, ['advance-count'], input.group),
  };
}

function drawGroup(
  input: ChartInput, group: string, cycles: Cycle[], sums: PlanSum[], dotTable: Table | undefined, dotRows: readonly number[], binTable: Table | undefined, binRows: readonly number[],
): PlotModel {
  const end = longestShownS(cycles, sums.map(s => s.plan)) * HEADROOM;
  const isPhase = /^\d+$/.test(group);
  const number = isPhase ? Number(group) : group.charCodeAt(0) - 64;
  const groupCodes = isPhase ? PHASE_CODES : [61, 62, 63, 64, 65, 66];
  const name = groupName(group);
  const starts = cycles.map(c => c.startMs);
  const marks: Mark[] = [...unseenMark(input)];

  const shown = dotRows.filter(r => (dotTable!.number('in_cycle_s', r) ?? Infinity) <= end);
  const times = shown.map(r => dotTable!.time('time', r));
  const heights = shown.map(r => dotTable!.number('in_cycle_s', r) ?? 0);
  if (shown.length > 0) {
    marks.push({
      kind: 'dots', x: times, y: heights, shape: 'dot', ink: 'dot', size: shown.length > 12_000 ? 1.6 : shown.length > 3000 ? 2.2 : shown.length > 600 ? 3 : 4.4,
      opacity: shown.length > 3000 ? 0.6 : 0.7, name: 'Arrival at the stop bar',
      say: i => `Arrival ${clockText(input.zone, times[i]!, 'tenths')} on ${dotTable!.word('state', shown[i]!)}, ${seconds(heights[i]!)} after red began, detector ${dotTable!.number('channel', shown[i]!)}`,
      behind: i => askAround(`Arrival ${clockText(input.zone, times[i]!, 'tenths')}, ${name.toLowerCase()}`, times[i]!, 20 * SECOND, [
        { codes: DETECTOR_CODES, parameter: dotTable!.number('channel', shown[i]!) }, { codes: groupCodes, parameter: number },
      ]),
    });
  }

  const flows = binRows.map(r => {
    const arrivals = binTable!.number('arrivals', r);
    const seen = binTable!.number('seen_share', r);
    return arrivals === null || !seen || !isDrawable(binTable!, r, input.endMs) ? null : arrivals / ((binTable!.binMs / HOUR) * seen);
  });
  const mostFlow = axisEnd(Math.max(0, ...flows.map(f => f ?? 0)), 100);
  if (binRows.length > 0) {
    const x = [...binRows.map(r => binTable!.time('time', r)), binTable!.time('time', binRows.at(-1)!) + binTable!.binMs];
    marks.push({ kind: 'line', x, y: [...flows, null], width: 1.3, opacity: 0.85, ink: 'sky', isStepped: true, axis: 'right', name: 'Volume (right axis)' });
  }

  const lines = [
    { line: cycleLine(cycles, c => c.lengthS, end), ink: 'red', dash: [2, 2.2], name: 'Begin of red' },
    { line: cycleLine(cycles, c => c.yellowS, end), ink: 'yellow', dash: [7, 2.5], name: 'Begin of yellow' },
    { line: cycleLine(cycles, c => c.greenS, end), ink: 'green', dash: [], name: 'Begin of green' },
  ] as const;
  marks.push(...lines.map(({ line, ink, dash, name: label }): Mark => ({ kind: 'line', ...line, width: 1.8, ink, dash, isStepped: true, name: label })));
  marks.push(planRules(sums.map(p => p.plan), (_, i) => {
    const { shareOnGreen, platoonRatio } = sums[i]!;
    return [...(shareOnGreen === null ? [] : [`${percent(shareOnGreen)} on green`]), ...(platoonRatio === null ? [] : [`ratio ${ratio(platoonRatio)}`])];
  }));

  const arrivals = cycles.reduce((sum, c) => sum + c.arrivals, 0);
  const green = cycles.reduce((sum, c) => sum + c.onGreen, 0);
  return {
    key: group, title: fullName(input.detail, group), note: arrivals > 0 ? `${count(arrivals)} arrivals, ${percent(green / arrivals)} on green` : 'no arrivals',
    height: 300, x: { kind: 'time', startMs: input.startMs, endMs: input.endMs, zone: input.zone },
    y: { kind: 'number', min: 0, max: end, label: 'Seconds in cycle' },
    right: { kind: 'number', min: 0, max: mostFlow * 1.6, label: 'Vehicles per hour' },
    marks,
    read: x => {
      const cycle = cycles[lastAtOrBefore(starts, x)];
      if (!cycle || x >= cycle.endMs) {
        return [clockText(input.zone, x, 'seconds'), 'no whole cycle here'];
      }

      const bin = binRows.findLast(r => binTable!.time('time', r) <= x);
      const flow = bin === undefined ? null : flows[binRows.indexOf(bin)] ?? null;
      return [
        clockText(input.zone, x, 'seconds'), `cycle ${seconds(cycle.lengthS)} from ${clockText(input.zone, cycle.startMs, 'seconds')}`, `green at ${seconds(cycle.greenS)}, yellow at ${seconds(cycle.yellowS)}`,
        `${count(cycle.onGreen)} of ${counted(cycle.arrivals, 'arrival')} on green`, ...(flow === null ? [] : [`${plain(Math.round(flow))} veh/h`]),
      ];
    },
    behind: x => {
      const cycle = cycles[lastAtOrBefore(starts, x)];
      const channels = channelsOf(input.detail, ['advance-count'], group);
      const matches = [{ codes: groupCodes, parameter: number }, ...channels.map(c => ({ codes: [CODE.detectorOn, CODE.detectorOff], parameter: c }))];
      return cycle && x < cycle.endMs
        ? askSpan(`Cycle from ${clockText(input.zone, cycle.startMs, 'seconds')}, ${name.toLowerCase()}`, cycle.startMs, cycle.endMs, matches)
        : askAround(`${name} around ${clockText(input.zone, x, 'seconds')}`, x, 30 * SECOND, matches);
    },
  };
}

function read(sums: readonly { group: string; sum: PlanSum }[], arrivals: number, onGreen: number, cycles: number): string {
  if (cycles === 0) {
    return '';
  }

  if (arrivals === 0) {
    return `${counted(cycles, 'cycle')} were seen and no arrival in any of them: look at the advance detectors.`;
  }

  const text = `${percent(onGreen / arrivals)} of ${counted(arrivals, 'arrival')} came on green.`;
  const judged = sums.filter(s => s.sum.platoonRatio !== null && s.sum.arrivals >= LEAST_ARRIVALS);
  if (judged.length < 2) {
    return text;
  }

  const best = judged.reduce((a, b) => (b.sum.platoonRatio! > a.sum.platoonRatio! ? b : a));
  const worst = judged.reduce((a, b) => (b.sum.platoonRatio! < a.sum.platoonRatio! ? b : a));
  const name = ({ group, sum }: (typeof judged)[number]): string => `${groupName(group).toLowerCase()} under ${planName(sum.plan.plan).toLowerCase()} (platoon ratio ${ratio(sum.platoonRatio)})`;
  return `${text} Best progression: ${name(best)}; worst: ${name(worst)}. 1 is arrival at random.`;
}

export const coordination: Chart = {
  key: 'coordination',
  title: 'Coordination diagram',
  measure: 'coordination-diagram',
  tables: [
    { table: 'coordination-cycles' }, { table: 'coordination-plans', isPlans: true }, { table: 'coordination-diagram', isBinned: true }, { table: 'coordination-arrivals', isRaw: true },
  ],
  comparison: 'beneath',
  build,
};
