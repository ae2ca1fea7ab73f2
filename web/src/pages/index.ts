import type { ComponentType } from 'preact';

/** A page of the client: its address below /app, its title, and the chunk that draws it. */
export interface Page {
  path: string;
  title: string;
  load: () => Promise<{ default: ComponentType }>;
  /** Its place in the navigation: among the first, or in the menu of more. */
  nav?: { label: string; among: 'first' | 'more'; /** Shown to those who hold it. */ role?: string };
}

/** The map's own code is large: it is fetched beside the page, not after it. */
function withMap<T>(page: Promise<T>): Promise<T> {
  import('./map/SignalMap').catch(() => undefined);
  return page;
}

/** All pages, one line each, in the order of the navigation. The first whose address fits is shown. */
export const pages: readonly Page[] = [
  { path: '/', title: 'Map', load: () => withMap(import('./map/MapPage')), nav: { label: 'Map', among: 'first' } },
  { path: '/signals', title: 'Signals', load: () => import('./signals/SignalsPage'), nav: { label: 'Signals', among: 'first' } },
  { path: '/findings', title: 'Findings', load: () => import('./findings/FindingsPage'), nav: { label: 'Findings', among: 'first' } },
  { path: '/rankings', title: 'Rankings', load: () => import('./rankings/RankingsPage'), nav: { label: 'Rankings', among: 'first' } },
  { path: '/rankings/:name', title: 'Rankings', load: () => import('./rankings/RankingsPage') },
  { path: '/measures', title: 'Measures', load: () => import('./measures/MeasuresPage'), nav: { label: 'Measures', among: 'first' } },
  { path: '/measures/:name', title: 'Measure', load: () => import('./measures/MeasurePage') },
  { path: '/wall', title: 'Wall', load: () => withMap(import('./map/WallPage')) },
  { path: '/signals/:id', title: 'Signal', load: () => import('./signal/SignalPage') },
  { path: '/signals/:id/events', title: 'Log rows', load: () => import('./signal/EventsPage') },
  { path: '/signals/:id/detectors/:channel', title: 'Detector', load: () => import('./detector/DetectorPage') },
  { path: '/corridors', title: 'Corridors', load: () => import('./corridor/CorridorsPage'), nav: { label: 'Corridors', among: 'first' } },
  { path: '/corridors/:id', title: 'Corridor', load: () => import('./corridor/CorridorPage') },
  { path: '/retiming', title: 'Retiming', load: () => import('./retiming/RetimingsPage'), nav: { label: 'Retiming', among: 'first' } },
  { path: '/retiming/:id', title: 'Retiming proposal', load: () => import('./retiming/RetimingPage') },
  { path: '/adaptive', title: 'Adaptive control', load: () => import('./adaptive/AdaptivePage'), nav: { label: 'Adaptive', among: 'more' } },
  { path: '/configuration', title: 'Configuration', load: () => import('./configuration/ConfigurationsPage'), nav: { label: 'Configuration', among: 'more' } },
  { path: '/configuration/:id', title: 'Configuration', load: () => import('./configuration/ConfigurationPage') },
  { path: '/imports', title: 'Imports', load: () => import('./imports/ImportsPage'), nav: { label: 'Imports', among: 'more', role: 'operate' } },
  { path: '/imports/:id', title: 'Import', load: () => import('./imports/ImportPage') },
  { path: '/data', title: 'Data', load: () => import('./data/DataPage'), nav: { label: 'Data', among: 'more' } },
  { path: '/sources', title: 'Sources', load: () => import('./sources/SourcesPage'), nav: { label: 'Sources', among: 'more', role: 'admin' } },
  { path: '/people', title: 'People', load: () => import('./people/PeoplePage'), nav: { label: 'People', among: 'more', role: 'admin' } },
  { path: '/audit', title: 'Audit', load: () => import('./audit/AuditPage'), nav: { label: 'Audit', among: 'more', role: 'admin' } },
];
