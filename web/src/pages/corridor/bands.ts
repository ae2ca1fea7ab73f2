/** A signal's place in a band: when green begins in the cycle, how long it lasts, and how long vehicles take from here to the next signal. */
export interface BandSignal { startS: number; greenS: number; travelToNextS: number | null }

export interface Band {
  /** Seconds of each cycle in which a vehicle can leave the first signal and meet green at all; 0 when there are none. */
  widthS: number;
  /** Second of the cycle at which the band leaves the first signal of its way. */
  fromS: number;
  /** Band over cycle, 0-1. */
  efficiency: number;
  /** Band over the shortest green, 0-1. */
  attainability: number;
}

type Stretch = readonly [from: number, to: number];

const wrap = (s: number, cycleS: number): number => ((s % cycleS) + cycleS) % cycleS;

/** A stretch of the cycle as one or two stretches of [0, cycle). */
export function arc(startS: number, lengthS: number, cycleS: number): Stretch[] {
  if (lengthS >= cycleS) {
    return [[0, cycleS]];
  }

  const from = wrap(startS, cycleS);
  const to = from + lengthS;
  return to <= cycleS ? [[from, to]] : [[0, to - cycleS], [from, cycleS]];
}

export function intersect(a: readonly Stretch[], b: readonly Stretch[]): Stretch[] {
  const both: Stretch[] = [];
  for (const [a0, a1] of a) {
    for (const [b0, b1] of b) {
      const [from, to] = [Math.max(a0, b0), Math.min(a1, b1)];
      if (to > from) {
        both.push([from, to]);
      }
    }
  }

  return both.sort((x, y) => x[0] - y[0]);
}

/** The longest of stretches on a circle: one that ends at the cycle's end goes on at its begin. */
function longest(stretches: readonly Stretch[], cycleS: number): { fromS: number; widthS: number } {
  let best = { fromS: 0, widthS: 0 };
  for (const [from, to] of stretches) {
    const first = stretches[0]!;
    const isWrapped = to === cycleS && first[0] === 0 && first[1] < cycleS && from > 0;
    const width = to - from + (isWrapped ? first[1] : 0);
    if (width > best.widthS) {
      best = { fromS: from, widthS: width };
    }
  }

  return best;
}

/**
 * The band through signals in the order in which they are passed: departures from the first that meet green at every one.
 * Null when a travel time is not known or there are fewer than two signals.
 */
export function findBand(signals: readonly BandSignal[], cycleS: number): Band | null {
  if (signals.length < 2 || !(cycleS > 0)) {
    return null;
  }

  let passed = 0;
  let open: Stretch[] = [[0, cycleS]];
  for (let i = 0; i < signals.length; i++) {
    const { startS, greenS, travelToNextS } = signals[i]!;
    open = intersect(open, arc(startS - passed, greenS, cycleS));
    if (i + 1 < signals.length) {
      if (travelToNextS === null) {
        return null;
      }

      passed += travelToNextS;
    }
  }

  const { fromS, widthS } = longest(open, cycleS);
  const shortest = Math.min(...signals.map(s => s.greenS));
  return { fromS, widthS, efficiency: widthS / cycleS, attainability: shortest > 0 ? Math.min(1, widthS / shortest) : 0 };
}

/** Share of each signal's green that meets green at the next, over all links of a way: says what an offset does where no band runs all the way. Null when nothing is known. */
export function metShare(signals: readonly BandSignal[], cycleS: number): number | null {
  let met = 0;
  let sent = 0;
  for (let i = 0; i + 1 < signals.length; i++) {
    const { startS, greenS, travelToNextS } = signals[i]!;
    if (travelToNextS !== null) {
      const next = signals[i + 1]!;
      met += intersect(arc(startS + travelToNextS, greenS, cycleS), arc(next.startS, next.greenS, cycleS)).reduce((sum, [from, to]) => sum + to - from, 0);
      sent += Math.min(greenS, cycleS);
    }
  }

  return sent > 0 ? met / sent : null;
}

/** Offset changes as the address has them: signal:seconds, signal:seconds. Whole seconds, zero left out. */
export function parseChanges(text: string): ReadonlyMap<string, number> {
  return new Map(text.split(',').flatMap((part): [string, number][] => {
    const match = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,14}):(-?\d{1,3})$/.exec(part);
    return match && Number(match[2]) !== 0 ? [[match[1]!, Number(match[2])]] : [];
  }));
}

export const changesText = (changes: ReadonlyMap<string, number>): string => [...changes].filter(([, s]) => s !== 0).map(([signal, s]) => `${signal}:${s}`).join(',');

/** A change kept within half a cycle to either side: the shorter way around says the same. */
export function shorterWay(seconds: number, cycleS: number): number {
  const around = wrap(Math.round(seconds), cycleS);
  return around > cycleS / 2 ? around - cycleS : around;
}
