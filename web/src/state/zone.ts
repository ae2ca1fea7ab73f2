/** Wall clocks of a zone, by the browser's own zone rules. */

const formats = new Map<string, Intl.DateTimeFormat>();

function partsFormat(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, hourCycle: 'h23', era: 'short', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    });
    formats.set(zone, format);
  }

  return format;
}

/** Zones change their clocks at whole quarters of an hour, so that one look holds for a quarter. */
const blockMs = 900_000;
const mostBlocks = 20_000;
const offsets = new Map<string, Map<number, number>>();

/** Wall clock minus UTC, ms. */
export function offsetAt(utcMs: number, zone: string): number {
  const block = Math.floor(utcMs / blockMs);
  let known = offsets.get(zone);
  if (!known || known.size > mostBlocks) {
    known = new Map();
    offsets.set(zone, known);
  }

  let offset = known.get(block);
  if (offset === undefined) {
    const field: Record<string, number> = {};
    for (const { type, value } of partsFormat(zone).formatToParts(block * blockMs)) {
      field[type] = Number(value);
    }

    offset = Date.UTC(field['year']!, field['month']! - 1, field['day'], field['hour'], field['minute'], field['second']) - block * blockMs;
    known.set(block, offset);
  }

  return offset;
}

/** What a wall clock in the zone shows, written as if it were UTC. */
export function wallOf(utcMs: number, zone: string): number {
  return utcMs + offsetAt(utcMs, zone);
}

const dayMs = 86_400_000;

/**
 * The instants at which the zone's wall clock shows a time: two, earlier first, in the hour that autumn shows twice; otherwise one.
 * In the hour that spring leaves out, the instant as if the clock had not been put forward, which shows an hour later.
 */
export function instantsOf(wallMs: number, zone: string): number[] {
  const before = wallMs - offsetAt(wallMs - dayMs, zone);
  const after = wallMs - offsetAt(wallMs + dayMs, zone);
  const valid = [...new Set([before, after])].filter(ms => wallOf(ms, zone) === wallMs).sort((a, b) => a - b);
  return valid.length > 0 ? valid : [before];
}

/** The same time of day, days later or earlier, on the zone's calendar. Keeps the second showing of a doubled hour where it can. */
export function addDays(utcMs: number, days: number, zone: string): number {
  const wall = wallOf(utcMs, zone);
  const here = instantsOf(wall, zone);
  const there = instantsOf(wall + days * dayMs, zone);
  return there[Math.min(Math.max(here.indexOf(utcMs), 0), there.length - 1)]!;
}

/** The zone's midnight at or before an instant. */
export function startOfDay(utcMs: number, zone: string): number {
  const wall = wallOf(utcMs, zone);
  return instantsOf(wall - (((wall % dayMs) + dayMs) % dayMs), zone)[0]!;
}

const texts = new Map<string, Intl.DateTimeFormat>();

/** An instant as people read it in the zone; `options` as for Intl. */
export function formatTime(utcMs: number, zone: string, options: Intl.DateTimeFormatOptions): string {
  const key = zone + JSON.stringify(options);
  let format = texts.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...options });
    texts.set(key, format);
  }

  return format.format(utcMs);
}

export const clockOf = (utcMs: number, zone: string): string => formatTime(utcMs, zone, { hour: '2-digit', minute: '2-digit' });
export const clockSecondsOf = (utcMs: number, zone: string): string => formatTime(utcMs, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
export const dayOf = (utcMs: number, zone: string): string => formatTime(utcMs, zone, { weekday: 'short', month: 'short', day: 'numeric' });
export const momentOf = (utcMs: number, zone: string): string => formatTime(utcMs, zone, { weekday: 'short', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

/** A length of time in at most two units, such as `3 min 20 s`; for ages and since-whens. */
export function lengthOf(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 120) {
    return `${s} s`;
  }

  const min = Math.floor(s / 60);
  if (min < 120) {
    return `${min} min`;
  }

  const h = Math.floor(min / 60);
  if (h < 48) {
    return min % 60 === 0 ? `${h} h` : `${h} h ${min % 60} min`;
  }

  const d = Math.floor(h / 24);
  return h % 24 === 0 ? `${d} d` : `${d} d ${h % 24} h`;
}
