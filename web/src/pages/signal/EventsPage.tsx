import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SignalDetail } from '../../api/types';
import { EventTools, useEventQuestion } from '../../events/EventDrawer';
import { EventRows } from '../../events/EventRows';
import { movedQuestion } from '../../events/question';
import type { EventQuestion } from '../../plot/model';
import { Link } from '../../state/Link';
import { useNow } from '../../state/live';
import { fixedText, momentText, parseMoment } from '../../state/range';
import { useRoute, useUrlState } from '../../state/url';
import { Button, Failure, Panel } from '../../ui';
import { useDetail } from './useDetail';
import './signal.css';

const MINUTE_MS = 60_000;

/** The log itself: rows of any time, of all codes or some. */
export default function EventsPage(): JSX.Element {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const loaded = useDetail(id);
  if (loaded.error && !loaded.data) {
    return <main class="page" id="main"><h1>Log rows of signal {id}</h1><Failure error={loaded.error} onRetry={loaded.reload} /></main>;
  }

  return loaded.data ? <Content key={id} detail={loaded.data} /> : <main class="page" id="main" aria-busy="true"><p class="muted">Loading…</p></main>;
}

function Content({ detail }: { detail: SignalDetail }): JSX.Element {
  const { signal } = detail;
  const zone = signal.zone;
  const now = useNow();
  const { question, ask } = useEventQuestion();
  const [all, setAll] = useUrlState('ea', '');
  const [lastMinute] = useState<EventQuestion>(() => {
    const end = Math.min(now, detail.events?.endMs ?? now);
    return { title: '', atMs: end, startMs: end - 2 * MINUTE_MS, endMs: end, matches: [] };
  });
  const shown = question ?? lastMinute;
  const isAll = all === '1' || shown.matches.length === 0;
  return (
    <main class="page event-page" id="main">
      <div class="page-head">
        <h1>Log rows <span class="signal-id">{signal.id} {signal.name}</span></h1>
        <div class="page-actions"><Link class="button" href={`/signals/${encodeURIComponent(signal.id)}?t=${fixedText(shown.startMs, shown.endMs, zone)}&p=timing`}>Charts of this time</Link></div>
      </div>
      <Panel title="Controller event log" subtitle="raw events, as the cabinet wrote them">
        <Search key={`${shown.startMs}|${shown.endMs}|${all}`} question={shown} zone={zone} onAsk={q => {
          ask(q);
          if (q.matches.length > 0) {
            setAll('');
          }
        }} />
        <EventTools chosen="Chosen codes" isAll={isAll} canChoose={shown.matches.length > 0} onAll={on => setAll(on ? '1' : '')} move={how => () => ask(movedQuestion(shown, how))} />
        <EventRows signal={signal.id} zone={zone} question={shown} isAll={isAll} />
      </Panel>
    </main>
  );
}

/** Codes as people list them: numbers with commas or spaces; null when something else stands there. */
export function parseCodes(text: string): number[] | null {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  return parts.every(p => /^\d{1,5}$/.test(p) && Number(p) <= 65_535) ? parts.map(Number) : null;
}

function Search({ question, zone, onAsk }: { question: EventQuestion; zone: string; onAsk(question: EventQuestion): void }): JSX.Element {
  const first = question.matches[0];
  const [from, setFrom] = useState(momentText(question.startMs, zone).slice(0, 19));
  const [to, setTo] = useState(momentText(question.endMs, zone).slice(0, 19));
  const [codes, setCodes] = useState([...new Set(question.matches.flatMap(m => m.codes))].join(', '));
  const [parameter, setParameter] = useState(question.matches.length === 1 && first?.parameter != null ? String(first.parameter) : '');
  const [error, setError] = useState<string | null>(null);
  return (
    <form
      class="event-search"
      onSubmit={event => {
        event.preventDefault();
        const [startMs, endMs, list] = [parseMoment(from, zone), parseMoment(to, zone), parseCodes(codes)];
        if (startMs === null || endMs === null || endMs <= startMs) {
          setError('Both times are needed, and the end must be after the start.');
        } else if (list === null) {
          setError('Codes are whole numbers from 0 to 65535, with commas between them.');
        } else if (parameter !== '' && !/^\d{1,5}$/.test(parameter)) {
          setError('The parameter is a whole number, such as a phase or channel.');
        } else {
          onAsk({ title: '', atMs: startMs, startMs, endMs, matches: list.length === 0 ? [] : [{ codes: list, parameter: parameter === '' ? null : Number(parameter) }] });
        }
      }}
    >
      <label>From <input class="input" type="datetime-local" step="1" value={from} onInput={e => setFrom(e.currentTarget.value)} /></label>
      <label>to <input class="input" type="datetime-local" step="1" value={to} onInput={e => setTo(e.currentTarget.value)} /></label>
      <label>Codes <input class="input" inputMode="text" placeholder="all" size={14} value={codes} onInput={e => setCodes(e.currentTarget.value)} /></label>
      <label>of <input class="input" inputMode="numeric" placeholder="any" size={5} value={parameter} onInput={e => setParameter(e.currentTarget.value)} /></label>
      <Button kind="main" type="submit">Show</Button>
      {error && <p class="field-error" role="alert">{error}</p>}
    </form>
  );
}
