import { coordination } from './coordination/coordination';
import type { Chart } from './definition';

/** All charts of a signal, one line each, in the order in which they are offered. */
export const charts: readonly Chart[] = [
  coordination,
];

export const findChart = (key: string): Chart | undefined => charts.find((c) => c.key === key);
