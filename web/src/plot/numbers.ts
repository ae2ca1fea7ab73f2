/** Round values from 0 or below the least to above the most, in steps of 1, 2 or 5 times a power of ten. */
export function numberTicks(min: number, max: number, most: number): number[] {
  const length = max - min;
  if (!(length > 0) || !Number.isFinite(length)) {
    return [min];
  }

  const raw = length / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(f => f * power).find(s => s >= raw * 0.999) ?? 10 * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }

  return ticks;
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const MISSING = '–';

export const count = (value: number | null | undefined): string => (value == null ? MISSING : grouped.format(value));
/** A share in percent; small ones to a tenth, so that few is not read as none. */
export const percent = (share: number | null | undefined, digits?: number): string => (share == null ? MISSING : `${(share * 100).toFixed(digits ?? (share > 0 && share < 0.0995 ? 1 : 0))} %`);
export const seconds = (s: number | null | undefined, digits = 1): string => (s == null ? MISSING : `${s.toFixed(digits)} s`);
export const ratio = (value: number | null | undefined): string => (value == null ? MISSING : value.toFixed(2));

/** A number on an axis or in a table: no more digits than it has meaning. */
export function plain(value: number | null | undefined): string {
  if (value == null) {
    return MISSING;
  }

  const size = Math.abs(value);
  return size >= 100 || Number.isInteger(value) ? grouped.format(value) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** "1 cycle", "12 cycles". */
export const counted = (n: number, one: string, many = `${one}s`): string => `${grouped.format(n)} ${n === 1 ? one : many}`;

/** The value below which a share of the values lies, on the line between neighbors; null of none. Sorts a copy. */
export function percentile(values: readonly number[], share: number): number | null {
  if (values.length === 0) {
    return null;
  }

  const sorted = Float64Array.from(values).sort();
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  const a = sorted[low] ?? 0;
  const b = sorted[Math.min(sorted.length - 1, low + 1)] ?? a;
  return a + (b - a) * (place - low);
}

/** The end of an axis above the most: round, with a little room. */
export function axisEnd(most: number, least = 1): number {
  const top = Math.max(most * 1.05, least);
  const ticks = numberTicks(0, top, 4);
  const step = (ticks[1] ?? top) - (ticks[0] ?? 0);
  return Math.ceil(top / step - 1e-9) * step;
}
