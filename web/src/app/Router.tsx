import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { pages, type Page } from '../pages';
import { useCity } from '../state/live';
import { Link, matchPattern, setPatterns, usePlace } from '../state/url';
import { Boundary } from './Boundary';

setPatterns(pages.map(p => p.path));

const loaded = new Map<Page, ComponentType>();

/** The page of an address; null where there is none. */
export function findPage(path: string): Page | null {
  return pages.find(p => matchPattern(p.path, path) !== null) ?? null;
}

/** Fetches a page's chunk before it is asked for. */
export function preload(path: string): void {
  const page = findPage(path);
  if (page && !loaded.has(page)) {
    page.load().then(module => loaded.set(page, module.default), () => undefined);
  }
}

export function Router(): JSX.Element {
  const { path } = usePlace();
  return <Boundary resetOn={path}><PageAt path={path} /></Boundary>;
}

function PageAt({ path }: { path: string }): JSX.Element {
  const page = findPage(path);
  const city = useCity();
  const [, draw] = useState(0);
  const [error, setError] = useState<Error | null>(null);
  const Content = page ? loaded.get(page) : undefined;

  useEffect(() => {
    if (page && !loaded.has(page)) {
      page.load().then(
        module => {
          loaded.set(page, module.default);
          draw(n => n + 1);
        },
        (reason: unknown) => setError(reason instanceof Error ? reason : new Error(String(reason))));
    }
  }, [page]);
  useEffect(() => {
    document.title = [page?.title ?? 'Not found', city?.name, 'Crosstown'].filter(Boolean).join(' · ');
  }, [page, city?.name]);

  if (error) {
    throw error;
  }

  if (!page) {
    return (
      <main class="page" id="main">
        <h1>There is no such page</h1>
        <p>Nothing lives at <code>/app{path}</code>. <Link href="/">The map</Link> and <Link href="/signals">the list of signals</Link> do.</p>
      </main>
    );
  }

  return Content ? <Content key={page.path} /> : <main class="page" id="main" aria-busy="true"><p class="muted">Loading…</p></main>;
}
