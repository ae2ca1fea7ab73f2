import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { SignalDetail } from '../../api/types';
import { ChartPanel } from '../../charts/ChartPanel';
import { binOf, useFreshness, useSurroundings } from '../../charts/load';
import { timing } from '../../charts/timing/timing';
import { fullName, groupKey, plainWord } from '../../charts/words';
import { EventDrawer, useEventQuestion } from '../../events/EventDrawer';
import { count } from '../../plot/numbers';
import { Link } from '../../state/Link';
import { useNow } from '../../state/live';
import { useCompareRange, useRange } from '../../state/range';
import { TimeScrubber } from '../../state/TimeScrubber';
import { useRoute, useUrlState } from '../../state/url';
import { Badge, Failure } from '../../ui';
import { useDetail } from '../signal/useDetail';
import { detectorChart } from './detectorChart';
import '../signal/signal.css';

/** A detector: what it is, what it counted beside its neighbors, its faults, and its single actuations. */
export default function DetectorPage(): JSX.Element {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const channel = Number(params['channel']);
  const loaded = useDetail(id);
  if (!Number.isInteger(channel) || channel < 1 || channel > 255) {
    return <main class="page" id="main"><h1>There is no such detector</h1><p>Channels are whole numbers from 1 to 255. <Link href={`/signals/${encodeURIComponent(id)}?p=detectors`}>Detectors of signal {id}</Link></p></main>;
  }

  if (loaded.error && !loaded.data) {
    return <main class="page" id="main"><h1>Detector {channel} of signal {id}</h1><Failure error={loaded.error} onRetry={loaded.reload} /></main>;
  }

  return loaded.data ? <Content key={`${id}-${channel}`} detail={loaded.data} channel={channel} /> : <main class="page" id="main" aria-busy="true"><p class="muted">Loading…</p></main>;
}

function Content({ detail, channel }: { detail: SignalDetail; channel: number }): JSX.Element {
  const { signal } = detail;
  const { range, setFixed } = useRange(signal.zone);
  const compare = useCompareRange(signal.zone, range);
  const [binText] = useUrlState('bin', '');
  const { question, ask } = useEventQuestion();
  const now = useNow();
  const freshness = useFreshness(signal.id, range);
  const surroundings = useSurroundings(detail, range, now, freshness);
  const chart = useMemo(() => detectorChart(channel), [channel]);
  const own = detail.detectors.filter(d => d.channel === channel);
  const channels = [...new Set(detail.detectors.map(d => d.channel))].sort((a, b) => a - b);
  const at = channels.indexOf(channel);
  const group = own.map(d => groupKey(d.phase, d.overlap)).find(g => g !== '') ?? '';
  const common = { detail, range, bin: binOf(binText, range.endMs - range.startMs), surroundings, freshness, nowMs: now, onZoom: setFixed, onAsk: ask };
  const to = (c: number): string => `/signals/${encodeURIComponent(signal.id)}/detectors/${c}`;
  return (
    <main class={`page signal-page${question ? ' has-drawer' : ''}`} id="main">
      <div class="page-head signal-head">
        <h1>Detector {channel} <span class="signal-id"><Link href={`/signals/${encodeURIComponent(signal.id)}?p=detectors`}>{signal.id} {signal.name}</Link></span></h1>
        {surroundings.faulted.has(channel) ? <Badge tone="bad">at fault</Badge> : <Badge tone="good">reporting</Badge>}
        <div class="page-actions no-print">
          {at > 0 && <Link class="button" href={to(channels[at - 1]!)}>‹ Detector {channels[at - 1]}</Link>}
          {at >= 0 && at + 1 < channels.length && <Link class="button" href={to(channels[at + 1]!)}>Detector {channels[at + 1]} ›</Link>}
        </div>
      </div>
      {own.length === 0
        ? <p>The configuration does not name this channel; the log does.</p>
        : (
          <ul class="detector-facts">
            {own.map((d, i) => (
              <li key={i}>
                {[
                  fullName(detail, groupKey(d.phase, d.overlap)), d.functions.map(f => plainWord(f)).join(', ') || 'no function configured', d.lane === null ? 'lane not known' : `lane ${d.lane} from the median`,
                  `movement: ${plainWord(d.movement).toLowerCase()}`, d.stopBarDistanceFt === null ? 'distance not known' : d.stopBarDistanceFt === 0 ? 'at the stop bar' : `${count(d.stopBarDistanceFt)} ft upstream of the stop bar`,
                ].join(' · ')}
              </li>
            ))}
          </ul>
        )}
      <TimeScrubber zone={signal.zone} />
      <ChartPanel {...common} chart={chart} compare={compare} group="" />
      <ChartPanel {...common} chart={timing} compare={null} group={group} />
      <EventDrawer signal={signal.id} zone={signal.zone} />
    </main>
  );
}
