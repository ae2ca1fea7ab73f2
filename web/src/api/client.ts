import { isAway } from './presence';
import { askReason, forgetReason } from './reason';
import type { SessionAnswer } from './types';

export interface Problem {
  code: string;
  where: string;
  message: string;
}

/** A refusal by the server: its status, and all problems that it named. Status 0 means that no answer came. */
export class ProblemError extends Error {
  readonly status: number;
  readonly problems: Problem[];

  constructor(status: number, problems: Problem[]) {
    super(problems.map(p => p.message).join(' '));
    this.name = 'ProblemError';
    this.status = status;
    this.problems = problems;
  }

  has(code: string): boolean {
    return this.problems.some(p => p.code === code);
  }
}

export const apiRoot = '/api/v1';

let session: Promise<SessionAnswer> | null = null;

/** Who is signed in; asked once, again after <see cref="forgetSession"/>. */
export function getSession(): Promise<SessionAnswer> {
  session ??= request<SessionAnswer>('/session', {}).catch((error: unknown) => {
    session = null;
    throw error;
  });
  return session;
}

export function forgetSession(): void {
  session = null;
}

/** Reads JSON from a path below /api/v1. `raw` is for data of the raw tier, which must say why it is looked at. */
export function getJson<T>(path: string, options: { signal?: AbortSignal; raw?: boolean } = {}): Promise<T> {
  return options.raw ? withReason(reason => request<T>(path, { signal: options.signal, headers: reason })) : request<T>(path, { signal: options.signal });
}

/** Reads text, such as a measure's definition. */
export function getText(path: string, options: { signal?: AbortSignal } = {}): Promise<string> {
  return send(path, { signal: options.signal }).then(answer => answer.text());
}

/** Reads an answer as it is, for downloads: `accept` names the format. */
export function getBlob(path: string, accept: string, options: { signal?: AbortSignal; raw?: boolean } = {}): Promise<Blob> {
  const read = (headers: Record<string, string>) => send(path, { signal: options.signal, headers: { ...headers, Accept: accept } }).then(answer => answer.blob());
  return options.raw ? withReason(read) : read({});
}

/** Changes something; a body that is text, a form or a file goes as it is, anything else as JSON. */
export async function sendJson<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const isReady = typeof body === 'string' || body instanceof Blob || body instanceof FormData;
  const attempt = async () => {
    const { antiforgery } = await getSession();
    return request<T>(path, {
      method,
      body: body === undefined ? undefined : isReady ? body : JSON.stringify(body),
      headers: {
        ...(body === undefined || isReady ? {} : { 'Content-Type': 'application/json' }),
        ...(antiforgery ? { RequestVerificationToken: antiforgery } : {}),
        ...headers,
      },
    });
  };
  const before = await getSession();
  try {
    return await attempt();
  } catch (error) {
    // The token belongs to a sign-in; another one in a second tab makes it stale. One retry with a fresh token, if there is one.
    if (error instanceof ProblemError && error.status === 400 && before.antiforgery) {
      forgetSession();
      if ((await getSession()).antiforgery !== before.antiforgery) {
        return attempt();
      }
    }

    throw error;
  }
}

async function withReason<T>(read: (headers: Record<string, string>) => Promise<T>): Promise<T> {
  const reason = await askReason();
  if (reason === null) {
    throw new ProblemError(403, [{ code: 'XT410', where: 'Crosstown-Reason', message: 'Raw events are shown once you have said what for.' }]);
  }

  try {
    return await read({ 'Crosstown-Reason': reason });
  } catch (error) {
    if (error instanceof ProblemError && error.has('XT410')) {
      forgetReason();
    }

    throw error;
  }
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const answer = await send(path, init);
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(apiRoot + path, { ...init, headers: { Accept: 'application/json', ...(isAway(performance.now()) ? { 'Crosstown-Background': '1' } : {}), ...(init.headers as Record<string, string> | undefined) }, credentials: 'same-origin' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      throw error;
    }

    throw new ProblemError(0, [{ code: '', where: 'network', message: 'The server does not answer. What you see may be old.' }]);
  }

  if (answer.ok) {
    return answer;
  }

  if (answer.status === 401) {
    location.assign(signInAddress());
  }

  throw await problemOf(answer);
}

/** Where to sign in, coming back to this view afterward. */
export function signInAddress(): string {
  return `/sign-in?return=${encodeURIComponent(location.pathname + location.search)}`;
}

async function problemOf(answer: Response): Promise<ProblemError> {
  const said = (await answer.json().catch(() => null)) as { title?: string; detail?: string; problems?: Problem[] } | null;
  const problems = said?.problems?.length ? said.problems : [{ code: '', where: '', message: wordsOf(answer.status) ?? said?.detail ?? said?.title ?? `The server answered with status ${answer.status}.` }];
  return new ProblemError(answer.status, problems);
}

/** Plain words where the server gave only the status' own name. */
function wordsOf(status: number): string | null {
  switch (status) {
    case 401: return 'Sign in to see this.';
    case 403: return 'Your role does not allow this.';
    case 404: return 'There is no such thing on this server.';
    case 429: return 'Too many requests; wait a moment.';
    default: return null;
  }
}
