import { count, counted, plain } from '../../plot/numbers';
import { viridis } from '../../ui/viridis';
import type { Mark } from '../../plot/model';
import { clockText, momentText } from '../../plot/time';
import type { Cell, Chart, ChartInput, ChartResult } from '../definition';
import { askSpan, DETECTOR_CODES, isDrawable, unseenMark } from '../parts';
import { groupKey, groupName, plainWord } from '../words';

const LANE_PX = 22;

function build(input: ChartInput): ChartResult {
  const { detail } = input;
  const volumes = input.tables['detector-volume'];
  const faults = input.tables['detector-health'];
  const configured = new Map(detail.detectors.map(d => [d.channel, d]));
  const groupsOf = (channel: number): string[] => detail.detectors.filter(d => d.channel === channel).map(d => groupKey(d.phase, d.overlap));
  const seen = new Set<number>([...configured.keys(), ...(volumes?.where(() => true).map(r => volumes.time('channel', r)) ?? []), ...(faults?.where(() => true).map(r => faults.time('channel', r)) ?? [])]);
  const channels = [...seen].filter(c => input.group === '' || groupsOf(c).includes(input.group)).sort((a, b) => (groupsOf(a)[0] ?? '~').localeCompare(groupsOf(b)[0] ?? '~', 'en', { numeric: true }) || a - b);
  const lane = new Map(channels.map((c, i) => [c, i]));
  const rows = volumes?.where(r => lane.has(volumes.time('channel', r)) && volumes.time('time', r) < input.endMs && volumes.time('time', r) + volumes.binMs > input.startMs && isDrawable(volumes, r, input.endMs)) ?? [];
  const flow = (r: number): number | null => volumes!.number('flow_vph', r);
  const most = Math.max(1, ...rows.map(r => flow(r) ?? 0));
  const known = rows.filter(r => flow(r) !== null);
  const faultRows = faults?.where(r => lane.has(faults.time('channel', r)) && faults.time('time', r) < input.endMs) ?? [];
  const isEmpty = known.length === 0 && faultRows.length === 0;
  const describe = (channel: number): string => {
    const d = configured.get(channel);
    return d ? `${groupsOf(channel).filter(Boolean).map(g => groupName(g)).join(', ')} ${d.functions.map(f => plainWord(f).toLowerCase()).join(', ')}`.trim() : 'not configured';
  };
  const ask = (channel: number, fromMs: number, toMs: number) => askSpan(`Detector ${channel} from ${clockText(input.zone, fromMs)}`, fromMs, toMs, [{ codes: DETECTOR_CODES, parameter: channel }]);
  const marks: Mark[] = [
    {
      kind: 'boxes', x0: known.map(r => volumes!.time('time', r)), x1: known.map(r => volumes!.time('time', r) + volumes!.binMs), y0: known.map(r => lane.get(volumes!.time('channel', r))! + 0.08), y1: known.map(r => lane.get(volumes!.time('channel', r))! + 0.92),
      ink: 'blue', colors: known.map(r => viridis(Math.sqrt((flow(r) ?? 0) / most))), name: `Actuations per hour, dark 0 to light ${plain(Math.round(most))}`,
      say: i => `Detector ${volumes!.number('channel', known[i]!)} (${describe(volumes!.time('channel', known[i]!))}), bin from ${clockText(input.zone, volumes!.time('time', known[i]!))}: ${counted(volumes!.number('count', known[i]!) ?? 0, 'actuation')}`,
      behind: i => ask(volumes!.time('channel', known[i]!), volumes!.time('time', known[i]!), volumes!.time('time', known[i]!) + volumes!.binMs),
    },
    ...unseenMark(input),
    ...(faultRows.length > 0 ? [{
      kind: 'boxes' as const, x0: faultRows.map(r => faults!.time('time', r)), x1: faultRows.map(r => faults!.time('time', r) + faults!.binMs), y0: faultRows.map(r => lane.get(faults!.time('channel', r))! + 0.6), y1: faultRows.map(r => lane.get(faults!.time('channel', r))! + 0.95),
      ink: 'vermillion' as const, name: 'At fault', leastWidth: 2,
      say: (i: number) => `Detector ${faults!.number('channel', faultRows[i]!)}: ${plainWord(faults!.word('fault', faultRows[i]!)).toLowerCase()}`, behind: (i: number) => ask(faults!.time('channel', faultRows[i]!), faults!.time('time', faultRows[i]!), faults!.time('time', faultRows[i]!) + faults!.binMs),
    }] : []),
  ];
  const byChannel = channels.map(channel => {
    const own = rows.filter(r => volumes!.time('channel', r) === channel);
    const words = [...new Set(faultRows.filter(r => faults!.time('channel', r) === channel).map(r => plainWord(faults!.word('fault', r)).toLowerCase()))];
    const all = own.reduce((a, r) => a + (volumes!.number('count', r) ?? 0), 0);
    return { channel, all: own.length > 0 ? all : null, busiest: own.length > 0 ? Math.max(...own.map(r => flow(r) ?? 0)) : null, words };
  });
  const faulty = byChannel.filter(c => c.words.length > 0);
  const silent = byChannel.filter(c => c.all === 0 || c.all === null);
  const summary: Cell[][] = byChannel.map(c => [`${c.channel}`, describe(c.channel), c.all, c.busiest, configured.get(c.channel)?.stopBarDistanceFt ?? null, c.words.join(', ') || 'none']);
  return {
    plots: isEmpty ? [] : [{
      key: 'detectors', title: 'Actuations of each detector', note: `${counted(channels.length, 'channel')}, most ${count(Math.round(most))} an hour`, height: channels.length * LANE_PX + 48,
      x: { kind: 'time', startMs: input.startMs, endMs: input.endMs, zone: input.zone }, y: { kind: 'lanes', lanes: channels.map(c => ({ label: `${c} ${describe(c)}`.slice(0, 34), short: `Det. ${c}` })) }, marks,
      read: x => [momentText(input.zone, x, input.endMs - input.startMs)],
      behind: (x, y) => {
        const channel = channels[Math.floor(y)];
        return channel === undefined ? null : ask(channel, x - input.binMs / 2, x + input.binMs / 2);
      },
    }],
    reading: isEmpty ? '' : [
      faulty.length === 0 ? 'No detector was at fault.' : `${counted(faulty.length, 'detector')} at fault at some time: ${faulty.map(c => `${c.channel} (${c.words.join(', ')})`).join('; ')}.`,
      silent.length > 0 ? `${counted(silent.length, 'detector')} counted nothing: ${silent.map(c => c.channel).join(', ')}.` : '',
    ].filter(Boolean).join(' '),
    figures: [
      { label: 'Actuations', value: rows.length > 0 ? byChannel.reduce((a, c) => a + (c.all ?? 0), 0) : null, kind: 'count' }, { label: 'Detectors at fault', value: faulty.length, kind: 'count', better: 'less' }, { label: 'Detectors that counted nothing', value: silent.length, kind: 'count', better: 'less' },
    ],
    summary: {
      title: 'By detector', rows: summary, linkOf: row => `/signals/${encodeURIComponent(detail.signal.id)}/detectors/${row[0]}`,
      columns: [{ title: 'Channel', kind: 'text' }, { title: 'What it is', kind: 'text' }, { title: 'Actuations', kind: 'count' }, { title: 'Busiest bin, per hour', kind: 'count' }, { title: 'Feet to the stop bar', kind: 'count' }, { title: 'Faults', kind: 'text' }],
    },
    data: {
      title: 'Bins', columns: [{ title: 'Channel', kind: 'text' }, { title: 'Begin of bin', kind: 'time' }, { title: 'Actuations', kind: 'count' }, { title: 'Per hour', kind: 'count' }],
      rows: rows.map(r => [`${volumes!.number('channel', r)}`, volumes!.time('time', r), volumes!.number('count', r), flow(r)]),
    },
    empty: !isEmpty ? null : 'The log shows no detector in this time.',
    channels,
  };
}

export const detectors: Chart = {
  key: 'detectors',
  title: 'Detectors',
  measure: 'detector-health',
  also: ['detector-volume'],
  tables: [{ table: 'detector-volume', isBinned: true }, { table: 'detector-health', isBinned: true }],
  comparison: 'beneath',
  build,
};
