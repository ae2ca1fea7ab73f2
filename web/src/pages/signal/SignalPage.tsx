import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { neighborOf } from '../../app/Palette';
import type { SignalDetail } from '../../api/types';
import { charts, findChart } from '../../charts';
import { ChartPanel } from '../../charts/ChartPanel';
import type { Chart } from '../../charts/definition';
import { BINS, binOf, useFreshness, useSurroundings } from '../../charts/load';
import { fullName, groupKey, inOrder, overlapName } from '../../charts/words';
import { EventDrawer, useEventQuestion } from '../../events/EventDrawer';
import { loadCodeNames } from '../../events/EventRows';
import { dateText, spanText } from '../../plot/time';
import { Link } from '../../state/Link';
import { useNow, useSignals } from '../../state/live';
import { useCompareRange, useCrosshairCleared, useRange } from '../../state/range';
import { TimeScrubber } from '../../state/TimeScrubber';
import { usePlace, useRoute, useUrlState, withKey } from '../../state/url';
import { Badge, Button, Failure, shareText, StatusMark } from '../../ui';
import { PhaseStrip } from './PhaseStrip';
import { useDetail } from './useDetail';
import './signal.css';

/** A signal: its displays now, and every chart of it over one stretch of time. */
export default function SignalPage(): JSX.Element {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const loaded = useDetail(id);
  if (loaded.error && !loaded.data) {
    return <main class="page" id="main"><h1>Signal {id}</h1><Failure error={loaded.error} onRetry={loaded.reload} /></main>;
  }

  return loaded.data ? <Content key={id} detail={loaded.data} /> : <main class="page" id="main" aria-busy="true"><p class="muted">Loading signal {id}…</p></main>;
}

function Content({ detail }: { detail: SignalDetail }): JSX.Element {
  const { signal } = detail;
  const zone = signal.zone;
  const { range, setFixed } = useRange(zone);
  const compare = useCompareRange(zone, range);
  const [keys, setKeys] = useUrlState('p', 'coordination');
  const [group, setGroup] = useUrlState('phase', '');
  const [binText, setBin] = useUrlState('bin', '');
  const [print] = useUrlState('print', '');
  const { question, ask } = useEventQuestion();
  const now = useNow();
  const freshness = useFreshness(signal.id, range);
  const surroundings = useSurroundings(detail, range, now, freshness);
  const groups = useMemo(() => groupsOf(detail), [detail]);
  useCrosshairCleared();
  useEffect(() => {
    // The names of codes are there when the first mark is clicked.
    void loadCodeNames();
  }, []);
  useEffect(() => {
    document.title = `${signal.id} ${signal.name} · Crosstown`;
  }, [signal.id, signal.name]);

  if (print === 'day') {
    return <PrintedDay detail={detail} />;
  }

  const asked = [...new Set(keys.split(','))].map(findChart).filter((c): c is Chart => c !== undefined);
  const shown = asked.length > 0 ? asked : charts.slice(0, 1);
  const bin = binOf(binText, range.endMs - range.startMs);
  const pattern = detail.patterns.find(p => p.number === signal.status.pattern) ?? detail.patterns.find(p => p.cycleLengthS !== null);
  return (
    <main class={`page signal-page${question ? ' has-drawer' : ''}`} id="main">
      <SignalHead detail={detail} />
      {range.isLive && <PhaseStrip detail={detail} />}
      <TimeScrubber zone={zone} {...(pattern?.cycleLengthS ? { cycleS: pattern.cycleLengthS } : {})} />
      <nav class="chart-tabs no-print" aria-label="Charts">
        <ul>
          {charts.map(chart => (
            <li key={chart.key}>
              <a
                href={`?p=${chart.key}`} aria-current={shown.includes(chart) ? 'true' : undefined} class={shown.includes(chart) ? 'is-on' : ''}
                onClick={event => {
                  if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
                    event.preventDefault();
                    setKeys(chart.key, 'push');
                  }
                }}
              >{chart.title}</a>
            </li>
          ))}
        </ul>
        <div class="chart-tools">
          <label class="chart-control"><span>Phase</span>
            <select class="input" value={group} onChange={e => setGroup(e.currentTarget.value)}>
              <option value="">All</option>
              {groups.map(g => <option key={g} value={g}>{fullName(detail, g)}</option>)}
            </select>
          </label>
          <label class="chart-control"><span>Bins</span>
            <select class="input" value={binText} onChange={e => setBin(e.currentTarget.value)}>
              <option value="">Automatic ({bin.label})</option>
              {BINS.map(b => <option key={b.value} value={b.value}>{b.label}</option>)}
            </select>
          </label>
          <label class="chart-control"><span>Add</span>
            <select class="input" value="" onChange={e => setKeys([...shown.map(c => c.key), e.currentTarget.value].join(','), 'push')}>
              <option value="">another chart below…</option>
              {charts.filter(c => !shown.includes(c)).map(c => <option key={c.key} value={c.key}>{c.title}</option>)}
            </select>
          </label>
        </div>
      </nav>
      {shown.map(chart => (
        <ChartPanel
          key={chart.key} chart={chart} detail={detail} range={range} compare={compare} bin={bin} group={groups.includes(group) ? group : ''} surroundings={surroundings} freshness={freshness} nowMs={now}
          onZoom={setFixed} onAsk={ask} {...(shown.length > 1 ? { onClose: () => setKeys(shown.filter(c => c !== chart).map(c => c.key).join(','), 'push') } : {})}
        />
      ))}
      <EventDrawer signal={signal.id} zone={zone} />
    </main>
  );
}

