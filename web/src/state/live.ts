import { useEffect } from 'preact/hooks';
import { apiRoot, getJson } from '../api/client';
import type { CityAnswer, PageAnswer, SignalAnswer, SignalStatus } from '../api/types';
import { compareText } from '../ui/order';
import { loadSession } from './session';
import { createStore, useStore } from './store';

/** A clock message comes every five seconds; after eight without any message the connection counts as lost, so that the page says so within ten. */
export const silenceMs = 8_000;

/** A hidden page gives its connection back after this long: browsers allow few to one server. */
const hiddenMs = 60_000;

/** Tables of a signal count as changed at most this often. */
const versionMs = 5_000;

export interface Connection {
  state: 'connecting' | 'live' | 'lost';
  /** When the server was last heard, by this machine's clock; null before the first time. */
  heardMs: number | null;
}

interface SignalList {
  byId: ReadonlyMap<string, SignalAnswer>;
  list: readonly SignalAnswer[];
  /** False until the first list has come. */
  isKnown: boolean;
  error: Error | null;
}

const signals = createStore<SignalList>({ byId: new Map(), list: [], isKnown: false, error: null });
const versions = createStore<ReadonlyMap<string, number>>(new Map());
const connection = createStore<Connection>({ state: 'connecting', heardMs: null });
const city = createStore<CityAnswer | null>(null);
const findingsCount = createStore<number | null>(null);
const clock = createStore({ aheadMs: 0, tick: Math.floor(Date.now() / 1000) * 1000 });

let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let waitMs = 1000;
let isStarted = false;

/** The signals as they were, with newer states; the same object when none of them is known. */
export function withStatuses(before: SignalList, news: readonly { id: string; status: SignalStatus }[]): SignalList {
  let byId: Map<string, SignalAnswer> | null = null;
  for (const { id, status } of news) {
    const known = (byId ?? before.byId).get(id);
    if (known) {
      byId ??= new Map(before.byId);
      byId.set(id, { ...known, status });
    }
  }

  return byId ? { ...before, byId, list: [...byId.values()] } : before;
}

/** Starts listening; called once by the app. */
export function startLive(): void {
  if (isStarted) {
    return;
  }

  isStarted = true;
  void loadCity();
  void loadSignals();
  connect();
  setInterval(tick, 1000);
  let hidden: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hidden);
    if (document.hidden) {
      hidden = setTimeout(disconnect, hiddenMs);
    } else if (!source) {
      void loadSignals();
      connect();
    }
  });
}

function tick(): void {
  const now = Date.now();
  clock.set(before => ({ aheadMs: before.aheadMs, tick: Math.floor((now + before.aheadMs) / 1000) * 1000 }));
  const { state, heardMs } = connection.get();
  if (state === 'live' && heardMs !== null && now - heardMs > silenceMs) {
    connection.set({ state: 'lost', heardMs });
    reconnect();
  }

  flushVersions(now);
}

function disconnect(): void {
  clearTimeout(retry);
  source?.close();
  source = null;
}

function reconnect(): void {
  disconnect();
  retry = setTimeout(() => {
    waitMs = Math.min(waitMs * 2, 15_000);
    void loadSignals();
    connect();
  }, waitMs);
}

function connect(): void {
  disconnect();
  const opened = new EventSource(`${apiRoot}/live`);
  source = opened;
  opened.onopen = () => {
    waitMs = 1000;
    heard();
  };
  opened.onerror = () => {
    connection.set(before => ({ state: before.heardMs === null ? 'connecting' : 'lost', heardMs: before.heardMs }));
    // The sign-in may have ended: the next request then leads to it.
    void loadSession();
    reconnect();
  };
  listen<{ signals: { id: string; status: SignalStatus }[] }>(opened, 'status', news => signals.set(before => withStatuses(before, news.signals)));
  listen<{ nowMs: number }>(opened, 'clock', news => setClock(news.nowMs));
  listen<{ signals: { id: string; version: number }[] }>(opened, 'tables', news => {
    for (const { id, version } of news.signals) {
      pending.set(id, version);
    }

    flushVersions(Date.now());
  });
  listen<{ count: number }>(opened, 'findings', news => findingsCount.set(news.count));
}

