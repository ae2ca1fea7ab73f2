import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { getBlob, getJson } from '../api/client';
import type { EventCodeAnswer, EventsAnswer } from '../api/types';
import { csvOf, download, fileName } from '../plot/export';
import type { EventQuestion } from '../plot/model';
import { count } from '../plot/numbers';
import { clockText, dayClockText, spanText } from '../plot/time';
import { useLoad } from '../state/load';
import { Button, Empty, Failure } from '../ui';
import { isMatch } from './question';
import './events.css';

/** Rows that are shown at most; the download has all. */
const MOST_ROWS = 2000;

const HOUR_MS = 3_600_000;

interface EventRowsProps {
  signal: string;
  zone: string;
  question: EventQuestion;
  /** Only the rows that made the mark, or all rows of the signal in the time. */
  isAll: boolean;
}

const codesOf = (question: EventQuestion): number[] => [...new Set(question.matches.flatMap(m => m.codes))].sort((a, b) => a - b);

function eventsPath(signal: string, { question, isAll }: Pick<EventRowsProps, 'question' | 'isAll'>, limit: number): string {
  const codes = isAll ? [] : codesOf(question);
  const parameters = new Set(question.matches.map(m => m.parameter));
  const parameter = !isAll && parameters.size === 1 ? [...parameters][0] : null;
  return `/signals/${encodeURIComponent(signal)}/events?from=${question.startMs}&to=${question.endMs}${codes.length > 0 ? `&codes=${codes.join(',')}` : ''}${parameter == null ? '' : `&parameter=${parameter}`}&limit=${limit}`;
}

let codeNames: Promise<ReadonlyMap<number, EventCodeAnswer>> | null = null;

/** Names of codes, asked for once; a server that has none leaves the numbers to speak. */
export function loadCodeNames(): Promise<ReadonlyMap<number, EventCodeAnswer>> {
  codeNames ??= getJson<EventCodeAnswer[]>('/event-codes').then(list => new Map(list.map(c => [c.code, c])), () => {
    codeNames = null;
    return new Map();
  });
  return codeNames;
}

/** Log rows of a stretch of time, those behind the mark set off from the others. */
export function EventRows({ signal, zone, question, isAll }: EventRowsProps): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  const path = eventsPath(signal, { question, isAll }, MOST_ROWS);
  const loaded = useLoad(path, abort => Promise.all([getJson<EventsAnswer>(path, { signal: abort, raw: true }), loadCodeNames()]), signal);
  if (loaded.error) {
    return <Failure error={loaded.error} onRetry={loaded.reload} />;
  }

  if (!loaded.data) {
    return <p class="muted" aria-busy="true">Loading…</p>;
  }

  const [events, names] = loaded.data;
  const rows = events.times.map((timeMs, i) => ({ timeMs, code: events.codes[i]!, parameter: events.parameters[i]! }))
    .map(row => ({ ...row, isOwn: isMatch(question, row.code, row.parameter) }))
    .filter(row => isAll || row.isOwn);
  const nearest = rows.reduce((best, row, i) => (Math.abs(row.timeMs - question.atMs) < Math.abs((rows[best]?.timeMs ?? Infinity) - question.atMs) ? i : best), 0);
  const isLong = question.endMs - question.startMs > HOUR_MS;
  const save = (): void => {
    const name = fileName(signal, 'events', new Date(question.startMs).toISOString().slice(0, 19), isAll ? 'all' : 'chosen') + '.csv';
    setProblem(null);
    if (!events.isCut) {
      download(name, csvOf(['time', 'local_time', 'code', 'name', 'parameter'], rows.map(r => [
        new Date(r.timeMs).toISOString(), dayClockText(zone, r.timeMs, 'tenths'), r.code, names.get(r.code)?.name ?? null, r.parameter,
      ])), 'text/csv');
      return;
    }

    // More rows than are shown: the server writes them.
    getBlob(eventsPath(signal, { question, isAll }, 20_000), 'text/csv', { raw: true }).then(blob => download(name, blob, 'text/csv'), (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
  };

  return (
    <div class="event-rows">
      <div class="event-rows-head">
        <span class="muted numbers">{count(rows.length)} {rows.length === 1 ? 'row' : 'rows'}{events.isCut ? ` of more: the first ${count(MOST_ROWS)} are looked at` : ''} · {spanText(zone, question.startMs, question.endMs)}</span>
        <Button icon="download" onClick={save} disabled={rows.length === 0}>CSV</Button>
      </div>
      {problem && <p class="field-error" role="alert">{problem}</p>}
      {rows.length === 0
        ? <Empty title="No such row in this time">{isAll ? 'The log has nothing of this signal here. That is not the same as no traffic: it may not have been seen.' : 'Show all rows to see what else was logged.'}</Empty>
        : (
          <div class="table-frame scrolls-itself" tabIndex={0} role="region" aria-label="Log rows">
            <table class="table event-table">
              <thead><tr><th scope="col">Time</th><th scope="col" class="is-right">Code</th><th scope="col">What it says</th><th scope="col" class="is-right">Of</th></tr></thead>
              <tbody>
                {rows.map((row, i) => {
                  const about = names.get(row.code);
                  return (
                    <tr key={`${row.timeMs}-${i}`} class={`${row.isOwn ? 'is-own' : ''}${i === nearest ? ' is-nearest' : ''}`} aria-current={i === nearest ? 'true' : undefined} ref={i === nearest ? intoView : undefined}>
                      <td class="numbers nowrap">{isLong ? dayClockText(zone, row.timeMs, 'tenths') : clockText(zone, row.timeMs, 'tenths')}</td>
                      <td class="is-right numbers">{row.code}</td>
                      <td>{about?.name ?? 'Not in the list of codes'}</td>
                      <td class="is-right numbers nowrap">{about?.parameter ? <span class="muted">{about.parameter} </span> : ''}{row.parameter}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        )}
    </div>
  );
}

const intoView = (row: HTMLTableRowElement | null): void => {
  const frame = row?.closest('.table-frame');
  if (row && frame) {
    frame.scrollTop = row.offsetTop - frame.clientHeight / 2;
  }
};
