import { counted, seconds } from '../../plot/numbers';
import type { Ink } from '../../plot/palette';
import type { Mark, PlotModel } from '../../plot/model';
import { clockText, HOUR, SECOND } from '../../plot/time';
import type { Chart, ChartInput, ChartResult } from '../definition';
import { askSpan, lastAtOrBefore, unseenMark } from '../parts';
import type { Table } from '../table';
import { approachOf, groupKey, overlapName, plainWord } from '../words';

/** A strip of single events is for looking closely; more than this is a day's chart, not a strip. */
const MOST_MS = 26 * HOUR;

const LANE_PX = 22;

// What is shown differs in height within the lane, not in color alone: green fills it, yellow is lower, red is a line at its foot.
const STATES: Readonly<Record<string, { name: string; ink: Ink; top: number; bottom: number; opacity?: number }>> = {
  'green': { name: 'Green', ink: 'green', top: 0.1, bottom: 0.92 },
  'trailing-green': { name: 'Trailing green', ink: 'green', top: 0.3, bottom: 0.92, opacity: 0.6 },
  'permissive': { name: 'Flashing yellow arrow', ink: 'yellow', top: 0.2, bottom: 0.6, opacity: 0.7 },
  'yellow': { name: 'Yellow', ink: 'yellow', top: 0.4, bottom: 0.92 },
  'red-clearance': { name: 'Red clearance', ink: 'red', top: 0.62, bottom: 0.92 },
  'red': { name: 'Red', ink: 'red', top: 0.8, bottom: 0.92, opacity: 0.75 },
  'dark': { name: 'Dark', ink: 'gray', top: 0.8, bottom: 0.92, opacity: 0.5 },
  'walk': { name: 'Walk', ink: 'purple', top: 0.1, bottom: 0.92 },
  'pedestrian-clearance': { name: 'Pedestrian clearance', ink: 'purple', top: 0.5, bottom: 0.92, opacity: 0.75 },
  'dont-walk': { name: 'Don’t walk', ink: 'gray', top: 0.8, bottom: 0.92, opacity: 0.5 },
  'on': { name: 'Detector or button on', ink: 'dot', top: 0.25, bottom: 0.82 },
};

/** Codes that begin and end a bar of a subject. */
const CODES: Readonly<Record<string, readonly number[]>> = {
  'phase': [1, 4, 5, 6, 7, 8, 9, 10, 11, 12], 'overlap': [61, 62, 63, 64, 65, 66], 'pedestrian': [21, 22, 23, 24, 45], 'pedestrian-overlap': [67, 68, 69, 70], 'flashing-yellow-arrow': [32, 33],
  'detector': [81, 82, 83, 84, 85, 86, 87, 88], 'push-button': [89, 90],
};

const ORDER = ['phase', 'overlap', 'flashing-yellow-arrow', 'pedestrian', 'pedestrian-overlap', 'push-button', 'detector'];

interface Lane { subject: string; number: number; group: string; label: string; short: string }

function laneOf(input: ChartInput, subject: string, number: number): Lane {
  const { detail } = input;
  switch (subject) {
    case 'phase': return { subject, number, group: String(number), label: `Phase ${number} ${approachOf(detail, String(number))}`.trim(), short: `Phase ${number}` };
    case 'overlap': return { subject, number, group: overlapName(number), label: `Overlap ${overlapName(number)} ${approachOf(detail, overlapName(number))}`.trim(), short: `Overlap ${overlapName(number)}` };
    case 'detector': {
      const own = detail.detectors.find(d => d.channel === number);
      const what = own ? own.functions.map(f => plainWord(f).toLowerCase()).join(', ') : 'not configured';
      return { subject, number, group: own ? groupKey(own.phase, own.overlap) : '', label: `Det. ${number} ${what}`, short: `Det. ${number}` };
    }

    case 'push-button': return { subject, number, group: String(number), label: `Button ${number}`, short: `Button ${number}` };
    case 'pedestrian': return { subject, number, group: String(number), label: `Walk ${number}`, short: `Walk ${number}` };
    case 'pedestrian-overlap': return { subject, number, group: overlapName(number), label: `Walk, overlap ${overlapName(number)}`, short: `Walk ${overlapName(number)}` };
    default: return { subject, number, group: String(number), label: `Flashing arrow ${number}`, short: `FYA ${number}` };
  }
}

