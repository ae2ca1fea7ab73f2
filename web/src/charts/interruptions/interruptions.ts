import { counted, seconds } from '../../plot/numbers';
import type { Mark } from '../../plot/model';
import { clockText, SECOND } from '../../plot/time';
import type { Cell, Chart, ChartInput, ChartResult } from '../definition';
import { askSpan, unseenMark } from '../parts';
import { plainWord } from '../words';

const LANE_PX = 40;
const PREEMPT_CODES = [102, 103, 104, 105, 106, 107, 108, 109, 110, 111];
const PRIORITY_CODES = [112, 113, 114, 115, 116, 117, 118, 119];

interface Part { name: string; fromS: number; toS: number }
interface Interruption { kind: 'preempt' | 'priority'; number: number; startMs: number; endMs: number | null; endedBy: string; parts: Part[]; facts: string[]; waitS: number | null }

/** Preempts and priority requests of the range, in order, each cut into what happened in it. */
export function listInterruptions(input: ChartInput): Interruption[] {
  const preempts = input.tables['preemption'];
  const requests = input.tables['transit-priority'];
  const list: Interruption[] = [];
  for (const r of preempts?.where(() => true) ?? []) {
    const start = preempts!.time('time', r);
    const delay = preempts!.number('delay_s', r);
    const service = preempts!.number('time_to_service_s', r);
    const track = preempts!.number('track_clearance_s', r);
    const dwell = preempts!.number('dwell_s', r);
    const parts: Part[] = [];
    let at = 0;
    for (const [name, length] of [['Waiting for entry', delay], ['To service', service], ['Track clearance', track], ['Dwell', dwell]] as const) {
      if (length !== null && length > 0) {
        parts.push({ name, fromS: at, toS: at + length });
        at += length;
      }
    }

    list.push({
      kind: 'preempt', number: preempts!.time('preempt', r), startMs: start, endMs: preempts!.number('end', r), endedBy: preempts!.word('ended_by', r), parts, waitS: service,
      facts: [delay === null ? '' : `entered after ${seconds(delay)}`, service === null ? '' : `served after ${seconds(service)}`, dwell === null ? '' : `dwell ${seconds(dwell)}`].filter(Boolean),
    });
  }

  for (const r of requests?.where(() => true) ?? []) {
    const start = requests!.time('time', r);
    const offset = requests!.number('service_offset_s', r);
    const service = requests!.number('service_s', r);
    const early = requests!.number('early_greens', r) ?? 0;
    const extended = requests!.number('extended_greens', r) ?? 0;
    list.push({
      kind: 'priority', number: requests!.time('request', r), startMs: start, endMs: requests!.number('end', r), endedBy: requests!.word('ended_by', r), waitS: offset,
      parts: offset === null || service === null ? [] : [{ name: 'Service', fromS: offset, toS: offset + service }],
      facts: [early > 0 ? 'early green' : '', extended > 0 ? 'extended green' : '', requests!.flag('preempted', r) ? 'forced off by a preempt' : '', early + extended === 0 ? 'no adjustment' : ''].filter(Boolean),
    });
  }

  return list.filter(i => i.startMs >= input.startMs && i.startMs < input.endMs).sort((a, b) => a.startMs - b.startMs);
}

