import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { getBlob, getJson, ProblemError, sendJson } from '../../api/client';
import { download } from '../../plot/export';
import { useNow, useSignal } from '../../state/live';
import { useLoad } from '../../state/load';
import { useMay } from '../../state/session';
import { Link, useRoute, useUrlState } from '../../state/url';
import { lengthOf, momentOf } from '../../state/zone';
import { Badge, Button, DataTable, Empty, Failure, Panel, shareText, type TableColumn } from '../../ui';
import { openFields, partOf, type ConfigurationAnswer, type DiffAnswer, type ProposalAnswer, type VersionAnswer } from './answers';
import { Changes } from './Changes';
import './configuration.css';

/** One signal's configuration: its versions and what changed between them, what the log proposes, and the whole text to edit. */
export default function ConfigurationPage(): JSX.Element {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const path = `/signals/${encodeURIComponent(id)}/configuration`;
  const signal = useSignal(id);
  const zone = signal?.zone ?? 'UTC';
  const mayOperate = useMay('operate');
  const loaded = useLoad(`configuration ${id}`, abort => getJson<ConfigurationAnswer>(path, { signal: abort }), id);
  useEffect(() => {
    document.title = `Configuration of ${id} · Crosstown`;
  }, [id]);
  return (
    <main class="page" id="main">
      <div class="page-head">
        <h1>{signal?.name || `Signal ${id}`} <span class="muted">{id}</span></h1>
        <p>How this signal is built and timed, from when on.</p>
        <div class="page-actions"><Link class="button" href={`/signals/${encodeURIComponent(id)}`}>Charts</Link><Link class="button" href="/configuration">All signals</Link></div>
      </div>
      {loaded.error && <Failure error={loaded.error} onRetry={loaded.reload} />}
      {loaded.data && (
        <>
          <Proposal id={id} zone={zone} mayOperate={mayOperate} isOpen={loaded.data.current === null || !signal?.isConfigured} onAccepted={loaded.reload} />
          <Versions id={id} zone={zone} answer={loaded.data} />
          <Editor key={loaded.data.entityTag} id={id} answer={loaded.data} mayOperate={mayOperate} onSaved={loaded.reload} />
        </>
      )}
      {!loaded.data && !loaded.error && <p class="muted" aria-busy="true">Loading…</p>}
    </main>
  );
}

function startOf(version: VersionAnswer, zone: string): string {
  return version.validFromMs === null ? 'the beginning' : momentOf(version.validFromMs, zone);
}

function Versions({ id, zone, answer }: { id: string; zone: string; answer: ConfigurationAnswer }): JSX.Element {
  const nameOf = (v: VersionAnswer) => (v.validFromMs === null ? 'beginning' : String(v.validFromMs));
  const [before, setBefore] = useUrlState('before', '');
  const [after, setAfter] = useUrlState('after', 'current');
  const choices: [string, string][] = [...answer.versions.map<[string, string]>(v => [nameOf(v), `from ${startOf(v, zone)}`]), ['current', 'what holds now'], ...(answer.proposalState === 'ready' ? [['proposal', 'what the log proposes'] as [string, string]] : [])];
  const from = before || choices[0]?.[0] || 'beginning';
  const diff = useLoad(
    answer.versions.length > 0 ? `diff ${id} ${from} ${after} ${answer.entityTag}` : null,
    signal => getJson<DiffAnswer>(`/signals/${encodeURIComponent(id)}/configuration/diff?before=${from}&after=${after}`, { signal }));
  const columns: TableColumn<VersionAnswer>[] = [
    { key: 'from', title: 'From', isHead: true, value: v => v.validFromMs ?? -1, cell: v => <>{startOf(v, zone)} {v.isCurrent && <Badge tone="info">holds now</Badge>}</> },
    { key: 'to', title: 'To', value: v => v.validToMs, cell: v => (v.validToMs === null ? 'open' : momentOf(v.validToMs, zone)) },
    { key: 'phases', title: 'Phases', align: 'right', value: v => v.phases },
    { key: 'detectors', title: 'Detectors', align: 'right', value: v => v.detectors },
    { key: 'approaches', title: 'Approaches', align: 'right', value: v => v.approaches },
    { key: 'overlaps', title: 'Overlaps', align: 'right', value: v => v.overlaps },
    { key: 'patterns', title: 'Patterns', align: 'right', value: v => v.patterns },
  ];
  const takeText = () => {
    getBlob(`/signals/${encodeURIComponent(id)}/configuration/diff?before=${from}&after=${after}`, 'text/plain').then(text => download(`${id}-changes.txt`, text, 'text/plain'), () => diff.reload());
  };
  return (
    <Panel title="Versions" subtitle="Old logs are read with the version of their time" flush>
      <DataTable columns={columns} rows={answer.versions} caption="Versions of the configuration" rowKey={v => v.validFromMs ?? 'beginning'} empty={<Empty title="Nothing is entered yet" />} />
      {answer.versions.length > 0 && (
        <div class="desk-body">
          <div class="desk-row">
            <label class="field is-inline"><span>What changed from</span>
              <select class="input" value={from} onChange={e => setBefore(e.currentTarget.value)}>{choices.map(([name, word]) => <option key={name} value={name}>{word}</option>)}</select>
            </label>
            <label class="field is-inline"><span>to</span>
              <select class="input" value={after} onChange={e => setAfter(e.currentTarget.value)}>{choices.map(([name, word]) => <option key={name} value={name}>{word}</option>)}</select>
            </label>
            <Button icon="download" onClick={takeText}>As text</Button>
          </div>
          {diff.error ? <Failure error={diff.error} onRetry={diff.reload} /> : diff.data && (diff.data.changes.length === 0 ? <p class="muted">Nothing differs.</p> : <Changes changes={diff.data.changes} caption={`Settings that differ between ${diff.data.before} and ${diff.data.after}`} />)}
        </div>
      )}
    </Panel>
  );
}

