import { createStore, useStore } from './store';

/** How this browser likes to be shown things. Nothing of it says who is looking, and none of it is part of a view. */
export interface Preferences {
  theme: 'system' | 'light' | 'dark';
  /** Shortcuts of a single key; people who dictate or press keys by accident turn them off (WCAG 2.1.4). */
  singleKeys: boolean;
  /** What the arrow keys of the time scrubber step by. */
  step: 'cycle' | '5min' | 'hour' | 'day';
}

const key = 'crosstown-preferences';
const usual: Preferences = { theme: 'system', singleKeys: true, step: '5min' };

function read(): Preferences {
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Preferences>) };
  } catch {
    return usual;
  }
}

const preferences = createStore<Preferences>(typeof localStorage === 'undefined' ? usual : read());

export function usePreferences(): [Preferences, (change: Partial<Preferences>) => void] {
  return [useStore(preferences), change];
}

export function readPreferences(): Preferences {
  return preferences.get();
}

function change(part: Partial<Preferences>): void {
  preferences.set({ ...preferences.get(), ...part });
  try {
    localStorage.setItem(key, JSON.stringify(preferences.get()));
  } catch {
    // A browser that keeps nothing still follows the choice until the page is closed.
  }
}

export const onPreferences = preferences.subscribe;
