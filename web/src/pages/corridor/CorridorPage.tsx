import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { getJson } from '../../api/client';
import { Definition } from '../../charts/Definition';
import { planName } from '../../charts/words';
import { csvOf, download, fileName, pngOf, svgOf } from '../../plot/export';
import { Legend } from '../../plot/Legend';
import type { EventQuestion } from '../../plot/model';
import { count, percent, seconds } from '../../plot/numbers';
import type { Picture } from '../../plot/paint';
import { Plot } from '../../plot/Plot';
import { dateText, dayText, HOUR, SECOND, spanText } from '../../plot/time';
import { Link } from '../../state/Link';
import { useCity, useNow } from '../../state/live';
import { useLoad } from '../../state/load';
import { useCompareRange, useRange } from '../../state/range';
import { TimeScrubber } from '../../state/TimeScrubber';
import { navigate, readUrlKey, setUrlKeys, useRoute, useUrlState } from '../../state/url';
import { Button, Empty, Panel } from '../../ui';
import { questionText } from '../../events/question';
import { changesText, parseChanges, shorterWay, type Band } from './bands';
import { corridorBands, drawDiagram, planAt, type Basis, type DiagramChoice, type StretchBands, type TimeSpaceAnswer } from './diagram';
import '../../charts/charts.css';
import './corridor.css';

/** The server hands out this much of a corridor at once. */
const MOST_MS = 6 * HOUR;

/** What the page opens with: a few cycles. */
const FIRST_RANGE = 'now-15m';

/** A street whose signals are timed together: its time-space diagram, its bands, and what other offsets would make of them. */
export default function CorridorPage(): JSX.Element {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const city = useCity();
  const corridor = city?.corridors.find(c => c.id === id);
  useLayoutEffect(() => {
    if (readUrlKey('t') === null) {
      setUrlKeys({ t: FIRST_RANGE }, 'replace');
    }
  }, [id]);
  useEffect(() => {
    document.title = `${corridor?.name ?? id} · Crosstown`;
  }, [corridor?.name, id]);
  if (!city) {
    return <main class="page" id="main" aria-busy="true"><p class="muted">Loading…</p></main>;
  }

  return corridor ? <Content key={id} id={id} name={corridor.name} zone={city.zone} corridors={city.corridors} /> : (
    <main class="page" id="main">
      <h1>There is no corridor {id}</h1>
      <p>{city.corridors.length === 0 ? 'No corridor is configured.' : <>There are {city.corridors.map((c, i) => <span key={c.id}>{i > 0 && ', '}<Link href={`/corridors/${encodeURIComponent(c.id)}`}>{c.name}</Link></span>)}.</>}</p>
    </main>
  );
}