function Proposal({ id, zone, mayOperate, isOpen, onAccepted }: { id: string; zone: string; mayOperate: boolean; isOpen: boolean; onAccepted(): void }): JSX.Element {
  const path = `/signals/${encodeURIComponent(id)}/configuration/proposal`;
  const loaded = useLoad(`proposal ${id}`, signal => getJson<ProposalAnswer>(path, { signal }), id);
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [isDone, setDone] = useState(false);
  const now = useNow();
  const answer = loaded.data;
  const isWorking = answer?.state === 'queued' || answer?.state === 'running';
  useEffect(() => {
    if (!isWorking) {
      return;
    }

    const timer = setTimeout(loaded.reload, 2000);
    return () => clearTimeout(timer);
  }, [isWorking, loaded.atMs]);
  const rows = useMemo(() => openFields(answer?.fields ?? []), [answer]);
  const taken = chosen ?? new Set(rows.filter(r => r.isChosen).map(r => r.field));
  const unsaid = answer?.fields.filter(f => f.proposed === null) ?? [];
  const same = answer?.fields.filter(f => f.isSame).length ?? 0;
  const set = (fields: string[], on: boolean) => {
    const next = new Set(taken);
    fields.forEach(f => (on ? next.add(f) : next.delete(f)));
    setChosen(next);
  };
  const learn = () => {
    setError(null);
    setDone(false);
    setChosen(null);
    sendJson('POST', path).then(loaded.reload, setError);
  };
  const accept = () => {
    setError(null);
    sendJson('POST', `${path}/accept`, { fields: [...taken] }, { 'If-Match': `"${answer!.entityTag}"` }).then(() => {
      setDone(true);
      setChosen(null);
      loaded.reload();
      onAccepted();
    }, setError);
  };
  const groups = [...new Set(rows.map(r => partOf(r.field)))];
  return (
    <Panel
      title="Proposal from the log" loading={loaded.isLoading && !answer} error={loaded.error} onRetry={loaded.reload}
      subtitle={answer?.learnedMs ? `learned ${lengthOf(now - answer.learnedMs)} ago from ${answer.events?.toLocaleString('en-US')} events` : undefined}
      actions={mayOperate ? <Button onClick={learn} disabled={isWorking}>{answer?.state === 'ready' ? 'Learn again' : 'Learn from the log'}</Button> : undefined}
    >
      {error && <Failure error={error} />}
      {isDone && <p role="status">Taken: a new version holds from now on.</p>}
      {isWorking && <p role="status">{answer?.state === 'queued' && answer.ahead > 0 ? `Waits for ${answer.ahead} other signals.` : 'The log is being read…'}</p>}
      {answer?.state === 'failed' && <Failure error="Reading the log failed; look at the import page for damaged files, and learn again." />}
      {answer?.state === 'none' && <Empty title="Nothing is proposed yet">The log may be too short still, or nobody has asked.</Empty>}
      {answer && answer.fields.length > 0 && (
        rows.length === 0
          ? <p>The log agrees with all {same} settings that it can tell.{unsaid.length > 0 && ` Of ${unsaid.length} more it does not say enough.`}</p>
          : (
            <details open={isOpen}>
              <summary>{rows.length} settings to decide, {same} agree with what is entered{unsaid.length > 0 && `, ${unsaid.length} that the log does not tell`}</summary>
              <p class="muted">Chosen by themselves: what nothing else is entered for, with a confidence of {shareText(answer.sureEnough)} or more. Read from {answer.fromMs !== null && momentOf(answer.fromMs, zone)} to {answer.toMs !== null && momentOf(answer.toMs, zone)}.</p>
              <div class="table-frame scrolls-itself" tabIndex={0} role="region" aria-label="Proposed settings">
                <table class="table changes">
                  <caption class="visually-hidden">Proposed settings</caption>
                  <thead><tr><th scope="col">Take</th><th scope="col">Setting</th><th scope="col">Now</th><th scope="col">Proposed</th><th scope="col">Confidence</th><th scope="col">What it rests on</th></tr></thead>
                  {groups.map(group => {
                    const own = rows.filter(r => partOf(r.field) === group);
                    const all = own.every(r => taken.has(r.field));
                    return (
                      <tbody key={group}>
                        <tr>
                          <td><label class="check"><input type="checkbox" disabled={!mayOperate} checked={all} onChange={e => set(own.map(r => r.field), e.currentTarget.checked)} /><span class="visually-hidden">All of {group}</span></label></td>
                          <th scope="rowgroup" colSpan={5}>{group}</th>
                        </tr>
                        {own.map(r => (
                          <tr key={r.field}>
                            <td><label class="check"><input type="checkbox" disabled={!mayOperate} checked={taken.has(r.field)} onChange={e => set([r.field], e.currentTarget.checked)} /><span class="visually-hidden">Take {r.field}</span></label></td>
                            <td><code>{r.field}</code></td>
                            <td>{r.now ?? <span class="missing">not given</span>}</td>
                            <td><strong>{r.proposed}</strong></td>
                            <td class="nowrap">{r.confidence === null ? <span class="missing">–</span> : <><span class="confidence" aria-hidden="true"><i style={{ width: `${Math.round(r.confidence * 100)}%` }} /></span> {shareText(r.confidence)}</>}</td>
                            <td class="muted">{r.basis}</td>
                          </tr>
                        ))}
                      </tbody>
                    );
                  })}
                </table>
              </div>
              {mayOperate && <div class="desk-row"><Button kind="main" disabled={taken.size === 0} onClick={accept}>Accept {taken.size} settings</Button><span class="muted">They hold from now on; what was before stays for old logs.</span></div>}
            </details>
          )
      )}
    </Panel>
  );
}

