import { axisEnd, count, counted } from '../../plot/numbers';
import type { Mark } from '../../plot/model';
import { clockText, momentText } from '../../plot/time';
import type { Chart, ChartInput, ChartResult } from '../../charts/definition';
import { askSpan, DETECTOR_CODES, isDrawable, lastAtOrBefore, unseenMark } from '../../charts/parts';
import { groupKey, groupName, plainWord } from '../../charts/words';

/** One detector's counts beside those of its neighbors, the other detectors of its phase with the same function, and its faults. */
export function detectorChart(channel: number): Chart {
  return {
    key: `detector-${channel}`, title: `Actuations of detector ${channel}`, measure: 'detector-volume',
    tables: [{ table: 'detector-volume', isBinned: true }, { table: 'detector-health', isBinned: true }],
    comparison: 'overlay',
    build: input => build(input, channel),
  };
}

/** Detectors that should count much the same: of the same phase or overlap, with a function in common. */
export function neighborsOf(input: Pick<ChartInput, 'detail'>, channel: number): number[] {
  const own = input.detail.detectors.filter(d => d.channel === channel);
  return [...new Set(input.detail.detectors
    .filter(d => d.channel !== channel && own.some(o => groupKey(o.phase, o.overlap) === groupKey(d.phase, d.overlap) && o.functions.some(f => d.functions.includes(f))))
    .map(d => d.channel))].sort((a, b) => a - b);
}

function build(input: ChartInput, channel: number): ChartResult {
  const volumes = input.tables['detector-volume'];
  const faults = input.tables['detector-health'];
  const neighbors = neighborsOf(input, channel);
  const inRange = (r: number): boolean => volumes!.time('time', r) < input.endMs && volumes!.time('time', r) + volumes!.binMs > input.startMs && isDrawable(volumes!, r, input.endMs);
  const rows = volumes?.where(r => volumes.number('channel', r) === channel && inRange(r)) ?? [];
  const bins = rows.map(r => ({ timeMs: volumes!.time('time', r), flow: volumes!.number('flow_vph', r), count: volumes!.number('count', r), seen: volumes!.number('seen_share', r) }));
  const sums = new Map<number, { flow: number; of: number }>();
  for (const r of volumes?.where(row => neighbors.includes(volumes.time('channel', row)) && inRange(row)) ?? []) {
    const flow = volumes!.number('flow_vph', r);
    if (flow !== null) {
      const sum = sums.get(volumes!.time('time', r)) ?? { flow: 0, of: 0 };
      sums.set(volumes!.time('time', r), { flow: sum.flow + flow, of: sum.of + 1 });
    }
  }

  const times = bins.map(b => b.timeMs);
  const around = bins.map(b => {
    const sum = sums.get(b.timeMs);
    return sum && sum.of > 0 ? sum.flow / sum.of : null;
  });
  const faultRows = faults?.where(r => faults.number('channel', r) === channel && faults.time('time', r) < input.endMs) ?? [];
  const words = [...new Set(faultRows.map(r => plainWord(faults!.word('fault', r)).toLowerCase()))];
  const binMs = volumes?.binMs ?? input.binMs;
  const end = (times.at(-1) ?? input.endMs) + binMs;
  const most = axisEnd(Math.max(0, ...bins.map(b => b.flow ?? 0), ...around.map(v => v ?? 0)), 20);
  const all = bins.reduce((a, b) => a + (b.count ?? 0), 0);
  const own = input.detail.detectors.filter(d => d.channel === channel);
  const marks: Mark[] = [
    ...unseenMark(input),
    ...(faultRows.length > 0 ? [{
      kind: 'boxes' as const, x0: faultRows.map(r => faults!.time('time', r)), x1: faultRows.map(r => faults!.time('time', r) + faults!.binMs), y0: faultRows.map(() => 0), y1: faultRows.map(() => most), ink: 'vermillion' as const, opacity: 0.22, name: 'At fault',
      say: (i: number) => `At fault: ${plainWord(faults!.word('fault', faultRows[i]!)).toLowerCase()}`, behind: (i: number) => askSpan(`Detector ${channel} at fault`, faults!.time('time', faultRows[i]!), faults!.time('time', faultRows[i]!) + faults!.binMs, [{ codes: DETECTOR_CODES, parameter: channel }]),
    }] : []),
    ...(neighbors.length > 0 ? [{ kind: 'line' as const, x: [...times, end], y: [...around, null], width: 1.6, ink: 'gray' as const, dash: [4, 3], isStepped: true, name: `Mean of its neighbors (${neighbors.join(', ')})` }] : []),
    { kind: 'line', x: [...times, end], y: [...bins.map(b => b.flow), null], width: 2, ink: 'blue', isStepped: true, name: `Detector ${channel}` },
  ];
  return {
    plots: bins.length === 0 ? [] : [{
      key: 'detector', title: `Detector ${channel}`, note: own.map(d => [groupName(groupKey(d.phase, d.overlap)), ...d.functions.map(f => plainWord(f).toLowerCase())].join(', ')).join('; '), height: 300,
      x: { kind: 'time', startMs: input.startMs, endMs: input.endMs, zone: input.zone }, y: { kind: 'number', min: 0, max: most, label: 'Actuations per hour' }, marks,
      read: x => {
        const i = lastAtOrBefore(times, x);
        return [momentText(input.zone, x, input.endMs - input.startMs), ...(i >= 0 && bins[i]!.count !== null ? [`${counted(bins[i]!.count!, 'actuation')} in the bin, ${count(bins[i]!.flow)} an hour`] : ['not seen']), ...(i >= 0 && around[i] != null ? [`neighbors ${count(around[i])} an hour`] : [])];
      },
      behind: x => {
        const i = lastAtOrBefore(times, x);
        return i < 0 ? null : askSpan(`Detector ${channel}, bin from ${clockText(input.zone, times[i]!)}`, times[i]!, times[i]! + binMs, [{ codes: DETECTOR_CODES, parameter: channel }]);
      },
    }],
    reading: bins.length === 0 ? '' : `${counted(all, 'actuation')}. ${words.length === 0 ? 'No fault in this time.' : `At fault: ${words.join(', ')}.`}`,
    figures: [{ label: 'Actuations', value: bins.length > 0 ? all : null, kind: 'count' }, { label: 'Busiest bin, per hour', value: bins.length > 0 ? Math.max(...bins.map(b => b.flow ?? 0)) : null, kind: 'count' }],
    data: {
      title: 'Bins', columns: [{ title: 'Begin of bin', kind: 'time' }, { title: 'Actuations', kind: 'count' }, { title: 'Per hour', kind: 'count' }, { title: 'Neighbors, per hour', kind: 'count' }, { title: 'Seen', kind: 'percent' }],
      rows: bins.map((b, i) => [b.timeMs, b.count, b.flow, around[i] ?? null, b.seen]),
    },
    empty: bins.length > 0 ? null : `The log has nothing of detector ${channel} in this time.`,
    channels: [channel],
  };
}
