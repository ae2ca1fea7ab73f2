import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { getJson, sendJson, type Problem } from '../../api/client';
import type { PageAnswer } from '../../api/types';
import { useCity, useNow, useSignals } from '../../state/live';
import { useLoad } from '../../state/load';
import { lengthOf, momentOf } from '../../state/zone';
import { Badge, Button, DataTable, Dialog, Empty, Failure, Field, Panel, type TableColumn } from '../../ui';
import '../configuration/configuration.css';
import { bytesText } from '../imports/answers';

interface SourceStatus {
  lastAttemptMs: number | null;
  lastSuccessMs: number | null;
  newestEventMs: number | null;
  lagS: number | null;
  problem: Problem | null;
  bytes: number;
  events: number;
  failureCount: number;
  nextS: number | null;
}

interface Source {
  id: number;
  signal: string;
  kind: string;
  address: string;
  path: string;
  intervalS: number;
  zone: string | null;
  account: string | null;
  reportedAs: string | null;
  isEnabled: boolean;
  status: SourceStatus | null;
}

interface PollAnswer {
  bytes: number;
  events: number;
  firstMs: number | null;
  lastMs: number | null;
  problem: Problem | null;
}

const kinds: readonly [string, string][] = [
  ['maxtime-http', 'MaxTime event log over HTTP'],
  ['ftp', 'Files by FTP'],
  ['sftp', 'Files by SFTP'],
  ['folder', 'Files dropped into a folder here'],
];

/** Controllers that logs are fetched from: how each does, and what hinders it. */
export default function SourcesPage(): JSX.Element {
  const zone = useCity()?.zone ?? 'UTC';
  const now = useNow();
  const loaded = useLoad(`sources ${Math.floor(now / 5000)}`, signal => getJson<PageAnswer<Source>>('/sources', { signal }));
  const [edited, setEdited] = useState<Source | 'new' | null>(null);
  const [tested, setTested] = useState<{ source: Source; answer: PollAnswer } | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const test = (source: Source) => {
    setError(null);
    sendJson<PollAnswer>('POST', `/sources/${source.id}/test`).then(answer => {
      setTested({ source, answer });
      loaded.reload();
    }, setError);
  };
  const columns: TableColumn<Source>[] = [
    { key: 'signal', title: 'Signal', isHead: true, value: s => s.signal },
    { key: 'kind', title: 'Kind', value: s => kinds.find(([k]) => k === s.kind)?.[1] ?? s.kind },
    { key: 'address', title: 'Address', value: s => s.address, cell: s => <code>{s.address}</code> },
    { key: 'interval', title: 'Every', align: 'right', value: s => s.intervalS, cell: s => lengthOf(s.intervalS * 1000) },
    { key: 'state', title: 'State', value: s => (s.isEnabled ? s.status?.failureCount ?? -1 : -2), cell: s => <State source={s} /> },
    { key: 'success', title: 'Last success', value: s => s.status?.lastSuccessMs ?? null, cell: s => (s.status?.lastSuccessMs ? `${lengthOf(now - s.status.lastSuccessMs)} ago` : <span class="missing">none yet</span>) },
    { key: 'lag', title: 'Behind', align: 'right', hint: 'From the newest event to now', value: s => s.status?.lagS ?? null, cell: s => (typeof s.status?.lagS === 'number' ? lengthOf(s.status.lagS * 1000) : <span class="missing">–</span>) },
    { key: 'bytes', title: 'Fetched', align: 'right', value: s => s.status?.bytes ?? null, cell: s => (s.status ? bytesText(s.status.bytes) : <span class="missing">–</span>) },
    {
      key: 'do', title: 'Change', sortable: false, value: () => null, cell: s => (
        <span class="desk-row">
          <Button onClick={() => test(s)}>Try now</Button>
          <Button onClick={() => setEdited(s)}>Edit…</Button>
        </span>
      ),
    },
  ];
  return (
    <main class="page" id="main">
      <div class="page-head"><h1>Sources</h1><p>Controllers that logs are fetched from. Crosstown only reads them.</p></div>
      {error && <Failure error={error} />}
      {tested && (
        <div class="notice" role="status">
          <div><p>{tested.source.signal}: {tested.answer.problem ? `${tested.answer.problem.message} (${tested.answer.problem.code})` : `${tested.answer.events.toLocaleString('en-US')} events in ${bytesText(tested.answer.bytes)}${tested.answer.lastMs === null ? '' : `, the newest of ${momentOf(tested.answer.lastMs, zone)}`}`}</p></div>
          <div class="notice-actions"><Button onClick={() => setTested(null)}>Done</Button></div>
        </div>
      )}
      <Panel title="Controllers" subtitle={loaded.data ? `${loaded.data.total}` : undefined} loading={loaded.isLoading && !loaded.data} error={loaded.error} onRetry={loaded.reload} flush actions={<Button kind="main" icon="plus" onClick={() => setEdited('new')}>Add…</Button>}>
        {loaded.data && <DataTable columns={columns} rows={loaded.data.items} caption="Sources of logs" rowKey={s => s.id} empty={<Empty title="No controller is fetched from">Logs can also be handed in, sent, or dropped into a folder.</Empty>} />}
      </Panel>
      {edited && <SourceDialog source={edited === 'new' ? null : edited} onClose={() => setEdited(null)} onDone={() => {
        setEdited(null);
        loaded.reload();
      }} />}
    </main>
  );
}

