import type { JSX } from 'preact';
import { getJson } from '../../api/client';
import { useCity } from '../../state/live';
import { useLoad } from '../../state/load';
import { Link, useRoute } from '../../state/url';
import { momentOf } from '../../state/zone';
import { DataTable, Empty, Failure, Panel, type TableColumn } from '../../ui';
import { bytesText, doorWord, issueWord, type ImportAnswer } from './answers';

type FileRow = ImportAnswer['files'][number];
type CountRow = ImportAnswer['counts'][number];
type ExampleRow = ImportAnswer['examples'][number];

const files: TableColumn<FileRow>[] = [
  { key: 'name', title: 'File', isHead: true, value: f => f.name },
  { key: 'format', title: 'Format', value: f => f.format, cell: f => f.format ?? 'not known' },
  { key: 'signal', title: 'Signal', value: f => f.signal ?? (f.signals > 1 ? `${f.signals} signals` : null), cell: f => (f.signal ? <Link href={`/signals/${encodeURIComponent(f.signal)}`}>{f.signal}</Link> : f.signals > 1 ? `${f.signals} signals` : <span class="missing">none</span>) },
  { key: 'events', title: 'Events', align: 'right', value: f => f.events },
  { key: 'refused', title: 'Rows left out', align: 'right', value: f => f.rowsRefused },
  { key: 'bytes', title: 'Size', align: 'right', value: f => f.bytes, cell: f => bytesText(f.bytes) },
];

const counts: TableColumn<CountRow>[] = [
  { key: 'kind', title: 'What', isHead: true, value: c => issueWord(c.kind) },
  { key: 'source', title: 'Where', value: c => c.source },
  { key: 'issues', title: 'How often', align: 'right', value: c => c.issues },
];

const examples: TableColumn<ExampleRow>[] = [
  { key: 'kind', title: 'What', isHead: true, value: e => issueWord(e.kind) },
  { key: 'source', title: 'File', value: e => e.source },
  { key: 'position', title: 'At', hint: 'Line, record or byte, as the format counts them', align: 'right', value: e => (e.position > 0 ? e.position : null) },
  { key: 'value', title: 'Value', value: e => e.value, cell: e => (e.value ? <code>{e.value}</code> : <span class="missing">–</span>) },
  { key: 'assumed', title: 'What was done', value: e => e.assumed },
];

/** One import: its files, and everything that was wrong with them. */
export default function ImportPage(): JSX.Element {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const zone = useCity()?.zone ?? 'UTC';
  const loaded = useLoad(`import ${id}`, signal => getJson<ImportAnswer>(`/imports/${encodeURIComponent(id)}`, { signal }), id);
  const answer = loaded.data;
  return (
    <main class="page" id="main" aria-busy={answer || loaded.error ? undefined : 'true'}>
      <div class="page-head">
        <h1>Import {id}</h1>
        {answer && <p>{momentOf(answer.import.endedMs, zone)}, {doorWord(answer.import.door)}: {answer.import.eventsAdded.toLocaleString('en-US')} new events, {answer.import.duplicates.toLocaleString('en-US')} known already, {answer.import.rowsRefused.toLocaleString('en-US')} rows left out. This record is kept until {momentOf(answer.keptUntilMs, zone)}.</p>}
        <div class="page-actions"><Link class="button" href="/imports">All imports</Link></div>
      </div>
      {loaded.error && <Failure error={loaded.error} onRetry={loaded.reload} />}
      {answer && (
        <>
          <Panel title="Issues" flush><DataTable columns={counts} rows={answer.counts} caption="Issues by kind and file" rowKey={c => c.kind + c.source} initialSort={{ key: 'issues', descending: true }} empty={<Empty title="Nothing was wrong" />} /></Panel>
          {answer.examples.length > 0 && <Panel title="The first of each kind" flush><DataTable columns={examples} rows={answer.examples} caption="Examples of issues" rowKey={e => `${e.kind} ${e.source} ${e.position} ${e.value}`} /></Panel>}
          <Panel title="Files" flush><DataTable columns={files} rows={answer.files} caption="Files of this import" rowKey={f => f.name} empty={<Empty title="No files">Events came as a batch.</Empty>} /></Panel>
        </>
      )}
    </main>
  );
}