function Content({ id, name, zone, corridors }: { id: string; name: string; zone: string; corridors: readonly { id: string; name: string }[] }): JSX.Element {
  const { range, setFixed } = useRange(zone);
  const isTooLong = range.endMs - range.startMs > MOST_MS;
  const loaded = useLoad(
    isTooLong ? null : `${id}|${range.startMs}|${range.endMs}`,
    abort => getJson<TimeSpaceAnswer>(`/corridors/${encodeURIComponent(id)}/time-space?from=${Math.floor(range.startMs)}&to=${Math.ceil(range.endMs)}`, { signal: abort }), id);
  const [changeText, setChangeText] = useUrlState('o', '');
  const [basisText, setBasis] = useUrlState('basis', 'measured');
  const [showsText, setShows] = useUrlState('shows', 'both');
  const basis: Basis = basisText === 'programmed' ? 'programmed' : 'measured';
  const shows: DiagramChoice['shows'] = showsText === 'bands' || showsText === 'paths' ? showsText : 'both';
  const changes = useMemo(() => parseChanges(changeText), [changeText]);
  const now = useNow();
  const answer = loaded.data;
  const atMs = answer ? Math.min(answer.toMs, now) - SECOND : 0;
  const moment = answer ? Math.floor(atMs / 60_000) : 0;
  const was = useMemo(() => (answer ? corridorBands(answer, basis, atMs, new Map()) : null), [answer, basis, moment]);
  const is = useMemo(() => (answer ? corridorBands(answer, basis, atMs, changes) : null), [answer, basis, moment, changes]);
  const model = useMemo(() => (answer && is ? drawDiagram(answer, zone, answer.fromMs, answer.toMs, is, { basis, shows, changes }) : null), [answer, is, shows, changes, zone]);
  const compare = useCompareRange(zone, range);
  const other = useLoad(
    isTooLong || !compare ? null : `${id}|${compare.startMs}|${compare.endMs}`,
    abort => getJson<TimeSpaceAnswer>(`/corridors/${encodeURIComponent(id)}/time-space?from=${Math.floor(compare!.startMs)}&to=${Math.ceil(compare!.endMs)}`, { signal: abort }), id);
  const then = useMemo(() => (other.data && compare ? corridorBands(other.data, basis, other.data.toMs - SECOND, new Map()) : null), [other.data, basis, compare]);
  const latest = useRef({ answer, changes });
  latest.current = { answer, changes };
  const cycleS = was?.[0]?.cycleS ?? null;

  const change = (signal: string, toS: number): void => {
    const next = new Map(latest.current.changes);
    const own = latest.current.answer?.signals.find(s => s.signal === signal);
    next.set(signal, shorterWay(toS, (own && planAt(own, atMs)?.cycleS) ?? 600));
    setChangeText(changesText(next));
  };

  const grab = (_: number, feet: number): ((by: number) => void) | null => {
    const signals = latest.current.answer?.signals ?? [];
    const length = (signals.at(-1)?.distanceFt ?? 0) - (signals[0]?.distanceFt ?? 0);
    const nearest = signals.reduce<(typeof signals)[number] | null>((a, s) => (a === null || Math.abs(s.distanceFt - feet) < Math.abs(a.distanceFt - feet) ? s : a), null);
    if (!nearest || Math.abs(nearest.distanceFt - feet) > length * 0.026) {
      return null;
    }

    const from = latest.current.changes.get(nearest.signal) ?? 0;
    return byMs => change(nearest.signal, from + byMs / SECOND);
  };

  const ask = (question: EventQuestion): void => {
    const [signal = '', group = ''] = question.title.split('|');
    navigate(`/signals/${encodeURIComponent(signal)}/events?e=${questionText({ ...question, title: `${signal} ${group}` })}`);
  };

  const picture = (): Picture => ({
    title: `Time-space diagram, ${name}`, subtitle: `${dateText(zone, range.startMs)}, ${spanText(zone, range.startMs, range.endMs)}${changes.size > 0 ? ` · offsets changed: ${[...changes].map(([s, by]) => `${s} by ${by} s`).join(', ')}` : ''}`,
    source: 'Crosstown · controller event log · definition: time-space-diagram', plots: model ? [model] : [],
  });
  const file = (kind: string): string => fileName(id, 'time-space', new Date(range.startMs).toISOString().slice(0, 16).replace(':', '')) + `.${kind}`;
  const seen = answer?.signals.map(s => s.seenShare ?? 0) ?? [];
  return (
    <main class="page corridor-page" id="main">
      <div class="page-head">
        <h1>{name}</h1>
        <div class="page-actions">
          <label class="chart-control"><span>Corridor</span>
            <select class="input" value={id} onChange={e => navigate(`/corridors/${encodeURIComponent(e.currentTarget.value)}`)}>
              {corridors.map(c => <option key={c.id} value={c.id}>{c.name}</option>)}
            </select>
          </label>
        </div>
      </div>
      <TimeScrubber zone={zone} {...(cycleS ? { cycleS } : {})} />
      {answer && is && was && <Figures answer={answer} was={was} is={is} then={then} thenDay={compare ? dayText(zone, compare.startMs) : ''} isChanged={changes.size > 0} />}
      <Panel
        class="chart-panel" title="Time-space diagram" loading={loaded.isLoading} error={loaded.error} onRetry={loaded.reload} seenShare={seen.length > 0 ? seen.reduce((a, b) => a + b, 0) / seen.length : null}
        actions={<>
          <Button disabled={!model} onClick={() => void pngOf(picture()).then(blob => download(file('png'), blob, 'image/png'))}>PNG</Button>
          <Button disabled={!model} onClick={() => download(file('svg'), svgOf(picture()), 'image/svg+xml')}>SVG</Button>
          <Button disabled={!answer} onClick={() => answer && download(file('csv'), greensCsv(answer), 'text/csv')}>CSV</Button>
        </>}
      >
        <div class="chart-controls">
          <label class="chart-control"><span>Show</span>
            <select class="input" value={shows} onChange={e => setShows(e.currentTarget.value)}>
              <option value="both">bands and paths</option><option value="bands">bands</option><option value="paths">paths from each green</option>
            </select>
          </label>
          <label class="chart-control"><span>Bands from</span>
            <select class="input" value={basis} onChange={e => setBasis(e.currentTarget.value)}>
              <option value="measured">measured greens</option><option value="programmed">programmed splits</option>
            </select>
          </label>
        </div>
        {isTooLong && <Empty title="This time is too long for it">The diagram shows 6 hours at most, and is best read over a few cycles. Choose a shorter time.</Empty>}
        {model && <Legend plots={[model]} />}
        {model && <Plot model={model} onZoom={setFixed} onAsk={ask} grab={grab} />}
        {!model && !isTooLong && !loaded.error && <div class="chart-waiting" aria-busy="true" />}
        <p class="muted">Drag a signal’s greens sideways to try another offset, or use the buttons below; drag anywhere else to look closer. Greens are as the log shows them; paths run at the link’s speed.</p>
        {answer && <Offsets answer={answer} atMs={atMs} changes={changes} onChange={change} onReset={() => setChangeText('')} />}
        <Definition measure="time-space-diagram" />
      </Panel>
    </main>
  );
}

