import type { ComponentType, JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { getJson } from '../../api/client';
import type { RankingAnswer, RankingSummary, SignalAnswer } from '../../api/types';
import { useCity, useNow, useSignals, useSignalsKnown } from '../../state/live';
import { useLoad } from '../../state/load';
import { useRange } from '../../state/range';
import { Link, navigate, setUrlKeys, useUrlState } from '../../state/url';
import { lengthOf } from '../../state/zone';
import { Failure, rankOf, StatusMark, wordOf } from '../../ui';
import { viridisGradient } from '../../ui/viridis';
import { ClassChips, readClasses } from '../signals/ClassChips';
import { patternText, reasonsOf } from '../signals/signalWords';
import { amountsOf, amountText } from './amounts';
import { cameraText, parseCamera, type Amounts } from './places';
import type { MapProps } from './SignalMap';
import './map.css';

const listRows = 60;

/** The city at a glance, and the way into every signal: by the map, or by the list that says the same. */
export default function MapPage(): JSX.Element {
  const signals = useSignals();
  const { isKnown, error } = useSignalsKnown();
  const city = useCity();
  const [classText] = useUrlState('class', '');
  const [by, setBy] = useUrlState('by', '');
  const [at] = useUrlState('at', '');
  const { range, setRelative } = useRange(city?.zone ?? 'UTC');
  const [pointed, setPointed] = useState<{ id: string; x: number | null; y: number | null } | null>(null);
  const view = useRef<HTMLDivElement>(null);
  const MapView = useMapChunk();
  const wanted = readClasses(classText);
  const shown = useMemo(
    () => (wanted.length === 0 ? signals : signals.filter(s => wanted.includes(s.status.class))),
    [signals, classText]);

  const rankings = useLoad('rankings', signal => getJson<RankingSummary[]>('/rankings', { signal }));
  const choice = rankings.data?.find(r => r.name === by);
  const ranking = useLoad(
    choice && city ? `${by} ${range.startMs} ${range.endMs}` : null,
    signal => getJson<RankingAnswer>(`/rankings/${by}?from=${range.startMs}&to=${range.endMs}&limit=50000`, { signal }), by);
  const amounts = useMemo(() => (ranking.data ? amountsOf(ranking.data) : null), [ranking.data]);
  const open = useCallback((id: string) => navigate(`/signals/${encodeURIComponent(id)}`), []);
  const pointedSignal = pointed === null ? undefined : signals.find(s => s.id === pointed.id);

  return (
    <main class="map-page" id="main">
      <h1 class="visually-hidden">Map of signals</h1>
      <div class="map-top">
        <ClassChips signals={signals} />
        <div class="map-choices">
          {rankings.data && rankings.data.length > 0 && (
            <label class="field is-inline">
              <span class="muted">Color by</span>
              <select class="input" value={by} onChange={e => setBy(e.currentTarget.value, 'push')}>
                <option value="">state</option>
                {rankings.data.map(r => <option key={r.name} value={r.name}>{r.title}</option>)}
              </select>
            </label>
          )}
          {choice && (
            <select class="input" aria-label="Time of the measure" value={range.isLive ? range.text : ''} onChange={e => setRelative(e.currentTarget.value)}>
              {!['now-1h', 'now-3h', 'now-24h', 'now-7d'].includes(range.text) && <option value={range.isLive ? range.text : ''}>the time in the address</option>}
              <option value="now-1h">last hour</option>
              <option value="now-3h">last 3 hours</option>
              <option value="now-24h">last 24 hours</option>
              <option value="now-7d">last 7 days</option>
            </select>
          )}
        </div>
      </div>
      <div class="map-view" ref={view} aria-busy={MapView ? undefined : 'true'}>
        {MapView && (city || error) && (
          <MapView
            signals={shown}
            ground={city?.basemap ?? 'geojson'}
            amounts={choice ? amounts?.bySignal ?? new Map() : null}
            camera={parseCamera(at)}
            onCamera={camera => setUrlKeys({ at: cameraText(camera) })}
            onOpen={open}
            onPoint={setPointed}
            pointed={pointed?.id ?? null}
          />
        )}
        {pointed && pointed.x !== null && pointed.y !== null && pointedSignal && (
          <Card signal={pointedSignal} x={pointed.x} y={pointed.y} frame={view.current} amount={amounts && choice ? { title: choice.title, unit: choice.unit, value: amounts.bySignal.get(pointedSignal.id)?.value ?? null } : null} />
        )}
        {choice && <Legend title={choice.title} description={choice.description ?? ''} unit={choice.unit} amounts={amounts} isLoading={ranking.isLoading} error={ranking.error} />}
      </div>
      <SignalList
        signals={shown}
        all={signals.length}
        isKnown={isKnown}
        error={error}
        amounts={choice ? amounts?.bySignal ?? null : null}
        unit={choice?.unit ?? ''}
        pointed={pointed?.id ?? null}
        onPoint={id => setPointed(id === null ? null : { id, x: null, y: null })}
      />
    </main>
  );
}

/** The map's code, fetched when a map is first shown. */
export function useMapChunk(): ComponentType<MapProps> | null {
  const [chunk, setChunk] = useState<{ view: ComponentType<MapProps> } | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    import('./SignalMap').then(module => setChunk({ view: module.default }), (reason: unknown) => setError(reason instanceof Error ? reason : new Error(String(reason))));
  }, []);
  if (error) {
    throw error;
  }

  return chunk?.view ?? null;
}

