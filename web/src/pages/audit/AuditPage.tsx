import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { getBlob, getJson } from '../../api/client';
import { download } from '../../plot/export';
import { useCity } from '../../state/live';
import { useUrlState } from '../../state/url';
import { formatTime } from '../../state/zone';
import { Button, DataTable, Empty, Failure, Panel, type TableColumn } from '../../ui';

interface AuditEntry {
  number: number;
  timeMs: number;
  account: string;
  reason: string;
  action: string;
  subject: string;
  beforeHash: string;
  afterHash: string;
  program: string;
  hash: string;
}

interface AuditAnswer {
  items: AuditEntry[];
  next: number | null;
}

/** Who did what, when and why: a chain in which no link can be changed unseen. */
export default function AuditPage(): JSX.Element {
  const zone = useCity()?.zone ?? 'UTC';
  const [account, setAccount] = useUrlState('account', '');
  const [action, setAction] = useUrlState('action', '');
  const [rows, setRows] = useState<AuditEntry[]>([]);
  const [next, setNext] = useState<number | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [isLoading, setLoading] = useState(true);
  const query = `${account && `&account=${encodeURIComponent(account)}`}${action && `&action=${encodeURIComponent(action)}`}`;
  const load = (before: number | null, signal?: AbortSignal) => {
    setLoading(true);
    setError(null);
    getJson<AuditAnswer>(`/audit?size=200${before === null ? '' : `&before=${before}`}${query}`, signal ? { signal } : {}).then(answer => {
      setRows(old => (before === null ? answer.items : [...old, ...answer.items]));
      setNext(answer.next);
      setLoading(false);
    }, (problem: Error) => {
      if (!signal?.aborted) {
        setError(problem);
        setLoading(false);
      }
    });
  };
  useEffect(() => {
    const abort = new AbortController();
    load(null, abort.signal);
    return () => abort.abort();
  }, [query]);
  const columns: TableColumn<AuditEntry>[] = [
    { key: 'number', title: 'No.', align: 'right', isHead: true, value: e => e.number },
    { key: 'time', title: 'When', value: e => e.timeMs, cell: e => <span class="nowrap">{formatTime(e.timeMs, zone, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' })}</span> },
    { key: 'account', title: 'Who', value: e => e.account },
    { key: 'action', title: 'What', value: e => e.action },
    { key: 'subject', title: 'On', value: e => e.subject },
    { key: 'reason', title: 'Why', value: e => e.reason },
    { key: 'hash', title: 'Link', hint: 'The first figures of its hash, which holds the hash before it', value: e => e.hash, cell: e => <code title={e.hash}>{e.hash.slice(0, 8)}</code> },
  ];
  return (
    <main class="page" id="main">
      <div class="page-head"><h1>Audit</h1><p>Every change and every look at raw events, with its reason. Entries are never changed or taken away.</p></div>
      <Panel
        title="Entries" subtitle="newest first" loading={isLoading} flush
        actions={<>
          <input class="input" type="search" placeholder="Account" aria-label="Account" value={account} onChange={e => setAccount(e.currentTarget.value)} />
          <input class="input" type="search" placeholder="Action" aria-label="Action" value={action} onChange={e => setAction(e.currentTarget.value)} />
          <Button icon="download" onClick={() => void getBlob(`/audit?size=1000${query}`, 'text/csv').then(csv => download('audit.csv', csv, 'text/csv'), setError)}>CSV</Button>
        </>}
      >
        {error ? <Failure error={error} onRetry={() => load(null)} /> : !isLoading || rows.length > 0
          ? <DataTable columns={columns} rows={rows} caption="Audit entries" rowKey={e => e.number} empty={<Empty title="No entry fits" />} />
          : <p class="muted">Loading…</p>}
        {next !== null && <p class="table-more"><Button onClick={() => load(next)}>Older entries</Button></p>}
      </Panel>
    </main>
  );
}
