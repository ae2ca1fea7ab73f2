import { onPreferences, readPreferences } from '../state/preferences';
import { createStore, useStore } from '../state/store';

export type Theme = 'light' | 'dark';

const system = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-color-scheme: dark)');
const theme = createStore<Theme>('light');
let isWall = false;

function apply(): void {
  const { theme: choice } = readPreferences();
  const next: Theme = isWall || choice === 'dark' || (choice === 'system' && system?.matches === true) ? 'dark' : 'light';
  document.documentElement.dataset['theme'] = next;
  document.documentElement.classList.toggle('wall', isWall);
  theme.set(next);
}

export function startTheme(): void {
  system?.addEventListener('change', apply);
  onPreferences(apply);
  apply();
}

/** The wall view is always dark and large. */
export function setWall(on: boolean): void {
  isWall = on;
  apply();
}

export function useTheme(): Theme {
  return useStore(theme);
}

/** The value of a color or size of tokens.css, for drawings on a canvas; read it again when <see cref="useTheme"/> changes. */
export function tokenOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