function Figures({ answer, was, is, then, thenDay, isChanged }: { answer: TimeSpaceAnswer; was: readonly StretchBands[]; is: readonly StretchBands[]; then: readonly StretchBands[] | null; thenDay: string; isChanged: boolean }): JSX.Element {
  const row = (stretch: StretchBands, i: number, way: 'forward' | 'backward'): JSX.Element => {
    const [before, after] = [was[i]?.[way] ?? null, stretch[way]];
    const other = then?.find(t => t.first === stretch.first && t.last === stretch.last)?.[way] ?? null;
    return (
      <tr key={`${i}-${way}`}>
        <th scope="row">{answer.signals[way === 'forward' ? stretch.first : stretch.last]!.signal} to {answer.signals[way === 'forward' ? stretch.last : stretch.first]!.signal}, {answer[way]}</th>
        <td class="is-right">{seconds(stretch.cycleS, 0)}</td>
        <td class="is-right">{seconds(before?.widthS)}</td>
        {isChanged && <td class="is-right"><strong>{seconds(after?.widthS)}</strong></td>}
        {isChanged && <td class="is-right">{differenceText(before, after)}</td>}
        {then && <td class="is-right">{seconds(other?.widthS)}</td>}
        {then && <td class="is-right">{differenceText(other, before)}</td>}
        <td class="is-right">{percent(metOf(was[i], way))}{isChanged && <> → <strong>{percent(metOf(stretch, way))}</strong></>}</td>
        <td class="is-right">{percent(after?.efficiency)}</td>
        <td class="is-right">{percent(after?.attainability)}</td>
      </tr>
    );
  };
  return (
    <div class="corridor-figures">
      {is.length > 0 && (
        <div class="table-frame scrolls-itself" tabIndex={0} role="region" aria-label="Bands">
          <table class="table">
            <caption class="visually-hidden">Bands of each stretch with one cycle length</caption>
            <thead>
              <tr>
                <th scope="col">Band</th><th scope="col" class="is-right">Cycle</th><th scope="col" class="is-right">{isChanged ? 'As it is' : 'Width'}</th>{isChanged && <th scope="col" class="is-right">With the changes</th>}{isChanged && <th scope="col" class="is-right">Difference</th>}
                {then && <th scope="col" class="is-right">{thenDay}</th>}{then && <th scope="col" class="is-right">Since then</th>}<th scope="col" class="is-right" title="Share of each green that meets green at the next signal, over all links">Met at the next signal</th><th scope="col" class="is-right" title="Band over cycle">Efficiency</th><th scope="col" class="is-right" title="Band over the shortest green">Attainability</th>
              </tr>
            </thead>
            <tbody>{is.flatMap((stretch, i) => [row(stretch, i, 'forward'), row(stretch, i, 'backward')])}</tbody>
          </table>
        </div>
      )}
      {is.length === 0
        ? <p class="muted">No neighboring signals share a cycle length now, so there is no band: they run free, or the log has not named their plans.</p>
        : is.length > 1 && <p class="muted">Not all signals share a cycle length: each stretch that does has its own band.</p>}
    </div>
  );
}

