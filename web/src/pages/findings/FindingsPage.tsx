import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { getJson, sendJson } from '../../api/client';
import type { Finding, FindingCause, FindingsAnswer, FindingSeverity, SignalAnswer } from '../../api/types';
import { nowMs as serverNow, useCity, useFindingsCount, useNow, useSignals } from '../../state/live';
import { useLoad } from '../../state/load';
import { useMay } from '../../state/session';
import { Link, setUrlKeys, useUrlState } from '../../state/url';
import { lengthOf, momentOf } from '../../state/zone';
import { amountText } from '../map/amounts';
import { Badge, Button, Dialog, Empty, Failure, Panel, shareText, Sparkline } from '../../ui';
import { causes, groupByCause, isSnoozed, severities, snoozeDays, snoozeReasons, snoozeWords } from './findings';
import '../signals/chips.css';
import './findings.css';

const dayMs = 86_400_000;

/** Findings of a cause that are shown at first. */
const groupRows = 40;

/** What the logs themselves tell to be wrong: what, since when, with the evidence and what to do. */
export default function FindingsPage(): JSX.Element {
  const city = useCity();
  const zone = city?.zone ?? 'UTC';
  const signals = useSignals();
  const count = useFindingsCount();
  const now = useNow();
  const mayOperate = useMay('operate');
  const [causeText, setCause] = useUrlState('cause', '');
  const [severityText, setSeverity] = useUrlState('severity', '');
  const [signal] = useUrlState('signal', '');
  const [snoozedText, setSnoozed] = useUrlState('snoozed', '');
  const [asking, setAsking] = useState<Finding | null>(null);
  const [isWhole, setWhole] = useState<ReadonlySet<FindingCause>>(new Set());
  const [failure, setFailure] = useState<Error | null>(null);

  // The list itself is watched on the server; it is asked for again when its length changed, and at least each minute.
  const minute = Math.floor(now / 60_000);
  const loaded = useLoad(`findings ${count} ${minute}`, abort => getJson<FindingsAnswer>('/findings?limit=20000', { signal: abort }));
  const names = useMemo(() => new Map(signals.map(s => [s.id, s])), [signals]);
  const all = loaded.data?.items ?? [];
  const ofSignal = all.filter(f => signal === '' || f.signal === signal);
  const awake = ofSignal.filter(f => !isSnoozed(f, now));
  const inScope = snoozedText === '1' ? ofSignal : awake;
  const bySeverity = inScope.filter(f => severityText === '' || f.severity === severityText);
  const shown = bySeverity.filter(f => causeText === '' || f.cause === causeText);
  const snoozed = ofSignal.length - awake.length;

  const wake = (finding: Finding) => {
    setFailure(null);
    sendJson('DELETE', `/findings/${encodeURIComponent(finding.id)}/snooze`).then(loaded.reload, setFailure);
  };

  return (
    <main class="page" id="main">
      <div class="page-head">
        <h1>Findings</h1>
        <p>What the logs say is wrong{signal !== '' && <> at <Link href={`/signals/${encodeURIComponent(signal)}`}>{signal}</Link></>}. Repeats are folded into one line.{loaded.data && <> <span class="muted">Looked at {lengthOf(now - loaded.data.checkedMs)} ago{loaded.data.pending > 0 && `; ${loaded.data.pending.toLocaleString('en-US')} signals are still to be looked at`}.</span></>}</p>
        <div class="page-actions">
          {signal !== '' && <Button onClick={() => setUrlKeys({ signal: null }, 'push')}>All signals</Button>}
          <label class="check">
            <input type="checkbox" checked={snoozedText === '1'} onChange={e => setSnoozed(e.currentTarget.checked ? '1' : '')} />
            Show snoozed{snoozed > 0 && ` (${snoozed})`}
          </label>
        </div>
      </div>
      {failure && <Failure error={failure} />}
      {!loaded.data ? (
        <Panel title="Open findings" loading={loaded.isLoading} error={loaded.error} onRetry={loaded.reload}>
          <p class="muted">Loading…</p>
        </Panel>
      ) : (
        <>
          {loaded.error && <Failure error={loaded.error} onRetry={loaded.reload} />}
          <div class="finding-filters">
            <Choice label="Severity" chosen={severityText} onChoose={setSeverity} options={severities.map(s => ({ name: s.name, word: s.word, title: '', count: inScope.filter(f => f.severity === s.name).length, mark: s.mark, tone: s.tone }))} />
            <Choice label="Cause" chosen={causeText} onChoose={setCause} options={causes.map(c => ({ name: c.name, word: c.word, title: c.explains, count: bySeverity.filter(f => f.cause === c.name).length }))} />
          </div>
          {shown.length === 0 && (
            <Panel title="Open findings">
              {inScope.length === 0
                ? <Empty title="Nothing is found wrong">{snoozed > 0 ? `${snoozed} ${snoozed === 1 ? 'finding is' : 'findings are'} snoozed.` : 'The watchdog looks at every signal as its log arrives.'}</Empty>
                : <Empty title="No finding fits">Take a filter away to see more.</Empty>}
            </Panel>
          )}
          {groupByCause(shown).map(({ cause, findings }) => {
            const rows = isWhole.has(cause.name) ? findings : findings.slice(0, groupRows);
            return (
              <Panel key={cause.name} title={cause.word} subtitle={`${findings.length.toLocaleString('en-US')} · ${cause.explains}`} flush>
                <ul class="findings">
                  {rows.map(f => (
                    <Row key={f.id} finding={f} signal={names.get(f.signal)} zone={names.get(f.signal)?.zone ?? zone} now={now} mayOperate={mayOperate} onSnooze={() => setAsking(f)} onWake={() => wake(f)} />
                  ))}
                </ul>
                {rows.length < findings.length && <p class="table-more"><Button onClick={() => setWhole(new Set([...isWhole, cause.name]))}>Show {(findings.length - rows.length).toLocaleString('en-US')} more</Button></p>}
              </Panel>
            );
          })}
        </>
      )}
      {asking && <SnoozeDialog finding={asking} zone={zone} onClose={() => setAsking(null)} onDone={() => {
        setAsking(null);
        loaded.reload();
      }} />}
    </main>
  );
}

