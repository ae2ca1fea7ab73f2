import { useCallback } from 'preact/hooks';
import { createStore, useStore } from './store';

/** The client's address on the server; paths in the program are below it. */
export const root = '/app';

export interface Place {
  /** Below /app, with a leading slash and no trailing one. */
  path: string;
  search: string;
}

const place = createStore<Place>(typeof location === 'undefined' ? { path: '/', search: '' } : placeOf(location));
let patterns: string[] = [];

if (typeof window !== 'undefined') {
  window.addEventListener('popstate', () => place.set(placeOf(location)));
}

function placeOf(at: { pathname: string; search: string }): Place {
  const below = at.pathname.startsWith(root) ? at.pathname.slice(root.length) : at.pathname;
  return { path: '/' + below.replace(/^\/+|\/+$/g, ''), search: at.search };
}

/** Tells the router which addresses are pages, such as `/signals/:id`; the first that fits wins. */
export function setPatterns(list: string[]): void {
  patterns = list;
}

/** Parameters of a path that fits a pattern; null when it does not. */
export function matchPattern(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) {
    return null;
  }

  const params: Record<string, string> = {};
  for (let i = 0; i < wanted.length; i++) {
    const want = wanted[i]!;
    if (want.startsWith(':')) {
      if (given[i] === '') {
        return null;
      }

      try {
        params[want.slice(1)] = decodeURIComponent(given[i]!);
      } catch {
        return null;
      }
    } else if (want !== given[i]) {
      return null;
    }
  }

  return params;
}

export function usePlace(): Place {
  return useStore(place);
}

export function useRoute(): { path: string; params: Record<string, string> } {
  const { path } = useStore(place);
  for (const pattern of patterns) {
    const params = matchPattern(pattern, path);
    if (params) {
      return { path, params };
    }
  }

  return { path, params: {} };
}

/** Goes to a path below /app; a query is part of it. */
export function navigate(path: string, how: 'push' | 'replace' = 'push'): void {
  const before = place.get();
  const url = new URL(root + path, location.href);
  if (how === 'push') {
    history.pushState(null, '', url);
  } else {
    history.replaceState(null, '', url);
  }

  place.set(placeOf(url));
  if (place.get().path !== before.path) {
    scrollTo(0, 0);
  }
}

/** The query with one key changed; a null value takes it out. Colons, slashes and commas stay legible, so that times in links can be read. */
export function withKey(search: string, key: string, value: string | null): string {
  const query = new URLSearchParams(search);
  if (value === null) {
    query.delete(key);
  } else {
    query.set(key, value);
  }

  const text = [...query].map(([k, v]) => `${legible(k)}=${legible(v)}`).join('&');
  return text === '' ? '' : '?' + text;
}

function legible(text: string): string {
  return encodeURIComponent(text).replace(/%3A/g, ':').replace(/%2F/g, '/').replace(/%2C/g, ',').replace(/%40/g, '@');
}

/** Sets keys of the address at once; null takes a key out. */
export function setUrlKeys(keys: Record<string, string | null>, how: 'push' | 'replace' = 'replace'): void {
  const before = place.get();
  let search = before.search;
  for (const [key, value] of Object.entries(keys)) {
    search = withKey(search, key, value);
  }

  if (search !== before.search) {
    navigate((before.path === '/' ? '/' : before.path) + search, how);
  }
}

export function readUrlKey(key: string): string | null {
  return new URLSearchParams(place.get().search).get(key);
}

/** A piece of the view's state that lives in the address. The fallback is not written, so plain links stay short. */
export function useUrlState(key: string, fallback: string): [string, (value: string, how?: 'push' | 'replace') => void] {
  const value = useStore(place, p => new URLSearchParams(p.search).get(key)) ?? fallback;
  const set = useCallback((next: string, how: 'push' | 'replace' = 'replace') => setUrlKeys({ [key]: next === fallback ? null : next }, how), [key, fallback]);
  return [value, set];
}

export { Link } from './Link';
