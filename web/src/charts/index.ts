import { coordination } from './coordination/coordination';
import type { Chart } from './definition';
import { splitFailure } from './split-failure/splitFailure';
import { splitMonitor } from './split-monitor/splitMonitor';
import { termination } from './termination/termination';
import { timing } from './timing/timing';

/** All charts of a signal, one line each, in the order in which they are offered. */
export const charts: readonly Chart[] = [
  coordination,
  termination,
  splitMonitor,
  splitFailure,
  timing,
];

export const findChart = (key: string): Chart | undefined => charts.find((c) => c.key === key);