function listen<T>(from: EventSource, name: string, take: (news: T) => void): void {
  from.addEventListener(name, event => {
    heard();
    take(JSON.parse((event as MessageEvent<string>).data) as T);
  });
}

function heard(): void {
  connection.set({ state: 'live', heardMs: Date.now() });
}

function setClock(nowMs: number): void {
  const aheadMs = nowMs - Date.now();
  // Messages take a moment, and not always the same: small differences are no reason to let the clock jump.
  clock.set(before => (Math.abs(before.aheadMs - aheadMs) < 500 ? before : { aheadMs, tick: Math.floor(nowMs / 1000) * 1000 }));
}

const pending = new Map<string, number>();
let flushedMs = 0;

function flushVersions(nowMs: number): void {
  if (pending.size > 0 && nowMs - flushedMs >= versionMs) {
    flushedMs = nowMs;
    versions.set(new Map([...versions.get(), ...pending]));
    pending.clear();
  }
}

async function loadCity(): Promise<void> {
  try {
    const answer = await getJson<CityAnswer>('/city');
    city.set(answer);
    setClock(answer.nowMs);
  } catch {
    // Shown by the connection's state; asked again with the next list of signals.
  }
}

async function loadSignals(): Promise<void> {
  try {
    const list: SignalAnswer[] = [];
    let page = 1;
    let answer: PageAnswer<SignalAnswer>;
    do {
      answer = await getJson<PageAnswer<SignalAnswer>>(`/signals?page=${page}&size=5000`);
      list.push(...answer.items);
      page++;
    } while (answer.next !== null && answer.items.length > 0);
    list.sort((a, b) => compareText(a.id, b.id));
    signals.set({ byId: new Map(list.map(s => [s.id, s])), list, isKnown: true, error: null });
    if (city.get() === null) {
      await loadCity();
    }
  } catch (error) {
    signals.set(before => ({ ...before, error: error instanceof Error ? error : new Error(String(error)) }));
  }
}

/** Reads city and signals again, after a change of configuration. */
export async function reloadCity(): Promise<void> {
  await Promise.all([loadCity(), loadSignals()]);
}

/** All signals of the city in the order of their numbers, kept fresh; empty until they are known. */
export function useSignals(): SignalAnswer[] {
  return useStore(signals, s => s.list) as SignalAnswer[];
}

export function useSignalsKnown(): { isKnown: boolean; error: Error | null } {
  const isKnown = useStore(signals, s => s.isKnown);
  const error = useStore(signals, s => s.error);
  return { isKnown, error };
}

export function useSignal(id: string): SignalAnswer | undefined {
  return useStore(signals, s => s.byId.get(id));
}

/** A number that changes when the signal's tables changed, at most every five seconds: load again when it does. */
export function useVersion(id: string): number {
  return useStore(versions, v => v.get(id) ?? 0);
}

/** The server's clock, ms UTC, in whole seconds. */
export function useNow(): number {
  return useStore(clock, c => c.tick);
}

/** The server's clock now, for code that is not drawn. */
export function nowMs(): number {
  return Date.now() + clock.get().aheadMs;
}

export function useConnection(): Connection {
  return useStore(connection);
}

/** The city; null until it is known. */
export function useCity(): CityAnswer | null {
  return useStore(city);
}

/** Open findings; null when the server has not told. */
export function useFindingsCount(): number | null {
  return useStore(findingsCount);
}

/** Reads `data` every so often while shown, for things that the server does not announce. */
export function useEvery(ms: number, run: () => void): void {
  useEffect(() => {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  }, [ms, run]);
}
