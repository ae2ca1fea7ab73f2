import { useLayoutEffect, useState } from 'preact/hooks';

/** A value that many parts of the page read; each reader is drawn again when it changes. */
export interface Store<T> {
  get(): T;
  /** A function gets the value so far; it may hand the same one back, and nobody is told. */
  set(value: T | ((before: T) => T)): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      const after = typeof next === 'function' ? (next as (before: T) => T)(value) : next;
      if (!Object.is(after, value)) {
        value = after;
        for (const listener of [...listeners]) {
          listener();
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What `select` takes from a store; drawn again only when that changed. */
export function useStore<T, S = T>(store: Store<T>, select: (value: T) => S = value => value as unknown as S): S {
  const selected = select(store.get());
  const [, draw] = useState(0);
  useLayoutEffect(() => {
    let seen = selected;
    const check = () => {
      const now = select(store.get());
      if (!Object.is(now, seen)) {
        seen = now;
        draw(n => n + 1);
      }
    };
    check();
    return store.subscribe(check);
  });
  return selected;
}
