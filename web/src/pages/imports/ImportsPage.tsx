import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { getJson, sendJson } from '../../api/client';
import type { PageAnswer } from '../../api/types';
import { useCity } from '../../state/live';
import { useLoad } from '../../state/load';
import { Link, useUrlState } from '../../state/url';
import { lengthOf, momentOf } from '../../state/zone';
import { Button, DataTable, Empty, Failure, Panel, type TableColumn } from '../../ui';
import '../configuration/configuration.css';
import { bytesText, doorWord, issueWord, type ImportRow, type IntakeAnswer } from './answers';

/** What came in, by which way, and what was wrong with it; and a place to hand files in. */
export default function ImportsPage(): JSX.Element {
  const zone = useCity()?.zone ?? 'UTC';
  const [door, setDoor] = useUrlState('door', '');
  const [withIssues, setWithIssues] = useUrlState('issues', '');
  const loaded = useLoad(`imports ${door} ${withIssues}`, signal => getJson<PageAnswer<ImportRow>>(`/imports?size=500${door && `&door=${door}`}${withIssues === '1' ? '&issues=true' : ''}`, { signal }));
  const columns: TableColumn<ImportRow>[] = [
    { key: 'at', title: 'Ended', isHead: true, value: r => r.endedMs, cell: r => <Link href={`/imports/${r.id}`}>{momentOf(r.endedMs, zone)}</Link> },
    { key: 'door', title: 'By', value: r => doorWord(r.door) },
    { key: 'files', title: 'Files', align: 'right', value: r => r.files },
    { key: 'bytes', title: 'Size', align: 'right', value: r => r.bytes, cell: r => bytesText(r.bytes) },
    { key: 'added', title: 'New events', align: 'right', value: r => r.eventsAdded },
    { key: 'known', title: 'Known already', align: 'right', value: r => r.duplicates },
    { key: 'refused', title: 'Rows left out', align: 'right', value: r => r.rowsRefused },
    { key: 'issues', title: 'Issues', align: 'right', value: r => r.issues },
    { key: 'took', title: 'Took', align: 'right', value: r => r.endedMs - r.startedMs, cell: r => lengthOf(r.endedMs - r.startedMs) },
  ];
  return (
    <main class="page" id="main">
      <div class="page-head">
        <h1>Imports</h1>
        <p>Logs that were handed in, sent or fetched. The same file again changes nothing.</p>
      </div>
      <HandIn onDone={loaded.reload} />
      <Panel
        title="What came in" subtitle={loaded.data ? `${loaded.data.total.toLocaleString('en-US')} in 90 days` : undefined} loading={loaded.isLoading} error={loaded.error} onRetry={loaded.reload} flush
        actions={<>
          <select class="input" aria-label="By which way" value={door} onChange={e => setDoor(e.currentTarget.value)}>
            <option value="">All ways</option>
            {['upload', 'push', 'poll', 'command-line'].map(d => <option key={d} value={d}>{doorWord(d)}</option>)}
          </select>
          <label class="check"><input type="checkbox" checked={withIssues === '1'} onChange={e => setWithIssues(e.currentTarget.checked ? '1' : '')} />With issues only</label>
        </>}
      >
        {loaded.data && <DataTable columns={columns} rows={loaded.data.items} caption="Imports, newest first" rowKey={r => r.id} empty={<Empty title="Nothing came in yet">Hand in files above, or let a source fetch them.</Empty>} />}
      </Panel>
    </main>
  );
}

function HandIn({ onDone }: { onDone(): void }): JSX.Element {
  const [isOver, setOver] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<IntakeAnswer | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const send = (files: FileList | null | undefined) => {
    if (!files || files.length === 0) {
      return;
    }

    const form = new FormData();
    for (const file of files) {
      form.append('files', file, file.name);
    }

    setBusy(true);
    setError(null);
    setAnswer(null);
    sendJson<IntakeAnswer>('POST', '/files', form).then(a => {
      setAnswer(a);
      onDone();
    }, setError).finally(() => {
      setBusy(false);
      if (input.current) {
        input.current.value = '';
      }
    });
  };
  return (
    <Panel title="Hand in log files" subtitle=".dat, .datZ, .xml, .csv, .ndjson, packed with gzip or not; 64 MiB at a time" loading={isBusy}>
      <div
        class={`drop-zone${isOver ? ' is-over' : ''}`}
        onDragOver={e => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={e => {
          e.preventDefault();
          setOver(false);
          send(e.dataTransfer?.files);
        }}
      >
        <label class="field">
          <span class="field-label">Files, or drop them here</span>
          <input ref={input} class="input" type="file" multiple disabled={isBusy} onChange={e => send(e.currentTarget.files)} />
        </label>
        {isBusy && <p role="status">Reading; what is acknowledged is on the disk.</p>}
      </div>
      {error && <Failure error={error} />}
      {answer && (
        <div role="status">
          <p><strong>{answer.added.toLocaleString('en-US')}</strong> new events of {answer.taken.toLocaleString('en-US')} taken{answer.refused > 0 && `, ${answer.refused.toLocaleString('en-US')} rows left out`}{answer.issueCount > 0 && `, ${answer.issueCount.toLocaleString('en-US')} issues`}.</p>
          <ul class="problem-list">
            {answer.files.map(f => <li key={f.name}>{f.name}: {f.format === null ? 'no reader knows its content' : `${f.format}, ${f.events.toLocaleString('en-US')} events of ${f.signals.join(', ') || 'no signal'}`}</li>)}
            {answer.issues.map((i, n) => <li key={n}>{issueWord(i.kind)} in {i.source}{i.position > 0 && `, at ${i.position.toLocaleString('en-US')}`}{i.value && <>: <code>{i.value}</code></>} – {i.assumed}</li>)}
          </ul>
          <Button onClick={() => setAnswer(null)}>Done</Button>
        </div>
      )}
    </Panel>
  );
}
