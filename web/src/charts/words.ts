import type { SignalDetail } from '../api/types';

/** A = 1 ... Z = 26, then numbers. */
export const overlapName = (number: number): string => (number >= 1 && number <= 26 ? String.fromCharCode(64 + number) : String(number));

/** How the address and the choice of groups name a phase or overlap. */
export const groupKey = (phase: number | null, overlap: number | null): string => (phase !== null ? String(phase) : overlap !== null ? overlapName(overlap) : '');

/** "Phase 2" or "Overlap A", as the configuration's approaches name their groups in lower case. */
export const groupName = (key: string): string => (/^\d+$/.test(key) ? `Phase ${key}` : key === '' ? 'All' : `Overlap ${key}`);

/** The approach that a group serves, in the words of the configuration; empty when it does not say. */
export function approachOf(detail: SignalDetail, key: string): string {
  const name = groupName(key).toLowerCase();
  const approach = detail.approaches.find(a => a.protected?.toLowerCase() === name) ?? detail.approaches.find(a => a.permissive?.toLowerCase() === name);
  if (!approach) {
    return '';
  }

  return approach.description || capital(approach.direction);
}

/** "Phase 2 · Northbound through". */
export function fullName(detail: SignalDetail, key: string): string {
  const approach = approachOf(detail, key);
  return approach === '' ? groupName(key) : `${groupName(key)} · ${approach}`;
}

export const capital = (text: string): string => (text === '' ? '' : text[0]!.toUpperCase() + text.slice(1));

/** Coordination patterns as people call them. */
export function planName(plan: number | null): string {
  switch (plan) {
    case null: return 'Plan not logged';
    case 254: return 'Free';
    case 255: return 'Flash';
    default: return `Plan ${plan}`;
  }
}

/** Words of the tables, such as gap_out or through-left, as people read them. */
export const plainWord = (word: string): string => capital(word.replaceAll(/[-_]/g, ' '));

/** Detectors of a signal with a function, of a group or of all. */
export function channelsOf(detail: SignalDetail, functions: readonly string[], group = ''): number[] {
  const wanted = functions.map(f => f.toLowerCase().replaceAll('-', ''));
  return [...new Set(detail.detectors
    .filter(d => d.functions.some(f => wanted.includes(f.toLowerCase().replaceAll('-', ''))) && (group === '' || groupKey(d.phase, d.overlap) === group))
    .map(d => d.channel))].sort((a, b) => a - b);
}

/** Coordinated phases first, then by number, overlaps last: the order in which groups are looked at. */
export function inOrder(detail: SignalDetail): (a: string, b: string) => number {
  const rank = (key: string): number => (detail.phases.some(p => String(p.number) === key && p.isCoordinated) ? 0 : /^\d+$/.test(key) ? 1 : 2);
  return (a, b) => rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true });
}
