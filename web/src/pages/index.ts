import type { ComponentType } from 'preact';

/** A page of the client: its address below /app, its title, and the chunk that draws it. */
export interface Page {
  path: string;
  title: string;
  load: () => Promise<{ default: ComponentType }>;
  /** Its place in the navigation: among the first, or in the menu of more. */
  nav?: { label: string; among: 'first' | 'more'; /** Shown to those who hold it. */ role?: string };
}

/** All pages, one line each, in the order of the navigation. The first whose address fits is shown. */
export const pages: readonly Page[] = [
  { path: '/signals', title: 'Signals', load: () => import('./signals/SignalsPage'), nav: { label: 'Signals', among: 'first' } },
];