/** Phases and overlaps that a chart may be narrowed to. */
export function groupsOf(detail: SignalDetail): string[] {
  const all = new Set<string>([...detail.phases.map(p => String(p.number)), ...detail.overlaps.map(o => overlapName(o.number)), ...detail.detectors.map(d => groupKey(d.phase, d.overlap)).filter(g => g !== '')]);
  return [...all].sort(inOrder(detail)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function SignalHead({ detail }: { detail: SignalDetail }): JSX.Element {
  const { signal } = detail;
  const signals = useSignals();
  const { search } = usePlace();
  const status = signal.status;
  const keep = withKey(withKey(search, 'e', null), 'ea', null);
  const to = (by: 1 | -1): string | null => {
    const next = neighborOf(signals, signal.id, by);
    return next ? `/signals/${encodeURIComponent(next)}${keep}` : null;
  };
  const [before, after] = [to(-1), to(1)];
  return (
    <div class="page-head signal-head">
      <h1>{signal.name || `Signal ${signal.id}`} <span class="signal-id">{signal.id}</span></h1>
      <StatusMark state={status.class} words />
      {status.reasons.map(reason => <Badge key={reason} tone="warn">{reason}</Badge>)}
      {status.pattern !== null && <Badge>{status.pattern === 254 ? 'Free' : status.pattern === 255 ? 'Flash' : `Plan ${status.pattern}`}</Badge>}
      <div class="page-actions no-print">
        {before && <Link class="button" href={before} title="Previous signal ([)">‹ Previous</Link>}
        {after && <Link class="button" href={after} title="Next signal (])">Next ›</Link>}
        <Link class="button" href={`/signals/${encodeURIComponent(signal.id)}/events`}>Log rows</Link>
        <Link class="button" href={`/signals/${encodeURIComponent(signal.id)}?${printQuery(search)}`} title="This time, laid out for Letter or A4">Print</Link>
      </div>
    </div>
  );
}

function printQuery(search: string): string {
  const query = new URLSearchParams(search);
  query.set('print', 'day');
  query.delete('e');
  return query.toString();
}

/** Charts that a printed day leaves out: thousands of lanes and rows are for the screen. */
const NOT_PRINTED = new Set(['timing']);

/** Every chart of one day, for Letter or A4: light colors, nothing to press, and what was seen of the day in its head. */
function PrintedDay({ detail }: { detail: SignalDetail }): JSX.Element {
  const { signal } = detail;
  const zone = signal.zone;
  const { range } = useRange(zone);
  const [group] = useUrlState('phase', '');
  const now = useNow();
  const stretch = useMemo(() => ({ startMs: range.startMs, endMs: range.endMs }), [range.text]);
  const surroundings = useSurroundings(detail, { ...range, ...stretch, isLive: false }, now, '');
  const lengthMs = stretch.endMs - stretch.startMs;
  const unseenMs = surroundings.unseen.reduce((sum, u) => sum + u.endMs - u.startMs, 0);
  const { search } = usePlace();
  const back = new URLSearchParams(search);
  back.delete('print');
  return (
    <main class="page printed" id="main">
      <div class="no-print notice">
        <div><p>Everything about this signal and time, laid out for Letter or A4. Choose the day, then print.</p></div>
        <div class="notice-actions"><Button kind="main" icon="print" onClick={() => print()}>Print</Button> <Link class="button" href={`/signals/${encodeURIComponent(signal.id)}${back.size > 0 ? `?${back}` : ''}`}>Back</Link></div>
      </div>
      <div class="no-print"><TimeScrubber zone={zone} /></div>
      <header class="printed-head">
        <h1>{signal.id} {signal.name}</h1>
        <p>{dateText(zone, stretch.startMs)} · {spanText(zone, stretch.startMs, stretch.endMs)} ({zone.replaceAll('_', ' ')}) · sees {shareText(Math.max(0, 1 - unseenMs / lengthMs))} of this time · {signal.detectorCount} detectors, {surroundings.faulted.size} at fault at the end</p>
      </header>
      {charts.filter(c => !NOT_PRINTED.has(c.key)).map(chart => (
        <ChartPanel key={chart.key} chart={chart} detail={detail} range={stretch} compare={null} bin={binOf('', lengthMs)} group={group} surroundings={surroundings} freshness="" nowMs={now} isPrint />
      ))}
      <footer class="printed-foot muted">Crosstown · from the controller’s own event log</footer>
    </main>
  );
}
