import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Loaded<T> {
  /** The newest answer, also while the next one is on its way; undefined before the first. */
  data: T | undefined;
  error: Error | null;
  isLoading: boolean;
  /** When the answer came, by this machine's clock; null before the first. */
  atMs: number | null;
  reload(): void;
}

/**
 * Loads whenever `key` changes; a null key loads nothing. An answer that is no longer wanted is given up.
 * Data of another `key` is kept on show until the new one is there, unless `resetOn` changed with it.
 */
export function useLoad<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>, resetOn = ''): Loaded<T> {
  const [state, setState] = useState<{ data: T | undefined; error: Error | null; isLoading: boolean; atMs: number | null; reset: string }>(
    { data: undefined, error: null, isLoading: key !== null, atMs: null, reset: resetOn });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    if (key === null) {
      setState({ data: undefined, error: null, isLoading: false, atMs: null, reset: resetOn });
      return;
    }

    const abort = new AbortController();
    setState(before => (before.reset === resetOn ? { ...before, isLoading: true } : { data: undefined, error: null, isLoading: true, atMs: null, reset: resetOn }));
    latest.current(abort.signal).then(
      data => {
        if (!abort.signal.aborted) {
          setState({ data, error: null, isLoading: false, atMs: Date.now(), reset: resetOn });
        }
      },
      (error: unknown) => {
        if (!abort.signal.aborted) {
          setState(before => ({ ...before, error: error instanceof Error ? error : new Error(String(error)), isLoading: false }));
        }
      });
    return () => abort.abort();
  }, [key, turn, resetOn]);

  const reload = useCallback(() => setTurn(n => n + 1), []);
  const isStale = state.reset !== resetOn;
  return { data: isStale ? undefined : state.data, error: isStale ? null : state.error, isLoading: state.isLoading || isStale, atMs: isStale ? null : state.atMs, reload };
}
