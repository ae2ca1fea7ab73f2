import type { JSX } from 'preact';
import { getJson, sendJson } from '../../api/client';
import { useCity, useNow } from '../../state/live';
import { useLoad } from '../../state/load';
import { useMay } from '../../state/session';
import { Link } from '../../state/url';
import { lengthOf, momentOf } from '../../state/zone';
import { Badge, Button, DataTable, Empty, Failure, Panel, shareText, type TableColumn } from '../../ui';
import { bytesText, issueWord } from '../imports/answers';
import { coverageLevel, levels } from './coverage';
import './data.css';

interface SignalCoverage {
  signal: string;
  days: number;
  events: number;
  seenShare: number | null;
  gaps: number | null;
  firstMs: number;
  lastMs: number;
}

interface DataAnswer {
  nowMs: number;
  signals: SignalCoverage[];
  sizes: { kind: string; bytes: number }[];
  growth: { kind: string; bytesPerDay: number | null; days: number }[];
  disk: { freeBytes: number; totalBytes: number };
  fullMs: number | null;
  retention: { kind: string; keptDays: number; mostDays: number; beforeMs: number; dueItems: number; dueEvents: number | null; nextMs: number | null }[];
  lastRetentionMs: number | null;
  store: { health: string; lastCheck: { endedMs: number; seconds: number; signalDays: number; events: number; damaged: number; missingEvents: number } | null; isChecking: boolean; quarantinedFiles: number };
}

interface DaysAnswer {
  days: string[];
  gap: number;
  items: { signal: string; events: (number | null)[]; seenShare: (number | null)[]; gaps: (number | null)[]; longestGapMs: (number | null)[] }[];
  total: number;
}

const dayMs = 86_400_000;
const shownDays = 31;

/** What is held: how much of each day every signal's log saw, how large it is, how long it is kept, and whether it is whole. */
export default function DataPage(): JSX.Element {
  const zone = useCity()?.zone ?? 'UTC';
  const now = useNow();
  const loaded = useLoad(`data ${Math.floor(now / 60_000)}`, signal => getJson<DataAnswer>('/data', { signal }));
  const to = Math.ceil(now / dayMs) * dayMs;
  const days = useLoad(`days ${to}`, signal => getJson<DaysAnswer>(`/data/days?from=${to - shownDays * dayMs}&to=${to}`, { signal }));
  const data = loaded.data;
  const columns: TableColumn<SignalCoverage>[] = [
    { key: 'signal', title: 'Signal', isHead: true, value: s => s.signal, cell: s => <Link href={`/signals/${encodeURIComponent(s.signal)}`}>{s.signal}</Link> },
    { key: 'events', title: 'Events', align: 'right', value: s => s.events },
    { key: 'days', title: 'Days', align: 'right', value: s => s.days },
    { key: 'seen', title: 'Seen', hint: 'Share of the time from the first to the last day that the log saw', align: 'right', value: s => s.seenShare, cell: s => (s.seenShare === null ? <span class="missing">being looked at</span> : shareText(s.seenShare)) },
    { key: 'gaps', title: 'Gaps', hint: 'Silences of more than five minutes', align: 'right', value: s => s.gaps },
    { key: 'first', title: 'First event', value: s => s.firstMs, cell: s => momentOf(s.firstMs, zone) },
    { key: 'last', title: 'Last event', value: s => s.lastMs, cell: s => momentOf(s.lastMs, zone) },
  ];
  return (
    <main class="page" id="main" aria-busy={data || loaded.error ? undefined : 'true'}>
      <div class="page-head"><h1>Data</h1><p>What is held, how whole it is, and for how long. Nothing else is: <a href="/privacy/data">the public list</a>.</p></div>
      {loaded.error && !data && <Failure error={loaded.error} onRetry={loaded.reload} />}
      <Panel title="Coverage by day" subtitle={`${shownDays} days, UTC`} loading={days.isLoading && !days.data} error={days.error} onRetry={days.reload} flush>
        {days.data && (days.data.items.length === 0 ? <Empty title="No events yet" /> : <Heatmap answer={days.data} />)}
      </Panel>
      {data && (
        <>
          <div class="data-cards">
            <Panel title="Size">
              <dl class="data-facts numbers">
                {data.sizes.map(s => {
                  const growth = data.growth.find(g => g.kind === s.kind)?.bytesPerDay;
                  return <div key={s.kind}><dt>{issueWord(s.kind)}</dt><dd>{bytesText(s.bytes)}{typeof growth === 'number' && growth > 0 && <span class="muted"> (+{bytesText(growth)} a day)</span>}</dd></div>;
                })}
                <div><dt>Free on the disk</dt><dd>{bytesText(data.disk.freeBytes)} of {bytesText(data.disk.totalBytes)}</dd></div>
                <div><dt>Full</dt><dd>{data.fullMs === null ? 'not in sight' : momentOf(data.fullMs, zone)}</dd></div>
              </dl>
            </Panel>
            <Panel title="Kept for">
              <dl class="data-facts numbers">
                {data.retention.map(r => <div key={r.kind}><dt>{issueWord(r.kind)}</dt><dd>{r.keptDays} days{r.keptDays < r.mostDays && <span class="muted"> (at most {r.mostDays})</span>}{r.dueItems > 0 && <> <Badge tone="warn">{r.dueItems} due now</Badge></>}{r.nextMs !== null && <span class="muted">, next {momentOf(r.nextMs, zone)}</span>}</dd></div>)}
                <div><dt>Deleted last</dt><dd>{data.lastRetentionMs === null ? 'not yet since the start' : momentOf(data.lastRetentionMs, zone)}</dd></div>
              </dl>
            </Panel>
            <Health store={data.store} now={now} onAsked={loaded.reload} />
          </div>
          <Panel title="Signals" flush><DataTable columns={columns} rows={data.signals} caption="What is held of each signal" rowKey={s => s.signal} empty={<Empty title="No events yet">Import logs, and they appear here.</Empty>} /></Panel>
        </>
      )}
    </main>
  );
}

