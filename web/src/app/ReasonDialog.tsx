import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { openQuestion, reasons, type Reason } from '../api/reason';
import { Button, Dialog } from '../ui';

/** Asks, once in a browser session, what raw events are looked at for. */
export function ReasonDialog(): JSX.Element {
  const [chosen, setChosen] = useState<Reason | null>(null);
  const answer = (reason: Reason | null) => openQuestion.get()?.(reason);
  return (
    <Dialog
      title="What do you need raw events for?"
      onClose={() => answer(null)}
      foot={
        <>
          <Button onClick={() => answer(null)}>Cancel</Button>
          <Button kind="main" disabled={chosen === null} onClick={() => answer(chosen)}>Show them</Button>
        </>
      }
    >
      <p>Single actuations are not published and not kept for long. Each look at them is written down with its reason; the choice holds until this browser session ends.</p>
      <fieldset class="choices">
        <legend class="visually-hidden">Reason</legend>
        {reasons.map(([name, word, explains]) => (
          <label key={name} class="choice">
            <input type="radio" name="reason" value={name} checked={chosen === name} onChange={() => setChosen(name)} />
            <span><strong>{word}</strong><span class="muted">{explains}</span></span>
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}
