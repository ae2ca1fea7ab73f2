import { useEffect, useRef } from 'preact/hooks';
import { readPreferences } from '../state/preferences';
import { createStore, useStore } from '../state/store';

/** A key or two, one after the other (`g m`), and what they do. Names are those of KeyboardEvent.key; `Shift+` before it where it matters. */
export interface KeyAction {
  keys: string;
  does: string;
  group: string;
  run(): void;
}

const actions = createStore<readonly KeyAction[]>([]);
const chordMs = 1500;
let first: { key: string; atMs: number } | null = null;

/** Makes keys do something while a part of the page is shown. They are listed in the help overlay. */
export function useKeys(list: KeyAction[]): void {
  const latest = useRef(list);
  latest.current = list;
  const names = list.map(a => a.keys).join('\n');
  useEffect(() => {
    const mine = latest.current.map((action, i) => ({ ...action, run: () => latest.current[i]?.run() }));
    actions.set(before => [...before, ...mine]);
    return () => actions.set(before => before.filter(a => !mine.includes(a)));
  }, [names]);
}

export function useKeyActions(): readonly KeyAction[] {
  return useStore(actions);
}

/** A pressed key as it is written in <see cref="KeyAction.keys"/>; null for one that belongs to the browser or to a field. */
export function nameOf(event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>): string | null {
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return null;
  }

  const key = event.key === ' ' ? 'Space' : event.key;
  return event.shiftKey && key.length > 1 ? `Shift+${key}` : key;
}

/** What a key does after another one, if anything; `waits` when it may be the first of two. */
export function choose(list: readonly KeyAction[], before: string | null, key: string): { action: KeyAction | null; waits: boolean } {
  // The newest comes first: a dialog's or page's key wins over the app's.
  const newest = [...list].reverse();
  const chord = before === null ? undefined : newest.find(a => a.keys === `${before} ${key}`);
  if (chord) {
    return { action: chord, waits: false };
  }

  const single = newest.find(a => a.keys === key || (key.length === 1 && a.keys.length === 1 && a.keys.toLowerCase() === key.toLowerCase() && !/[?/[\]]/.test(key)));
  return single ? { action: single, waits: false } : { action: null, waits: newest.some(a => a.keys.startsWith(`${key} `)) };
}

export function startKeys(): void {
  document.addEventListener('keydown', event => {
    const key = nameOf(event);
    if (key === null || event.defaultPrevented || !readPreferences().singleKeys || isTaken(event.target, key) || document.querySelector('dialog[open]')) {
      return;
    }

    const before = first && event.timeStamp - first.atMs < chordMs ? first.key : null;
    const { action, waits } = choose(actions.get(), before, key);
    first = waits ? { key, atMs: event.timeStamp } : null;
    if (action) {
      event.preventDefault();
      action.run();
    }
  });
}

/** Whether the focused element uses the key itself. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) {
    return false;
  }

  if (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=button])')) {
    return true;
  }

  if (key === 'Space' || key === 'Enter') {
    return target.matches('button, a[href], summary, input, [role=button], [role=option], [role=switch], [tabindex]:not([tabindex="-1"])');
  }

  return key.includes('Arrow') && target.closest('[role=slider], [role=listbox], [role=tablist], [role=grid], [role=application], input[type=radio], .scrolls-itself') !== null;
}