function Choice({ label, chosen, onChoose, options }: { label: string; chosen: string; onChoose(name: string, how: 'push'): void; options: { name: FindingCause | FindingSeverity; word: string; title: string; count: number; mark?: string; tone?: string }[] }): JSX.Element {
  return (
    <div class="chips" role="group" aria-label={label}>
      {options.map(o => (
        <button key={o.name} type="button" class={`chip${o.count === 0 ? ' is-none' : ''}`} title={o.title} aria-pressed={chosen === o.name} onClick={() => onChoose(chosen === o.name ? '' : o.name, 'push')}>
          {o.mark && <span class={`severity-mark is-${o.tone}`} aria-hidden="true">{o.mark}</span>}
          {o.word}
          <strong class="numbers">{o.count}</strong>
        </button>
      ))}
    </div>
  );
}

function Row({ finding: f, signal, zone, now, mayOperate, onSnooze, onWake }: { finding: Finding; signal: SignalAnswer | undefined; zone: string; now: number; mayOperate: boolean; onSnooze(): void; onWake(): void }): JSX.Element {
  const severity = severities.find(s => s.name === f.severity) ?? severities[2]!;
  const amount = (value: number) => amountText(value, f.unit ?? '');
  const snoozed = isSnoozed(f, now);
  const place = f.cause === 'detector' && f.number !== null ? `/signals/${encodeURIComponent(f.signal)}/detectors/${f.number}` : `/signals/${encodeURIComponent(f.signal)}`;
  return (
    <li class={`finding${snoozed ? ' is-snoozed' : ''}`}>
      <div class="finding-what">
        <Badge tone={severity.tone}><span aria-hidden="true">{severity.mark}</span>{severity.word}</Badge>
        {f.signal === '' ? <strong>The city as a whole</strong> : <Link href={place}><strong>{f.signal}</strong> {signal?.name}</Link>}
        <p class="finding-title">{f.title}</p>
        <p class="finding-action">{f.action}</p>
      </div>
      <dl class="finding-facts numbers">
        <div><dt>Since</dt><dd><time dateTime={new Date(f.sinceMs).toISOString()}>{momentOf(f.sinceMs, zone)}</time> <span class="muted">({lengthOf(now - f.sinceMs)})</span></dd></div>
        <div><dt>Last seen</dt><dd>{lengthOf(now - f.lastMs)} ago{f.count > 1 && `, ${f.count.toLocaleString('en-US')} times`}</dd></div>
        {f.value !== null && <div><dt>Value</dt><dd>{amount(f.value)}{f.limit !== null && <span class="muted"> (limit {amount(f.limit)})</span>}</dd></div>}
        {f.seenShare !== null && f.seenShare < 0.995 && <div><dt>Seen</dt><dd>{shareText(f.seenShare)} of the time</dd></div>}
      </dl>
      <div class="finding-evidence">
        {f.evidence.some(p => p.v !== null)
          ? <Sparkline points={f.evidence} limit={f.limit} width={200} height={40} label={`${f.title}: ${f.evidence.filter(p => p.v !== null).length} values${f.limit === null ? '' : `, limit ${amount(f.limit)}`}`} />
          : <span class="muted">no series</span>}
      </div>
      <div class="finding-actions no-print">
        {snoozed && f.snooze && <span class="muted">Silent until {momentOf(f.snooze.untilMs, zone)}: {snoozeWords(f.snooze.reason)}</span>}
        {mayOperate && (snoozed ? <Button onClick={onWake}>Wake</Button> : <Button onClick={onSnooze}>Snooze…</Button>)}
      </div>
    </li>
  );
}