function build(input: ChartInput): ChartResult {
  const all = listInterruptions(input);
  const laneName = (i: Interruption): string => (i.kind === 'preempt' ? `Preempt ${i.number}` : `Priority request ${i.number}`);
  const lanes = [...new Set(all.map(laneName))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const endOf = (i: Interruption): number => i.endMs ?? i.startMs + SECOND;
  const ask = (i: Interruption) => askSpan(`${laneName(i)} from ${clockText(input.zone, i.startMs, 'seconds')}`, i.startMs - 10 * SECOND, endOf(i) + 10 * SECOND, [{ codes: i.kind === 'preempt' ? PREEMPT_CODES : PRIORITY_CODES, parameter: i.number }]);
  const say = (i: Interruption): string => `${laneName(i)} ${clockText(input.zone, i.startMs, 'seconds')}${i.endMs === null ? '' : `, ${seconds((i.endMs - i.startMs) / SECOND)}`}${i.facts.length > 0 ? `: ${i.facts.join(', ')}` : ''}`;
  const boxes = (own: readonly { i: Interruption; fromMs: number; toMs: number }[], name: string, ink: Mark['ink'], top: number, bottom: number, opacity = 1): Mark => ({
    kind: 'boxes', x0: own.map(o => o.fromMs), x1: own.map(o => o.toMs), y0: own.map(o => lanes.indexOf(laneName(o.i)) + top), y1: own.map(o => lanes.indexOf(laneName(o.i)) + bottom), ink, opacity, name, leastWidth: 3, say: k => say(own[k]!.i), behind: k => ask(own[k]!.i),
  });
  const part = (name: string): { i: Interruption; fromMs: number; toMs: number }[] => all.flatMap(i => i.parts.filter(p => p.name === name).map(p => ({ i, fromMs: i.startMs + p.fromS * SECOND, toMs: i.startMs + p.toS * SECOND })));
  const whole = (kind: Interruption['kind'], isAdjusted: boolean | null) => all.filter(i => i.kind === kind && (isAdjusted === null || i.facts.includes('no adjustment') !== isAdjusted)).map(i => ({ i, fromMs: i.startMs, toMs: endOf(i) }));
  const marks: Mark[] = [...unseenMark(input), ...[
    boxes(whole('preempt', null), 'Preempt', 'orange', 0.2, 0.85, 0.45), boxes(part('To service'), 'To service', 'vermillion', 0.2, 0.85), boxes(part('Track clearance'), 'Track clearance', 'purple', 0.2, 0.85), boxes(part('Dwell'), 'Dwell', 'blue', 0.45, 0.85),
    boxes(whole('priority', false), 'Request without adjustment', 'gray', 0.55, 0.85), boxes(whole('priority', true), 'Request that moved a green', 'teal', 0.2, 0.85, 0.6), boxes(part('Service'), 'Priority service', 'blue', 0.2, 0.5),
  ].filter(m => m.kind === 'boxes' && m.x0.length > 0)];
  const preempts = all.filter(i => i.kind === 'preempt');
  const requests = all.filter(i => i.kind === 'priority');
  const adjusted = requests.filter(i => !i.facts.includes('no adjustment'));
  const served = preempts.filter(i => i.waitS !== null);
  const slowest = served.length > 0 ? Math.max(...served.map(i => i.waitS!)) : null;
  const rows: Cell[][] = all.map(i => [laneName(i), i.startMs, i.endMs === null ? null : (i.endMs - i.startMs) / SECOND, i.waitS, i.facts.join(', '), plainWord(i.endedBy)]);
  return {
    plots: lanes.length === 0 ? [] : [{
      key: 'interruptions', title: 'Request, service and recovery', note: [preempts.length > 0 ? counted(preempts.length, 'preempt') : '', requests.length > 0 ? counted(requests.length, 'priority request') : ''].filter(Boolean).join(', '), height: Math.max(150, lanes.length * LANE_PX + 48),
      x: { kind: 'time', startMs: input.startMs, endMs: input.endMs, zone: input.zone }, y: { kind: 'lanes', lanes: lanes.map(l => ({ label: l, short: l.replace('Priority request', 'Request') })) }, marks,
      read: x => [clockText(input.zone, x, 'seconds'), ...all.filter(i => x >= i.startMs && x < endOf(i)).map(say)],
    }],
    reading: all.length === 0 ? '' : [
      preempts.length > 0 ? `${counted(preempts.length, 'preempt')}${slowest === null ? '' : `, the slowest served after ${seconds(slowest)}`}.` : '',
      requests.length > 0 ? `${counted(requests.length, 'priority request')}, ${adjusted.length} of which moved a green.` : '',
    ].filter(Boolean).join(' '),
    figures: [
      { label: 'Preempts', value: preempts.length, kind: 'count' }, { label: 'Slowest to service', value: slowest, kind: 'seconds', better: 'less' }, { label: 'Priority requests', value: requests.length, kind: 'count' },
      { label: 'Requests that moved a green', value: requests.length > 0 ? adjusted.length / requests.length : null, kind: 'percent', better: 'more' },
    ],
    summary: {
      title: 'Log', rows,
      columns: [{ title: 'What', kind: 'text' }, { title: 'Begin', kind: 'time' }, { title: 'Length', kind: 'seconds' }, { title: 'To service', kind: 'seconds' }, { title: 'What came of it', kind: 'text' }, { title: 'Ended by', kind: 'text' }],
    },
    data: { title: 'Log', rows: [], columns: [{ title: 'What', kind: 'text' }] },
    empty: lanes.length > 0 ? null : 'No preempt and no priority request is in the log of this time.',
  };
}

export const interruptions: Chart = {
  key: 'preempt',
  title: 'Preempt and priority',
  measure: 'preemption',
  also: ['transit-priority'],
  tables: [{ table: 'preemption' }, { table: 'transit-priority' }],
  comparison: 'beneath',
  build,
};
