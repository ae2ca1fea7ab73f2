import { createStore } from '../state/store';

/** What raw events are looked at for: the closed list of the server. */
export const reasons = [
  ['routine-check', 'Routine check', 'Looking after signals, without a particular cause'],
  ['maintenance', 'Maintenance', 'A detector, cabinet or connection is being repaired'],
  ['complaint', 'Complaint', 'Somebody reported a wait, a missed walk or the like'],
  ['timing', 'Timing', 'Plans are being made or checked'],
  ['incident', 'Incident', 'Something happened on the street'],
  ['demonstration', 'Demonstration', 'Showing or learning the system'],
] as const;

export type Reason = (typeof reasons)[number][0];

const key = 'crosstown-reason';

/** The question that is open, if any: the reason dialog answers it. */
export const openQuestion = createStore<((reason: Reason | null) => void) | null>(null);

let asked: Promise<Reason | null> | null = null;

/** The reason of this browser session; asks a person the first time. Null when the question was closed without an answer. */
export function askReason(): Promise<Reason | null> {
  const kept = keptReason();
  if (kept) {
    return Promise.resolve(kept);
  }

  asked ??= new Promise<Reason | null>(answer => {
    openQuestion.set(() => (reason: Reason | null) => {
      openQuestion.set(null);
      asked = null;
      if (reason) {
        sessionStorage.setItem(key, reason);
      }

      answer(reason);
    });
  });
  return asked;
}

export function keptReason(): Reason | null {
  const kept = sessionStorage.getItem(key);
  return reasons.find(([name]) => name === kept)?.[0] ?? null;
}

/** Answers the question before it is asked, unless a person has. */
export function presetReason(reason: Reason): void {
  if (keptReason() === null) {
    sessionStorage.setItem(key, reason);
  }
}

export function forgetReason(): void {
  sessionStorage.removeItem(key);
}