function State({ source: { isEnabled, status } }: { source: Source }): JSX.Element {
  return !isEnabled ? <Badge>left alone</Badge>
    : status === null || status.lastAttemptMs === null ? <span class="muted">not read yet</span>
      : status.problem ? <span title={status.problem.code}><Badge tone="bad">{status.failureCount} {status.failureCount === 1 ? 'failure' : 'failures'}</Badge> {status.problem.message}</span>
        : <Badge tone="good">well</Badge>;
}

function SourceDialog({ source, onClose, onDone }: { source: Source | null; onClose(): void; onDone(): void }): JSX.Element {
  const signals = useSignals();
  const [fields, setFields] = useState({
    signal: source?.signal ?? '', kind: source?.kind ?? 'maxtime-http', address: source?.address ?? '', path: source?.path ?? '', intervalS: String(source?.intervalS ?? 60),
    zone: source?.zone ?? '', account: source?.account ?? '', reportedAs: source?.reportedAs ?? '', isEnabled: source?.isEnabled ?? true,
  });
  const [error, setError] = useState<Error | null>(null);
  const text = (key: 'signal' | 'address' | 'path' | 'intervalS' | 'zone' | 'account' | 'reportedAs', label: string, hint?: string, more: JSX.IntrinsicElements['input'] = {}) => (
    <Field id={`source-${key}`} label={label} {...(hint ? { hint } : {})}>
      {ties => <input {...ties} {...more} class="input" autocomplete="off" value={fields[key]} onInput={e => setFields({ ...fields, [key]: e.currentTarget.value })} />}
    </Field>
  );
  const send = (event: Event) => {
    event.preventDefault();
    setError(null);
    const or = (value: string) => (value.trim() === '' ? null : value.trim());
    const body = { ...fields, intervalS: Number(fields.intervalS) || null, path: or(fields.path), zone: or(fields.zone), account: or(fields.account), reportedAs: or(fields.reportedAs) };
    (source ? sendJson('PUT', `/sources/${source.id}`, body) : sendJson('POST', '/sources', body)).then(onDone, setError);
  };
  const remove = () => {
    sendJson('DELETE', `/sources/${source!.id}`).then(onDone, setError);
  };
  return (
    <Dialog
      title={source ? `Source of ${source.signal}` : 'Add a source'} onClose={onClose}
      foot={<>{source && <Button kind="bad" onClick={remove}>Remove</Button>}<Button onClick={onClose}>Cancel</Button><Button kind="main" type="submit" form="source-form">Save</Button></>}
    >
      <form id="source-form" onSubmit={send}>
        {text('signal', 'Signal', undefined, { list: 'source-signals' })}
        <datalist id="source-signals">{signals.map(s => <option key={s.id} value={s.id}>{s.name}</option>)}</datalist>
        <Field id="source-kind" label="Kind">
          {ties => <select {...ties} class="input" value={fields.kind} onChange={e => setFields({ ...fields, kind: e.currentTarget.value })}>{kinds.map(([kind, word]) => <option key={kind} value={kind}>{word}</option>)}</select>}
        </Field>
        {text('address', 'Address', fields.kind === 'folder' ? 'The folder, below the one for dropped logs' : 'Host and port')}
        {fields.kind !== 'folder' && fields.kind !== 'maxtime-http' && text('path', 'Folder on the controller', 'Empty for the usual one')}
        {text('intervalS', 'Every so many seconds', '1 to 86,400', { inputMode: 'numeric' })}
        {text('account', 'Account', 'The name under which the settings give user and secret; empty for none')}
        {text('zone', 'Clock', 'IANA zone; empty for the signal’s own')}
        {text('reportedAs', 'Reports itself as', 'Where it is not the signal’s number')}
        <label class="check"><input type="checkbox" checked={fields.isEnabled} onChange={e => setFields({ ...fields, isEnabled: e.currentTarget.checked })} />Read it</label>
        {error && <Failure error={error} />}
      </form>
    </Dialog>
  );
}