/** Lanes of what the table holds: each phase with its walk, button and detectors beneath it. */
export function lanesOf(input: ChartInput, table: Table, wanted: string): Lane[] {
  const seen = new Map<string, Lane>();
  for (let row = 0; row < table.rows; row++) {
    const key = `${table.word('subject', row)}|${table.number('number', row)}`;
    if (!seen.has(key)) {
      seen.set(key, laneOf(input, table.word('subject', row), table.time('number', row)));
    }
  }

  const isWanted = (lane: Lane): boolean => wanted === 'all' || (wanted === 'displays' ? lane.subject !== 'detector' && lane.subject !== 'push-button' : lane.subject === 'detector');
  const rank = (lane: Lane): [number, number, number, number] => [lane.group === '' ? 2 : /^\d+$/.test(lane.group) ? 0 : 1, /^\d+$/.test(lane.group) ? Number(lane.group) : lane.group.charCodeAt(0) || 0, ORDER.indexOf(lane.subject), lane.number];
  return [...seen.values()].filter(l => isWanted(l) && (input.group === '' || l.group === input.group)).sort((a, b) => {
    const [ra, rb] = [rank(a), rank(b)];
    return ra[0] - rb[0] || ra[1] - rb[1] || ra[2] - rb[2] || ra[3] - rb[3];
  });
}

