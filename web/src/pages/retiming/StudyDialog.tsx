import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { sendJson } from '../../api/client';
import { useCity } from '../../state/live';
import { Button, Dialog, Failure, Field } from '../../ui';

const parts = [['morning', 'Morning, 05:00–10:00'], ['midday', 'Midday, 10:00–15:00'], ['evening', 'Evening, 15:00–20:00'], ['night', 'Night, 20:00–05:00']] as const;
const objectives = [['balanced', 'Delay and stops in balance'], ['delay', 'Delay alone'], ['stops', 'Few stops'], ['pedestrians', 'Walkers’ wait counts as well'], ['worst', 'The worst day counts as well']] as const;
const kept = [['cycle', 'Cycle lengths'], ['splits', 'Splits'], ['sequence', 'Order of phases'], ['offsets', 'Offsets']] as const;
const accepted = [
  ['less-than-today', 'Left turns and minor streets may get less than today'],
  ['near-capacity', 'A movement may run near its capacity'],
  ['storage', 'A queue may grow beyond its lanes'],
  ['pedestrians-by-override', 'A rare walk may put the controller out of step for a while'],
] as const;

const reasons = [['seen-in-field', 'Seen in the field that it works'], ['peak-is-short', 'It lasts only through a short peak'], ['walkers-are-rare', 'Walkers are rare here'], ['storage-is-longer', 'The lanes hold more than is configured'], ['demonstration', 'Demonstration']] as const;

/** Asks for a study of the logs: where, when, what for, what stays and what is accepted. */
export function StudyDialog({ onClose, onDone }: { onClose(): void; onDone(): void }): JSX.Element {
  const city = useCity();
  const [corridor, setCorridor] = useState('');
  const [objective, setObjective] = useState('balanced');
  const [within, setWithin] = useState('');
  const [reason, setReason] = useState('');
  const [chosenParts, setParts] = useState<readonly string[]>([]);
  const [keep, setKeep] = useState<readonly string[]>([]);
  const [accept, setAccept] = useState<readonly string[]>([]);
  const [error, setError] = useState<Error | null>(null);
  const [isBusy, setBusy] = useState(false);
  const send = () => {
    setBusy(true);
    sendJson('POST', '/retimings/study', { corridor: corridor || null, parts: chosenParts, objective, keep, withinS: within === '' ? null : Number(within), accept, reason: accept.length > 0 ? reason : null }).then(onDone, (problem: Error) => {
      setError(problem);
      setBusy(false);
    });
  };
  return (
    <Dialog title="Study the logs" wide onClose={onClose} foot={<><Button onClick={onClose}>Cancel</Button><Button kind="main" disabled={isBusy || (accept.length > 0 && reason === '')} onClick={send}>Study</Button></>}>
      <p>The logs of the last seven days are read and better timing is searched, in the background and behind everything else. Nothing changes in the field by it.</p>
      <div class="study-fields">
        <Field id="study-corridor" label="Where">{ties => (
          <select {...ties} class="input" value={corridor} onChange={e => setCorridor(e.currentTarget.value)}>
            <option value="">All signals</option>
            {city?.corridors.map(c => <option key={c.id} value={c.id}>{c.name || c.id}</option>)}
          </select>
        )}</Field>
        <Field id="study-objective" label="What for">{ties => (
          <select {...ties} class="input" value={objective} onChange={e => setObjective(e.currentTarget.value)}>{objectives.map(([name, word]) => <option key={name} value={name}>{word}</option>)}</select>
        )}</Field>
        <Field id="study-within" label="No farther from today than" hint="Seconds, for each offset and split; empty for any.">{ties => <input {...ties} class="input" type="number" min={0} max={255} step={1} value={within} onInput={e => setWithin(e.currentTarget.value)} />}</Field>
      </div>
      <div class="study-fields">
        <Choices legend="Parts of the day" hint="None chosen: all." options={parts} chosen={chosenParts} onChange={setParts} />
        <Choices legend="What stays as it is" options={kept} chosen={keep} onChange={setKeep} />
      </div>
      <Choices legend="What you accept with open eyes" hint="Without your word the guard refuses it." options={accepted} chosen={accept} onChange={setAccept} />
      {accept.length > 0 && <Field id="study-reason" label="Why you accept it" hint="It stands on the sheets.">{ties => (
        <select {...ties} class="input" value={reason} onChange={e => setReason(e.currentTarget.value)}>
          <option value="">choose…</option>
          {reasons.map(([name, word]) => <option key={name} value={name}>{word}</option>)}
        </select>
      )}</Field>}
      {error && <Failure error={error} />}
    </Dialog>
  );
}

function Choices({ legend, hint, options, chosen, onChange }: { legend: string; hint?: string; options: readonly (readonly [string, string])[]; chosen: readonly string[]; onChange(chosen: readonly string[]): void }): JSX.Element {
  return (
    <fieldset class="study-choices">
      <legend class="field-label">{legend}</legend>
      {options.map(([name, word]) => (
        <label key={name} class="check">
          <input type="checkbox" checked={chosen.includes(name)} onChange={e => onChange(e.currentTarget.checked ? [...chosen, name] : chosen.filter(c => c !== name))} />
          {word}
        </label>
      ))}
      {hint && <span class="field-hint">{hint}</span>}
    </fieldset>
  );
}
