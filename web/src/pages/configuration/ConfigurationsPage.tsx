import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { apiRoot, ProblemError, sendJson } from '../../api/client';
import type { SignalAnswer } from '../../api/types';
import { useCity, useSignals, useSignalsKnown } from '../../state/live';
import { useLoad } from '../../state/load';
import { useMay } from '../../state/session';
import { Link } from '../../state/url';
import { momentOf } from '../../state/zone';
import { Badge, Button, DataTable, Empty, Failure, Panel, type TableColumn } from '../../ui';
import type { ImportPreview } from './answers';
import { Changes } from './Changes';
import './configuration.css';

const columns: TableColumn<SignalAnswer>[] = [
  { key: 'id', title: 'Signal', isHead: true, value: s => s.id, cell: s => <Link href={`/configuration/${encodeURIComponent(s.id)}`}>{s.id}</Link> },
  { key: 'name', title: 'Streets', value: s => s.name },
  { key: 'entered', title: 'Entered', value: s => s.isConfigured, cell: s => (s.isConfigured ? 'yes' : <Badge tone="warn">not yet: see what the log proposes</Badge>) },
  { key: 'approaches', title: 'Approaches', align: 'right', value: s => (s.isConfigured ? s.approachCount : null) },
  { key: 'detectors', title: 'Detectors', align: 'right', value: s => (s.isConfigured ? s.detectorCount : null) },
  { key: 'zone', title: 'Clock', value: s => s.zone },
];

/** How each signal is built, for those who keep it right: what is missing first, tables from elsewhere, and the city's own file. */
export default function ConfigurationsPage(): JSX.Element {
  const signals = useSignals();
  const { isKnown, error } = useSignalsKnown();
  const mayOperate = useMay('operate');
  const open = signals.filter(s => !s.isConfigured).length;
  return (
    <main class="page" id="main">
      <div class="page-head">
        <h1>Configuration</h1>
        <p>{open === 0 ? 'Every signal is entered.' : `${open} of ${signals.length} signals are not entered yet.`}</p>
      </div>
      <Panel title="Signals" loading={!isKnown && !error} error={error} flush>
        {isKnown && (
          <DataTable
            columns={columns} rows={signals} caption="Signals and what is entered of them" rowKey={s => s.id} initialSort={{ key: 'entered', descending: false }}
            empty={<Empty title="No signals yet">Import logs, and each signal proposes its own configuration.</Empty>}
          />
        )}
      </Panel>
      {mayOperate && <ImportPanel />}
      <CityPanel mayOperate={mayOperate} />
    </main>
  );
}

/** Tables from elsewhere: first what they would change, then, if a person says so, the change. */
function ImportPanel(): JSX.Element {
  const city = useCity();
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [isBusy, setBusy] = useState(false);
  const run = <T,>(work: Promise<T>, then: (answer: T) => void) => {
    setBusy(true);
    setError(null);
    work.then(then, setError).finally(() => setBusy(false));
  };
  const show = (files: FileList | null) => {
    if (!files || files.length === 0) {
      return;
    }

    const form = new FormData();
    for (const file of files) {
      form.append('files', file, file.name);
    }

    setDone(null);
    run(sendJson<ImportPreview>('POST', '/configuration/import', form), setPreview);
  };
  const takeable = preview?.signals.filter(s => s.problems.length === 0 && s.changes.length > 0) ?? [];
  return (
    <Panel title="Import" subtitle="JSON files of signals, or CSV tables of signals, approaches and detectors" loading={isBusy}>
      <label class="field">
        <span class="field-label">Files</span>
        <input class="input" type="file" multiple accept=".json,.csv" onChange={e => show(e.currentTarget.files)} />
        <span class="field-hint">You see what would change before anything does.</span>
      </label>
      {error && <Failure error={error} />}
      {done && <p role="status">{done}</p>}
      {preview && (
        <>
          <p>{takeable.length} of {preview.signals.length} signals would change.{preview.issues.length > 0 && ` ${preview.issues.length} rows were not taken as they stand.`}</p>
          {preview.issues.length > 0 && (
            <ul class="problem-list">{preview.issues.slice(0, 50).map((i, n) => <li key={n}>{i.file}, line {i.row}: “{i.value}” – {i.assumed}</li>)}</ul>
          )}
          {preview.signals.filter(s => s.changes.length > 0 || s.problems.length > 0).map(s => (
            <details key={s.signal} class="keep-together">
              <summary>{s.signal}: {s.isNew ? 'new, ' : ''}{s.changes.length} settings{s.validFromMs !== null && ` from ${momentOf(s.validFromMs, city?.zone ?? 'UTC')}`}{s.problems.length > 0 && <> <Badge tone="bad">cannot be taken</Badge></>}</summary>
              {s.problems.length > 0 && <ul class="problem-list">{s.problems.map(p => <li key={p.message}>{p.message} <span class="muted">({p.code})</span></li>)}</ul>}
              <Changes changes={s.changes} caption={`What changes at signal ${s.signal}`} />
            </details>
          ))}
          <div class="desk-row">
            <Button
              kind="main" disabled={takeable.length === 0 || isBusy}
              onClick={() => run(sendJson<{ signals: string[]; changes: number }>('POST', `/configuration/import/${encodeURIComponent(preview.id)}/accept`, { signals: takeable.map(s => s.signal) }), answer => {
                setDone(`${answer.changes} settings of ${answer.signals.length} signals were changed.`);
                setPreview(null);
              })}
            >Take {takeable.length} {takeable.length === 1 ? 'signal' : 'signals'}</Button>
            <Button onClick={() => setPreview(null)}>Leave it</Button>
          </div>
        </>
      )}
    </Panel>
  );
}

/** The file with the tag that tells whether somebody else has changed it since. */
async function readCity(signal: AbortSignal): Promise<{ text: string; tag: string }> {
  const answer = await fetch(`${apiRoot}/city/file`, { signal, credentials: 'same-origin' });
  if (!answer.ok) {
    throw new ProblemError(answer.status, [{ code: '', where: 'city', message: 'The city file cannot be read.' }]);
  }

  return { text: await answer.text(), tag: answer.headers.get('ETag') ?? '*' };
}

/** The city's own file: its name, its clock, and its corridors. */
function CityPanel({ mayOperate }: { mayOperate: boolean }): JSX.Element {
  const loaded = useLoad('city file', readCity);
  const [text, setText] = useState<string | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [isSaved, setSaved] = useState(false);
  const save = async () => {
    setError(null);
    try {
      await sendJson('PUT', '/city/file', text!, { 'If-Match': loaded.data!.tag, 'Content-Type': 'application/json' });
      setSaved(true);
      setText(null);
      loaded.reload();
    } catch (problem) {
      setError(problem as Error);
    }
  };
  return (
    <Panel title="City and corridors" subtitle="city.json" loading={loaded.isLoading} error={loaded.error} onRetry={loaded.reload}>
      <label class="field">
        <span class="visually-hidden">The city file</span>
        <textarea
          class="json-editor" spellcheck={false} readOnly={!mayOperate} aria-label="The city file" value={text ?? loaded.data?.text ?? ''}
          onInput={e => {
            setText(e.currentTarget.value);
            setSaved(false);
          }}
        />
      </label>
      {error && <Failure error={error} />}
      {isSaved && <p role="status">Saved; the map and the corridors follow it now.</p>}
      {mayOperate && <div class="desk-row"><Button kind="main" disabled={text === null} onClick={() => void save()}>Save</Button><Button disabled={text === null} onClick={() => setText(null)}>Undo</Button></div>}
    </Panel>
  );
}
