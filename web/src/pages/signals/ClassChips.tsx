import type { JSX } from 'preact';
import type { SignalAnswer, SignalClass } from '../../api/types';
import { useUrlState } from '../../state/url';
import { classes, classNames, countClasses, StatusMark } from '../../ui';
import './chips.css';

/** States named in an address; none means all. Words that are no state are passed over. */
export function readClasses(text: string): SignalClass[] {
  return text.split(',').filter((name): name is SignalClass => (classNames as string[]).includes(name));
}

/** The text after one state is switched; empty when none or all are on. */
export function switchClass(text: string, name: SignalClass): string {
  const on = readClasses(text);
  const next = on.includes(name) ? on.filter(n => n !== name) : classNames.filter(n => n === name || on.includes(n));
  return next.length === classNames.length ? '' : next.join(',');
}

/** Counts by state that filter, in the address as `?class=flash,comms-lost`. */
export function ClassChips({ signals }: { signals: readonly SignalAnswer[] }): JSX.Element {
  const [text, setText] = useUrlState('class', '');
  const on = readClasses(text);
  const counts = countClasses(signals);
  return (
    <div class="chips" role="group" aria-label="Show signals by state">
      {classes.filter(c => counts[c.name] > 0 || on.includes(c.name) || c.isAbnormal).map(c => (
        <button
          key={c.name}
          type="button"
          class={`chip${counts[c.name] === 0 ? ' is-none' : ''}`}
          aria-pressed={on.includes(c.name)}
          title={c.explains}
          onClick={() => setText(switchClass(text, c.name), 'push')}
        >
          <StatusMark state={c.name} />
          <span>{c.word}</span>
          <strong class="numbers">{counts[c.name].toLocaleString('en-US')}</strong>
        </button>
      ))}
      {on.length > 0 && <button type="button" class="chip is-clear" onClick={() => setText('', 'push')}>Show all</button>}
    </div>
  );
}