function Health({ store, now, onAsked }: { store: DataAnswer['store']; now: number; onAsked(): void }): JSX.Element {
  const mayAdmin = useMay('admin');
  const check = store.lastCheck;
  return (
    <Panel title="Health" actions={mayAdmin ? <Button disabled={store.isChecking} onClick={() => void sendJson('POST', '/data/check').then(onAsked, onAsked)}>{store.isChecking ? 'Reading every block…' : 'Read every block'}</Button> : undefined}>
      <dl class="data-facts numbers">
        <div><dt>Taking events</dt><dd>{store.health === 'taking' ? 'yes' : <Badge tone="bad">{issueWord(store.health)}</Badge>}</dd></div>
        <div><dt>Last whole look</dt><dd>{check === null ? 'none yet' : `${lengthOf(now - check.endedMs)} ago, ${check.events.toLocaleString('en-US')} events in ${check.seconds} s`}</dd></div>
        {check && <div><dt>Damaged</dt><dd>{check.damaged === 0 ? 'nothing' : <Badge tone="bad">{check.damaged} blocks, {check.missingEvents} events</Badge>}</dd></div>}
        <div><dt>Set aside</dt><dd>{store.quarantinedFiles === 0 ? 'nothing' : <Badge tone="bad">{store.quarantinedFiles} files</Badge>}</dd></div>
      </dl>
    </Panel>
  );
}

/** Signals down, days across; how much of a day was seen by shade and by a mark, so that it reads without color. */
function Heatmap({ answer }: { answer: DaysAnswer }): JSX.Element {
  return (
    <>
      <div class="table-frame scrolls-itself" tabIndex={0} role="region" aria-label="Coverage by signal and day">
        <table class="heatmap">
          <caption class="visually-hidden">Share of each day that each signal's log saw</caption>
          <thead><tr><th scope="col">Signal</th>{answer.days.map(d => <th key={d} scope="col"><span class="visually-hidden">{d}</span><span aria-hidden="true">{Number(d.slice(8))}</span></th>)}</tr></thead>
          <tbody>
            {answer.items.map(row => (
              <tr key={row.signal}>
                <th scope="row"><Link href={`/signals/${encodeURIComponent(row.signal)}`}>{row.signal}</Link></th>
                {answer.days.map((day, i) => {
                  const share = row.seenShare[i] ?? null;
                  const events = row.events[i] ?? null;
                  const level = coverageLevel(events, share);
                  const words = events === null ? 'no events' : `${events.toLocaleString('en-US')} events${share === null ? '' : `, saw ${shareText(share)}`}${row.gaps[i] ? `, ${row.gaps[i]} gaps, the longest ${lengthOf(row.longestGapMs[i] ?? 0)}` : ''}`;
                  return <td key={day} class={`level-${level.name}`} title={`${row.signal}, ${day}: ${words}`}><span class="visually-hidden">{words}</span><span aria-hidden="true">{level.mark}</span></td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="panel-note heatmap-key">{levels.map(l => <span key={l.name}><i class={`level-${l.name}`}>{l.mark}</i> {l.word}</span>)}</p>
    </>
  );
}
