import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Link } from '../state/Link';
import { useUrlState } from '../state/url';
import type { EventQuestion } from '../plot/model';
import { clockText, dayText } from '../plot/time';
import { Button } from '../ui';
import { EventRows } from './EventRows';
import { movedQuestion, parseQuestion, questionText } from './question';
import './events.css';

/** The question that the address holds, and how to ask another one. */
export function useEventQuestion(): { question: EventQuestion | null; ask(question: EventQuestion | null): void } {
  const [text, setText] = useUrlState('e', '');
  return { question: text === '' ? null : parseQuestion(text), ask: q => setText(q === null ? '' : questionText(q), 'replace') };
}

/** The log rows behind the mark that was pointed at, beside the charts. */
export function EventDrawer({ signal, zone }: { signal: string; zone: string }): JSX.Element | null {
  const { question, ask } = useEventQuestion();
  const [all, setAll] = useUrlState('ea', '');
  const drawer = useRef<HTMLElement>(null);
  const isOpen = question !== null;
  useEffect(() => {
    if (!isOpen) {
      return;
    }

    const before = document.activeElement;
    drawer.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, [isOpen]);
  if (!question) {
    return null;
  }

  const move = (how: Parameters<typeof movedQuestion>[1]) => () => ask(movedQuestion(question, how));
  const isAll = all === '1' || question.matches.length === 0;
  return (
    <aside
      ref={drawer} class="drawer no-print" tabIndex={-1} aria-label="Log rows behind the chosen mark"
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          ask(null);
        }
      }}
    >
      <div class="drawer-head">
        <div>
          <h2>{question.title || `Log rows around ${clockText(zone, question.atMs, 'tenths')}`}</h2>
          <p class="muted">{dayText(zone, question.atMs)} · <Link href={`/signals/${encodeURIComponent(signal)}/events?e=${questionText(question)}${isAll ? '&ea=1' : ''}`}>open as a page</Link></p>
        </div>
        <Button kind="quiet" icon="close" label="Close (Escape)" onClick={() => ask(null)} />
      </div>
      <EventTools isAll={isAll} canChoose={question.matches.length > 0} onAll={on => setAll(on ? '1' : '')} move={move} />
      <EventRows signal={signal} zone={zone} question={question} isAll={isAll} />
    </aside>
  );
}

export function EventTools({ isAll, canChoose, chosen = 'Behind the mark', onAll, move }: { isAll: boolean; canChoose: boolean; chosen?: string; onAll(on: boolean): void; move(how: Parameters<typeof movedQuestion>[1]): () => void }): JSX.Element {
  return (
    <div class="event-tools">
      <div class="button-group" role="group" aria-label="Which rows">
        <Button pressed={!isAll} disabled={!canChoose} onClick={() => onAll(false)}>{chosen}</Button>
        <Button pressed={isAll} onClick={() => onAll(true)}>All rows</Button>
      </div>
      <div class="button-group" role="group" aria-label="Time">
        <Button icon="left" label="Earlier" onClick={move('earlier')} />
        <Button icon="right" label="Later" onClick={move('later')} />
        <Button icon="plus" label="Longer time" onClick={move('wider')} />
        <Button icon="minus" label="Shorter time" onClick={move('narrower')} />
      </div>
    </div>
  );
}
