import type { SignalAnswer, SignalClass } from '../api/types';

/** The states of a signal, the one to look at first at the head, each with the word people read and the color token and shape they see. */
export const classes: readonly { name: SignalClass; word: string; explains: string; token: string; isAbnormal: boolean }[] = [
  { name: 'flash', word: 'Flash', explains: 'The controller is in flash', token: '--class-flash', isAbnormal: true },
  { name: 'comms-lost', word: 'No comms', explains: 'No log has arrived for longer than it should take', token: '--class-comms-lost', isAbnormal: true },
  { name: 'preempt', word: 'Preempt', explains: 'A preempt is being served', token: '--class-preempt', isAbnormal: true },
  { name: 'degraded', word: 'Degraded', explains: 'Logs arrive, and something about it needs a look', token: '--class-degraded', isAbnormal: true },
  { name: 'healthy', word: 'Healthy', explains: 'Logs arrive and nothing is found wrong', token: '--class-healthy', isAbnormal: false },
  { name: 'unknown', word: 'Unknown', explains: 'Nothing was ever heard of it', token: '--class-unknown', isAbnormal: false },
];

export const classNames = classes.map(c => c.name);

export function wordOf(name: SignalClass): string {
  return classes.find(c => c.name === name)?.word ?? name;
}

/** Lower comes first when the worst is to stand on top. */
export function rankOf(name: SignalClass): number {
  const rank = classNames.indexOf(name);
  return rank < 0 ? classNames.length : rank;
}

/** Signals in each state; a state that no signal is in counts zero, since every signal is in exactly one. */
export function countClasses(signals: readonly Pick<SignalAnswer, 'status'>[]): Record<SignalClass, number> {
  const counts = Object.fromEntries(classNames.map(name => [name, 0])) as Record<SignalClass, number>;
  for (const { status } of signals) {
    counts[status.class] = (counts[status.class] ?? 0) + 1;
  }

  return counts;
}

/** The shape of each state on a grid of 20: no two can be told apart by color alone. Drawn by page and map alike. */
export const shapes: Record<SignalClass, { path: string; stroke?: boolean }> = {
  healthy: { path: 'M10 4a6 6 0 1 1 0 12a6 6 0 1 1 0-12z' },
  degraded: { path: 'M10 2.2L18.4 17H1.6z' },
  preempt: { path: 'M10 1.4L18.6 10L10 18.6L1.4 10z' },
  flash: { path: 'M3 3h14v14H3z' },
  'comms-lost': { path: 'M4.6 1.8L10 7.2l5.4-5.4l2.8 2.8L12.8 10l5.4 5.4l-2.8 2.8L10 12.8l-5.4 5.4l-2.8-2.8L7.2 10L1.8 4.6z' },
  unknown: { path: 'M10 4.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11z', stroke: true },
};
