import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { sendJson } from '../../api/client';
import { useNow } from '../../state/live';
import { useSession } from '../../state/session';
import { formatTime, momentOf } from '../../state/zone';
import { Button, Dialog, Failure, Field, Icon, Panel } from '../../ui';
import { actWords, originWords, reasonWord, stateWords, wayOf, type RetimingAct, type RetimingDetail, type RetimingPossible, type RetimingState } from './answers';

const paths: Record<RetimingAct, string> = { propose: 'propose', approve: 'approve', decline: 'decline', 'enter-field': 'field', keep: 'keep', 'roll-back': 'roll-back' };

/** Where a proposal stands, who took it there, and what can be done next. */
export function Steps({ detail, zone, onDone }: { detail: RetimingDetail; zone: string; onDone(): void }): JSX.Element {
  const [asking, setAsking] = useState<RetimingPossible | null>(null);
  const { roles } = useSession();
  const { proposal, steps, possible } = detail;
  const way = wayOf(proposal.state);
  const reached = way.indexOf(proposal.state);
  const hindered = possible.filter(p => p.hindrance !== null);
  const open = possible.filter(p => p.hindrance === null && roles.includes(p.role));
  const others = possible.filter(p => p.hindrance === null && !roles.includes(p.role));
  return (
    <Panel title="Steps" subtitle="Two people, one after the other; nothing is sent to a cabinet">
      <ol class="retiming-way">
        {way.map((state, i) => {
          const step = steps.find(s => s.state === state);
          return (
            <li key={state} class={i < reached ? 'is-done' : i === reached ? 'is-now' : ''} aria-current={i === reached ? 'step' : undefined}>
              <strong>{stateWords[state]}</strong>
              <span class="muted">{saidOf(state, i, reached, detail, zone)}</span>
              {step && <span class="muted">{reasonWord(step.reason)}{step.day && `, ${step.day}`}</span>}
            </li>
          );
        })}
      </ol>
      {hindered.map(p => <div key={p.act} class="notice is-warn" role="note"><Icon name="info" size={20} /><p>{p.hindrance}</p></div>)}
      {others.length > 0 && <p class="muted">{others.map(p => `To ${p.act.replaceAll('-', ' ')} it, the role ${p.role} is needed.`).join(' ')}</p>}
      {open.length > 0 && (
        <div class="retiming-acts">
          {open.map(p => <Button key={p.act} kind={p.act === 'decline' ? 'plain' : p.act === 'roll-back' ? 'bad' : 'main'} onClick={() => setAsking(p)}>{actWords[p.act].button}</Button>)}
        </div>
      )}
      {asking && <StepDialog id={proposal.id} step={asking} zone={zone} onClose={() => setAsking(null)} onDone={() => {
        setAsking(null);
        onDone();
      }} />}
    </Panel>
  );
}

function saidOf(state: RetimingState, at: number, reached: number, { proposal, steps }: RetimingDetail, zone: string): string {
  const step = steps.find(s => s.state === state);
  if (step) {
    return `by ${step.account}, ${momentOf(step.atMs, zone)}`;
  }

  return state === 'found' ? `${originWords[proposal.origin]}, ${momentOf(proposal.madeMs, zone)}`
    : at <= reached ? ''
    : state === 'proposed' ? 'by an engineer'
    : state === 'approved' ? 'by another person'
    : state === 'in-field' ? 'people change the cabinets'
    : 'or rolled back';
}

function StepDialog({ id, step, zone, onClose, onDone }: { id: number; step: RetimingPossible; zone: string; onClose(): void; onDone(): void }): JSX.Element {
  const today = isoDay(useNow(), zone);
  const [reason, setReason] = useState('');
  const [day, setDay] = useState(today);
  const [error, setError] = useState<Error | null>(null);
  const [isBusy, setBusy] = useState(false);
  const words = actWords[step.act];
  const send = () => {
    setBusy(true);
    sendJson('POST', `/retimings/${id}/${paths[step.act]}`, { reason, ...(step.hasDay ? { day } : {}) }).then(onDone, (problem: Error) => {
      setError(problem);
      setBusy(false);
    });
  };
  return (
    <Dialog title={words.title} onClose={onClose} foot={<><Button onClick={onClose}>Cancel</Button><Button kind={step.act === 'roll-back' ? 'bad' : 'main'} disabled={reason === '' || isBusy} onClick={send}>{words.button.replace('…', '')}</Button></>}>
      <p>{words.explains}</p>
      {step.hasDay && <Field id="retiming-day" label="Day in the field" hint="It counts neither before nor after.">{ties => <input {...ties} class="input" type="date" max={today} value={day} onInput={e => setDay(e.currentTarget.value)} />}</Field>}
      <fieldset class="choices">
        <legend class="field-label">Why</legend>
        {step.reasons.map(r => (
          <label key={r} class="choice">
            <input type="radio" name="retiming-reason" checked={reason === r} onChange={() => setReason(r)} />
            <span>{reasonWord(r)}</span>
          </label>
        ))}
      </fieldset>
      <p class="muted">Your account’s name, the time and the reason go into the audit.</p>
      {error && <Failure error={error} />}
    </Dialog>
  );
}

function isoDay(ms: number, zone: string): string {
  const part = (options: Intl.DateTimeFormatOptions) => formatTime(ms, zone, options);
  return `${part({ year: 'numeric' })}-${part({ month: '2-digit' })}-${part({ day: '2-digit' })}`;
}