const metOf = (stretch: StretchBands | undefined, way: 'forward' | 'backward'): number | null => (way === 'forward' ? stretch?.forwardMet : stretch?.backwardMet) ?? null;

const differenceText = (before: Band | null, after: Band | null): string => (before && after ? `${after.widthS - before.widthS >= 0 ? '+' : '−'}${Math.abs(after.widthS - before.widthS).toFixed(1)} s` : '–');

function Offsets({ answer, atMs, changes, onChange, onReset }: { answer: TimeSpaceAnswer; atMs: number; changes: ReadonlyMap<string, number>; onChange(signal: string, toS: number): void; onReset(): void }): JSX.Element {
  return (
    <div class="table-frame offsets">
      <table class="table">
        <caption class="visually-hidden">Offsets of the signals</caption>
        <thead>
          <tr>
            <th scope="col">Signal</th><th scope="col" class="is-right">Feet</th><th scope="col">Plan</th><th scope="col" class="is-right">Cycle</th><th scope="col" class="is-right">Offset</th>
            <th scope="col">Change {changes.size > 0 && <Button kind="quiet" onClick={onReset}>reset all</Button>}</th><th scope="col" class="is-right">New offset</th>
            <th scope="col" class="is-right">Mean green {answer.forward}</th><th scope="col" class="is-right">Mean green {answer.backward}</th><th scope="col" class="is-right">To next</th>
          </tr>
        </thead>
        <tbody>
          {answer.signals.map(s => {
            const plan = planAt(s, atMs);
            const by = changes.get(s.signal) ?? 0;
            const step = (d: number, label: string): JSX.Element => <Button onClick={() => onChange(s.signal, by + d)} aria-label={`${label} the offset of ${s.signal} by ${Math.abs(d)} s`}>{d > 0 ? '+' : '−'}{Math.abs(d)}</Button>;
            const shown = plan?.offsetS == null || !plan.cycleS ? null : (((plan.offsetS + by) % plan.cycleS) + plan.cycleS) % plan.cycleS;
            return (
              <tr key={s.signal} aria-selected={by !== 0 ? 'true' : undefined}>
                <th scope="row"><Link href={`/signals/${encodeURIComponent(s.signal)}`}>{s.signal}</Link> <span class="muted">{s.name}</span></th>
                <td class="is-right">{count(s.distanceFt)}</td>
                <td class="nowrap">{plan ? planName(plan.pattern) : '–'}</td>
                <td class="is-right">{seconds(plan?.cycleS, 0)}</td>
                <td class="is-right">{seconds(plan?.offsetS, 0)}</td>
                <td><span class="button-group" role="group" aria-label={`Offset of ${s.signal}`}>{step(-5, 'Lower')}{step(-1, 'Lower')}<output class="offset-change">{by > 0 ? '+' : by < 0 ? '−' : ''}{Math.abs(by)} s</output>{step(1, 'Raise')}{step(5, 'Raise')}</span></td>
                <td class="is-right">{by === 0 ? '' : seconds(shown, 0)}</td>
                <td class="is-right">{seconds(plan?.forward?.greenS)}</td>
                <td class="is-right">{seconds(plan?.backward?.greenS)}</td>
                <td class="is-right nowrap">{s.travelTimeToNextS === null ? '–' : `${s.travelTimeToNextS.toFixed(1)} s at ${count(s.speedMphToNext)} mph`}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Every green of the diagram, one a row. */
function greensCsv(answer: TimeSpaceAnswer): string {
  return csvOf(['signal', 'distance_ft', 'direction', 'begin', 'end', 'green_s'], answer.signals.flatMap(s => [
    ...s.forward.map(g => [s.signal, s.distanceFt, answer.forward, new Date(g.start).toISOString(), g.end === null ? null : new Date(g.end).toISOString(), g.end === null ? null : (g.end - g.start) / SECOND]),
    ...s.backward.map(g => [s.signal, s.distanceFt, answer.backward, new Date(g.start).toISOString(), g.end === null ? null : new Date(g.end).toISOString(), g.end === null ? null : (g.end - g.start) / SECOND]),
  ]));
}

