import { arrivalsOnRed } from './arrivals-on-red/arrivalsOnRed';
import { capacity } from './capacity/capacity';
import { coordination } from './coordination/coordination';
import type { Chart } from './definition';
import { delay } from './delay/delay';
import { detectors } from './detectors/detectors';
import { feed } from './feed/feed';
import { greenUse } from './green-use/greenUse';
import { interruptions } from './interruptions/interruptions';
import { leftTurnGap } from './left-turn-gap/leftTurnGap';
import { pedestrians } from './pedestrians/pedestrians';
import { speed } from './speed/speed';
import { spillback } from './spillback/spillback';
import { splitFailure } from './split-failure/splitFailure';
import { splitMonitor } from './split-monitor/splitMonitor';
import { termination } from './termination/termination';
import { timing } from './timing/timing';
import { turning } from './turning/turning';
import { volume } from './volume/volume';
import { wait } from './wait/wait';
import { yellowRed } from './yellow-red/yellowRed';

/** All charts of a signal, one line each, in the order in which they are offered. */
export const charts: readonly Chart[] = [
  coordination,
  termination,
  splitMonitor,
  splitFailure,
  timing,
  volume,
  turning,
  arrivalsOnRed,
  delay,
  speed,
  capacity,
  wait,
  greenUse,
  pedestrians,
  yellowRed,
  leftTurnGap,
  spillback,
  interruptions,
  detectors,
  feed,
];

export const findChart = (key: string): Chart | undefined => charts.find(c => c.key === key);
