import type { RankingAnswer } from '../../api/types';
import { numberText } from '../../ui';
import { viridis } from '../../ui/viridis';
import type { Amount } from './places';

/**
 * One amount a signal, the first that the ranking has for it, colored between the lowest and the highest; rank 0 is the one to look at first.
 * Signals without a value are left out, never put at zero.
 */
export function amountsOf(ranking: Pick<RankingAnswer, 'items'>): { bySignal: Map<string, Amount>; low: number; high: number } {
  const first = new Map<string, number>();
  for (const { signal, value } of ranking.items) {
    if (value !== null && !first.has(signal)) {
      first.set(signal, value);
    }
  }

  const low = Math.min(...first.values());
  const high = Math.max(...first.values());
  return {
    bySignal: new Map([...first].map(([signal, value], rank) => [signal, { value, rank, color: viridis(high === low ? 0.5 : (value - low) / (high - low)) }])),
    low,
    high,
  };
}

/** An amount with its unit as people read it: shares as percent. */
export function amountText(value: number, unit: string): string {
  return unit === '0-1' ? `${numberText(value * 100)} %` : unit === '' ? numberText(value) : `${numberText(value)} ${unit}`;
}