function build(input: ChartInput): ChartResult {
  const table = input.tables['timing-and-actuation'];
  const data = { title: 'Bars', columns: [{ title: 'Of', kind: 'text' as const }, { title: 'Begin', kind: 'time' as const }, { title: 'Shown', kind: 'text' as const }, { title: 'Length', kind: 'seconds' as const }], rows: [] as (string | number | null)[][] };
  if (!table) {
    return { plots: [], reading: '', figures: [], data, empty: 'The strip is made of single events, for those who operate signals.' };
  }

  const lanes = lanesOf(input, table, input.choice['lanes'] ?? 'all');
  const laneAt = new Map(lanes.map((l, i) => [`${l.subject}|${l.number}`, i]));
  const byState = new Map<string, { x0: number[]; x1: number[]; y0: number[]; y1: number[]; rows: number[] }>();
  const perLane = lanes.map(() => ({ starts: [] as number[], ends: [] as number[], states: [] as string[] }));
  const rows = table.where(r => table.time('time', r) < input.endMs && table.time('end', r) > input.startMs).sort((a, b) => table.time('time', a) - table.time('time', b));
  for (const r of rows) {
    const lane = laneAt.get(`${table.word('subject', r)}|${table.number('number', r)}`);
    const state = STATES[table.word('state', r)];
    if (lane === undefined || !state) {
      continue;
    }

    const marks = byState.get(table.word('state', r)) ?? { x0: [], x1: [], y0: [], y1: [], rows: [] };
    byState.set(table.word('state', r), marks);
    marks.x0.push(table.time('time', r));
    marks.x1.push(table.time('end', r));
    marks.y0.push(lane + state.top);
    marks.y1.push(lane + state.bottom);
    marks.rows.push(r);
    perLane[lane]!.starts.push(table.time('time', r));
    perLane[lane]!.ends.push(table.time('end', r));
    perLane[lane]!.states.push(state.name);
    data.rows.push([lanes[lane]!.label, table.time('time', r), state.name, table.number('length_s', r)]);
  }

  const say = (r: number): string => {
    const lane = lanes[laneAt.get(`${table.word('subject', r)}|${table.number('number', r)}`)!]!;
    return `${lane.label}: ${STATES[table.word('state', r)]!.name.toLowerCase()} ${clockText(input.zone, table.time('time', r), 'tenths')} for ${seconds(table.number('length_s', r))}`;
  };
  const marks: Mark[] = [...unseenMark(input)];
  for (const [state, about] of Object.entries(STATES)) {
    const own = byState.get(state);
    if (own) {
      marks.push({
        kind: 'boxes', x0: own.x0, x1: own.x1, y0: own.y0, y1: own.y1, ink: about.ink, opacity: about.opacity ?? 1, name: about.name, leastWidth: 1,
        say: i => say(own.rows[i]!),
        behind: i => askSpan(say(own.rows[i]!), own.x0[i]! - 2 * SECOND, Math.min(own.x1[i]!, own.x0[i]! + HOUR) + 2 * SECOND, [{ codes: CODES[table.word('subject', own.rows[i]!)] ?? [], parameter: table.number('number', own.rows[i]!) }]),
      });
    }
  }

  const plot: PlotModel = {
    key: 'timing', title: 'Displays and detectors', note: `${counted(data.rows.length, 'bar')} in ${counted(lanes.length, 'lane')}`, height: lanes.length * LANE_PX + 48,
    x: { kind: 'time', startMs: input.startMs, endMs: input.endMs, zone: input.zone }, y: { kind: 'lanes', lanes },
    marks,
    read: x => {
      const now = perLane.flatMap((p, i) => {
        const at = lastAtOrBefore(p.starts, x);
        return at >= 0 && x < p.ends[at]! && ['Green', 'Yellow', 'Walk', 'Pedestrian clearance', 'Detector or button on'].includes(p.states[at]!) ? [{ lane: lanes[i]!, state: p.states[at]!, sinceS: (x - p.starts[at]!) / SECOND }] : [];
      });
      const on = now.filter(n => n.state === 'Detector or button on').map(n => n.lane.short.replace('Det. ', ''));
      return [
        clockText(input.zone, x, 'tenths'),
        ...now.filter(n => n.state !== 'Detector or button on').map(n => `${n.lane.short.toLowerCase()} ${n.state === 'Walk' ? 'shown' : n.state.toLowerCase()} for ${n.sinceS.toFixed(1)} s`),
        ...(on.length > 0 ? [`on: ${on.join(', ')}`] : []),
      ];
    },
    behind: (x, y) => {
      const lane = lanes[Math.floor(y)];
      return lane ? askSpan(`${lane.label} around ${clockText(input.zone, x, 'tenths')}`, x - 15 * SECOND, x + 15 * SECOND, [{ codes: CODES[lane.subject] ?? [], parameter: lane.number }]) : null;
    },
  };
  const greens = table.where(r => table.word('subject', r) === 'phase' && table.word('state', r) === 'green' && table.flag('begins', r) === true);
  return {
    plots: lanes.length > 0 ? [plot] : [],
    reading: lanes.length === 0 ? '' : 'Drag over the strip, or press + on it, to look closer, down to 5 seconds.',
    figures: [{ label: 'Greens', value: greens.length, kind: 'count' }, { label: 'Bars', value: data.rows.length, kind: 'count' }],
    data, empty: lanes.length > 0 ? null : 'The log shows no display and no detector in this time.',
  };
}

export const timing: Chart = {
  key: 'timing',
  title: 'Timing and actuation',
  measure: 'timing-and-actuation',
  tables: [{ table: 'timing-and-actuation', isRaw: true, isCut: true }],
  controls: [{ key: 'lanes', label: 'Lanes', fallback: 'all', choices: [{ value: 'all', label: 'everything' }, { value: 'displays', label: 'displays' }, { value: 'detectors', label: 'detectors' }] }],
  mostMs: MOST_MS,
  comparison: 'beneath',
  build,
};