function Editor({ id, answer, mayOperate, onSaved }: { id: string; answer: ConfigurationAnswer; mayOperate: boolean; onSaved(): void }): JSX.Element {
  const original = useMemo(() => JSON.stringify(answer.current ?? { signal: id }, null, 2), [answer]);
  const [text, setText] = useState(original);
  const [starts, setStarts] = useState<'now' | 'as-written'>('now');
  const [diff, setDiff] = useState<DiffAnswer | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const compare = () => {
    setError(null);
    sendJson<DiffAnswer>('POST', `/signals/${encodeURIComponent(id)}/configuration/diff`, text, { 'Content-Type': 'application/json' }).then(setDiff, setError);
  };
  const save = () => {
    setError(null);
    sendJson('PUT', `/signals/${encodeURIComponent(id)}/configuration?starts=${starts}`, text, { 'If-Match': `"${answer.entityTag}"`, 'Content-Type': 'application/json' }).then(onSaved, setError);
  };
  return (
    <Panel title="As text" subtitle="The signal's file, as its schema describes it" actions={<Button icon="download" onClick={() => download(`${id}.json`, original, 'application/json')}>Download</Button>}>
      <textarea
        class="json-editor" spellcheck={false} readOnly={!mayOperate} aria-label="Configuration as JSON" value={text}
        onInput={e => {
          setText(e.currentTarget.value);
          setDiff(null);
        }}
      />
      {error && <Failure error={error} />}
      {error instanceof ProblemError && error.status === 412 && <p><Button onClick={onSaved}>Load what is there now</Button></p>}
      {diff && diff.problems.length > 0 && <><p>It cannot be saved as it stands:</p><ul class="problem-list">{diff.problems.map(p => <li key={p.where + p.message}>{p.where}: {p.message} <span class="muted">({p.code})</span></li>)}</ul></>}
      {diff && diff.problems.length === 0 && (diff.changes.length === 0 ? <p class="muted">Nothing differs.</p> : <Changes changes={diff.changes} caption="What your text changes" />)}
      {mayOperate && (
        <div class="desk-row">
          <Button disabled={text === original} onClick={compare}>Show what changes</Button>
          <label class="field is-inline"><span>Holds</span>
            <select class="input" value={starts} onChange={e => setStarts(e.currentTarget.value as 'now' | 'as-written')}>
              <option value="now">from now on, as a new version</option>
              <option value="as-written">from the time written in it: it was so since then</option>
            </select>
          </label>
          <Button kind="main" disabled={!diff || diff.problems.length > 0 || diff.changes.length === 0} onClick={save}>Save</Button>
          <Button disabled={text === original} onClick={() => {
            setText(original);
            setDiff(null);
          }}>Undo</Button>
        </div>
      )}
    </Panel>
  );
}