function SnoozeDialog({ finding, zone, onClose, onDone }: { finding: Finding; zone: string; onClose(): void; onDone(): void }): JSX.Element {
  const [days, setDays] = useState<number>(7);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<Error | null>(null);
  const [isBusy, setBusy] = useState(false);
  const untilMs = Math.floor(serverNow() / 60_000) * 60_000 + days * dayMs;
  const send = () => {
    setBusy(true);
    sendJson('POST', `/findings/${encodeURIComponent(finding.id)}/snooze`, { untilMs, reason }).then(onDone, (problem: Error) => {
      setError(problem);
      setBusy(false);
    });
  };
  return (
    <Dialog
      title="Snooze this finding"
      onClose={onClose}
      foot={<><Button onClick={onClose}>Cancel</Button><Button kind="main" disabled={reason === '' || isBusy} onClick={send}>Snooze</Button></>}
    >
      <p>{finding.signal !== '' && <strong>{finding.signal}: </strong>}{finding.title}</p>
      <div class="field">
        <span class="field-label" id="snooze-days">For</span>
        <div class="button-group" role="group" aria-labelledby="snooze-days">
          {snoozeDays.map(d => <Button key={d} pressed={days === d} onClick={() => setDays(d)}>{d} {d === 1 ? 'day' : 'days'}</Button>)}
        </div>
        <span class="field-hint">until {momentOf(untilMs, zone)}</span>
      </div>
      <fieldset class="choices">
        <legend class="field-label">Why</legend>
        {snoozeReasons.map(([name, word]) => (
          <label key={name} class="choice">
            <input type="radio" name="snooze-reason" checked={reason === name} onChange={() => setReason(name)} />
            <span>{word}</span>
          </label>
        ))}
      </fieldset>
      {error && <Failure error={error} />}
    </Dialog>
  );
}