function Card({ signal, x, y, frame, amount }: { signal: SignalAnswer; x: number; y: number; frame: HTMLElement | null; amount: { title: string; unit: string; value: number | null } | null }): JSX.Element {
  const now = useNow();
  const width = frame?.clientWidth ?? 800;
  const height = frame?.clientHeight ?? 600;
  const left = Math.max(8, x + 320 > width ? x - 316 : x + 16);
  const isAbove = y > height - 190;
  const { status } = signal;
  const isTouch = matchMedia('(pointer: coarse)').matches;
  return (
    <div class={`map-card${isTouch ? ' is-tapped' : ''}`} style={{ left: `${Math.min(left, Math.max(8, width - 308))}px`, ...(isAbove ? { bottom: `${height - y + 14}px` } : { top: `${y + 14}px` }) }}>
      <h3><span>{signal.id}</span><span>{signal.name}</span></h3>
      <StatusMark state={status.class} words />
      {status.reasons.length > 0 && <p>{reasonsOf(signal)}</p>}
      <dl class="numbers">
        {status.sinceMs !== null && <><dt>Since</dt><dd>{lengthOf(now - status.sinceMs)}</dd></>}
        <dt>Newest event</dt><dd>{status.lastEventMs === null ? 'none yet' : `${lengthOf(now - status.lastEventMs)} ago`}</dd>
        {status.pattern !== null && <><dt>Pattern</dt><dd>{patternText(status.pattern)}</dd></>}
        <dt>Detectors</dt><dd>{signal.isConfigured ? signal.detectorCount : 'not configured'}</dd>
        {amount && <><dt>{amount.title}</dt><dd>{amount.value === null ? 'no data' : amountText(amount.value, amount.unit)}</dd></>}
      </dl>
      {isTouch && <Link class="button is-main" href={`/signals/${encodeURIComponent(signal.id)}`}>Open</Link>}
    </div>
  );
}

function Legend({ title, description, unit, amounts, isLoading, error }: { title: string; description: string; unit: string; amounts: ReturnType<typeof amountsOf> | null; isLoading: boolean; error: Error | null }): JSX.Element {
  return (
    <div class="map-legend" aria-busy={isLoading ? 'true' : undefined}>
      <strong>{title}</strong>
      {error ? <Failure error={error} /> : amounts === null ? <span>Loading…</span> : amounts.bySignal.size === 0 ? <span>No signal has data for this time.</span> : (
        <>
          <div class="bar" style={{ background: viridisGradient }} />
          <div class="ends numbers"><span>{amountText(amounts.low, unit)}</span><span>{amountText(amounts.high, unit)}</span></div>
          <span class="muted">{description} Each signal shows its first-ranked phase or detector; a ring has no data.</span>
        </>
      )}
    </div>
  );
}

function SignalList({ signals, all, isKnown, error, amounts, unit, pointed, onPoint }: {
  signals: readonly SignalAnswer[]; all: number; isKnown: boolean; error: Error | null; amounts: Amounts | null; unit: string; pointed: string | null; onPoint(id: string | null): void;
}): JSX.Element {
  const now = useNow();
  const [rows, setRows] = useState(listRows);
  const sorted = useMemo(() => sortForList(signals, amounts), [signals, amounts]);
  return (
    <section class="map-list" aria-label="Signals" aria-busy={isKnown || error ? undefined : 'true'}>
      <h2>{amounts ? 'By measure' : 'Worst first'}<span class="numbers">{isKnown ? `${signals.length.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} signals` : ''}</span></h2>
      {error && !isKnown && <Failure error={error} />}
      {isKnown && signals.length === 0 && <p class="more-rows muted">{all === 0 ? 'No signals yet: import logs or a configuration.' : 'No signal is in this state now.'}</p>}
      <ul>
        {sorted.slice(0, rows).map(s => {
          const amount = amounts?.get(s.id);
          return (
            <li key={s.id} class={pointed === s.id ? 'is-pointed' : ''}>
              <Link
                href={`/signals/${encodeURIComponent(s.id)}`}
                onFocus={() => onPoint(s.id)}
                onBlur={() => onPoint(null)}
                onPointerEnter={() => onPoint(s.id)}
                onPointerLeave={() => onPoint(null)}
              >
                <StatusMark state={s.status.class} size={16} />
                <span class="line-1"><b>{s.id}</b> {s.name}</span>
                <span class="side">
                  {amounts ? (amount ? <><i class="swatch" style={{ background: amount.color }} /> {amountText(amount.value, unit)}</> : 'no data')
                    : s.status.sinceMs !== null && s.status.class !== 'healthy' ? lengthOf(now - s.status.sinceMs) : ''}
                </span>
                {s.status.class !== 'healthy' && <span class="line-2">{wordOf(s.status.class)}{s.status.reasons.length > 0 && `: ${reasonsOf(s)}`}</span>}
              </Link>
            </li>
          );
        })}
      </ul>
      {sorted.length > rows && <p class="more-rows"><button type="button" class="button" onClick={() => setRows(n => n + 4 * listRows)}>Show more ({(sorted.length - rows).toLocaleString('en-US')} left)</button></p>}
    </section>
  );
}

/** The state to look at first at the head, then longest in it, then in the order given; with amounts, the first of the ranking first. */
export function sortForList(signals: readonly SignalAnswer[], amounts: Amounts | null): SignalAnswer[] {
  return [...signals].sort((a, b) => {
    if (amounts) {
      const difference = (amounts.get(a.id)?.rank ?? Infinity) - (amounts.get(b.id)?.rank ?? Infinity);
      if (difference !== 0 && !Number.isNaN(difference)) {
        return difference;
      }
    }

    return rankOf(a.status.class) - rankOf(b.status.class)
      || (a.status.class === 'healthy' ? 0 : (a.status.sinceMs ?? Infinity) - (b.status.sinceMs ?? Infinity) || 0);
  });
}
