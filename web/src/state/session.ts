import { forgetSession, getSession } from '../api/client';
import { presetReason } from '../api/reason';
import type { SessionAnswer } from '../api/types';
import { createStore, useStore } from './store';

const nobody: SessionAnswer = { name: null, roles: [], isTown: false, antiforgery: null };
const session = createStore<{ answer: SessionAnswer; isKnown: boolean }>({ answer: nobody, isKnown: false });

/** Asks who is signed in. Without an answer nobody is, until it is asked again. */
export async function loadSession(): Promise<void> {
  forgetSession();
  try {
    const answer = await getSession();
    if (answer.isTown) {
      // Its traffic is made up, so there is one reason to look at it, and nobody needs to be asked.
      presetReason('demonstration');
    }

    session.set({ answer, isKnown: true });
  } catch {
    session.set(before => ({ answer: before.answer, isKnown: true }));
  }
}

export function useSession(): { name: string | null; roles: string[]; isTown: boolean; isKnown: boolean } {
  const { answer, isKnown } = useStore(session);
  return { name: answer.name, roles: answer.roles, isTown: answer.isTown, isKnown };
}

/** Whether the account holds a role; the server decides in the end. Call it while rendering a part that uses <see cref="useSession"/>. */
export function may(role: string): boolean {
  return session.get().answer.roles.includes(role);
}

export function useMay(role: string): boolean {
  return useStore(session, s => s.answer.roles.includes(role));
}
