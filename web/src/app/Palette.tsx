import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { SignalAnswer } from '../api/types';
import { pages } from '../pages';
import { useCity, useSignals } from '../state/live';
import { useSession } from '../state/session';
import { navigate } from '../state/url';
import { StatusMark } from '../ui';
import { compareText } from '../ui/order';

interface Hit {
  key: string;
  href: string;
  signal?: SignalAnswer;
  text: string;
  kind: string;
}

const mostHits = 30;

/** The signal after or before one in the order of numbers; the first or last without one; null without signals. */
export function neighborOf(signals: readonly Pick<SignalAnswer, 'id'>[], id: string | undefined, by: 1 | -1): string | null {
  const ids = signals.map(s => s.id).sort(compareText);
  if (ids.length === 0) {
    return null;
  }

  const at = id === undefined ? -1 : ids.indexOf(id);
  return at < 0 ? ids[by === 1 ? 0 : ids.length - 1]! : ids[(at + by + ids.length) % ids.length]!;
}

/** How well a signal fits what was typed, lower is better; null when it does not. Each word must begin the number or a word of the name. */
export function fit(signal: Pick<SignalAnswer, 'id' | 'name'>, typed: string): number | null {
  const words = typed.toLowerCase().split(/[\s&,]+/).filter(w => w !== '' && w !== 'and');
  const id = signal.id.toLowerCase();
  const names = signal.name.toLowerCase().split(/[\s&,/-]+/);
  let score = 0;
  for (const word of words) {
    if (id === word) {
      score += 0;
    } else if (id.startsWith(word)) {
      score += 1;
    } else if (names.includes(word)) {
      score += 2;
    } else if (names.some(n => n.startsWith(word))) {
      score += 3;
    } else if (signal.name.toLowerCase().includes(word) || id.includes(word)) {
      score += 6;
    } else {
      return null;
    }
  }

  return score;
}

/** Goes to a signal by number or street, to a corridor or to a page, without the mouse. */
export function Palette({ onClose }: { onClose(): void }): JSX.Element {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const signals = useSignals();
  const city = useCity();
  const { roles } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const hits = useMemo(() => find(typed, signals, city?.corridors ?? [], roles), [typed, signals, city, roles]);

  useEffect(() => {
    const before = document.activeElement;
    dialog.current!.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, []);
  useEffect(() => list.current?.children[at]?.scrollIntoView({ block: 'nearest' }), [at]);

  const open = (hit: Hit | undefined) => {
    if (hit) {
      onClose();
      navigate(hit.href);
    }
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setAt(n => (hits.length === 0 ? 0 : (n + (event.key === 'ArrowDown' ? 1 : hits.length - 1)) % hits.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      // Whoever types fast presses Enter before the list is drawn: what the field holds now decides.
      const text = (event.currentTarget as HTMLInputElement).value;
      open(text === typed ? hits[at] : find(text, signals, city?.corridors ?? [], roles)[0]);
    }
  };

  return (
    <dialog
      ref={dialog}
      class="dialog palette"
      aria-label="Search"
      onCancel={event => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={event => {
        if (event.target === dialog.current) {
          onClose();
        }
      }}
    >
      <input
        class="palette-input"
        type="text"
        autocomplete="off"
        spellcheck={false}
        placeholder="Signal number or street, corridor, page"
        aria-label="Signal number or street, corridor, page"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={hits[at] ? `palette-${at}` : undefined}
        value={typed}
        onInput={e => {
          setTyped(e.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <ul class="palette-list" id="palette-list" role="listbox" aria-label="Found" ref={list}>
        {hits.map((hit, i) => (
          <li key={hit.key} id={`palette-${i}`} role="option" aria-selected={i === at} onPointerMove={() => setAt(i)} onClick={() => open(hit)}>
            {hit.signal && <StatusMark state={hit.signal.status.class} />}
            {hit.signal && <span class="palette-id">{hit.signal.id}</span>}
            <span class="palette-text">{hit.text}</span>
            <span class="muted">{hit.kind}</span>
          </li>
        ))}
      </ul>
      {hits.length === 0 && <p class="palette-none" role="status">Nothing fits “{typed}”.</p>}
    </dialog>
  );
}

function find(typed: string, signals: readonly SignalAnswer[], corridors: readonly { id: string; name: string }[], roles: readonly string[]): Hit[] {
  const text = typed.trim().toLowerCase();
  const found = signals
    .flatMap(s => {
      const score = fit(s, typed);
      return score === null ? [] : [{ s, score }];
    })
    .sort((a, b) => a.score - b.score || compareText(a.s.id, b.s.id))
    .slice(0, mostHits)
    .map<Hit>(({ s }) => ({ key: `s${s.id}`, href: `/signals/${encodeURIComponent(s.id)}`, signal: s, text: s.name, kind: '' }));
  const streets = corridors
    .filter(c => text !== '' && c.name.toLowerCase().includes(text))
    .map<Hit>(c => ({ key: `c${c.id}`, href: `/corridors/${encodeURIComponent(c.id)}`, text: c.name, kind: 'corridor' }));
  const places = pages
    .filter(p => p.nav && (p.nav.role === undefined || roles.includes(p.nav.role)) && p.nav.label.toLowerCase().startsWith(text))
    .map<Hit>(p => ({ key: `p${p.path}`, href: p.path, text: p.nav!.label, kind: 'page' }));
  return text === '' ? [...places, ...found] : [...found, ...streets, ...places];
}
