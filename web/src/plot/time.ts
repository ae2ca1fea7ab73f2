// Times are ms UTC everywhere; a signal's clock appears only where a person reads it. "Wall" is that clock as if it were UTC.

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const QUARTER = 15 * MINUTE;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

interface ZoneClock { format: Intl.DateTimeFormat; offsets: Map<number, number> }

const zones = new Map<string, ZoneClock>();

function clockOf(zone: string): ZoneClock {
  let clock = zones.get(zone);
  if (!clock) {
    clock = {
      format: new Intl.DateTimeFormat('en-US', {
        timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
      }),
      offsets: new Map(),
    };
    zones.set(zone, clock);
  }

  return clock;
}

/** What the zone's clocks are ahead of UTC, ms; clocks change only at full quarters of an hour. */
export function offsetMs(zone: string, timeMs: number): number {
  const clock = clockOf(zone);
  const quarter = Math.floor(timeMs / QUARTER);
  let offset = clock.offsets.get(quarter);
  if (offset === undefined) {
    const at = quarter * QUARTER;
    const part: Record<string, number> = {};
    for (const { type, value } of clock.format.formatToParts(at)) {
      part[type] = Number(value);
    }

    offset = Date.UTC(part.year ?? 1970, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second) - at;
    clock.offsets.set(quarter, offset);
  }

  return offset;
}

export const wallMs = (zone: string, timeMs: number): number => timeMs + offsetMs(zone, timeMs);

/** The time at which the zone's clocks show this; the first of two when clocks were set back, and the time after the gap when it was skipped. */
export function fromWallMs(zone: string, wall: number): number {
  const before = wall - offsetMs(zone, wall - DAY);
  const after = wall - offsetMs(zone, wall + DAY);
  if (wallMs(zone, before) === wall) {
    return before;
  }

  return wallMs(zone, after) === wall ? after : before;
}

/** The same time of day so many days later. */
export const addDays = (zone: string, timeMs: number, days: number): number => fromWallMs(zone, wallMs(zone, timeMs) + days * DAY);

export function dayStartMs(zone: string, timeMs: number): number {
  const wall = wallMs(zone, timeMs);
  return fromWallMs(zone, wall - ((wall % DAY) + DAY) % DAY);
}

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

/** 07:42, 07:42:13 or 07:42:13.4 as the signal's clock shows it. */
export function clockText(zone: string, timeMs: number, precision: 'minutes' | 'seconds' | 'tenths' = 'minutes'): string {
  const wall = precision === 'tenths' ? Math.floor(wallMs(zone, timeMs) / 100) * 100 : wallMs(zone, timeMs);
  const at = new Date(wall);
  const minutes = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  if (precision === 'minutes') {
    return minutes;
  }

  const seconds = `${minutes}:${two(at.getUTCSeconds())}`;
  return precision === 'seconds' ? seconds : `${seconds}.${Math.floor(at.getUTCMilliseconds() / 100)}`;
}

/** Thu May 14 */
export function dayText(zone: string, timeMs: number): string {
  const at = new Date(wallMs(zone, timeMs));
  return `${WEEKDAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${at.getUTCDate()}`;
}

/** Thu May 14, 2026 */
export const dateText = (zone: string, timeMs: number): string => `${dayText(zone, timeMs)}, ${new Date(wallMs(zone, timeMs)).getUTCFullYear()}`;

/** Thu May 14 07:42 */
export const dayClockText = (zone: string, timeMs: number, precision: 'minutes' | 'seconds' | 'tenths' = 'minutes'): string =>
  `${dayText(zone, timeMs)} ${clockText(zone, timeMs, precision)}`;

/** A moment of a stretch: the clock alone when the stretch is a day or shorter, else with its day. */
export const momentText = (zone: string, timeMs: number, lengthMs: number): string => (lengthMs <= DAY ? clockText(zone, timeMs) : dayClockText(zone, timeMs));

/** A time span in words: the day once when both ends share it. */
export function spanText(zone: string, startMs: number, endMs: number): string {
  const precision = endMs - startMs < 10 * MINUTE ? 'seconds' : 'minutes';
  const last = dayText(zone, startMs) === dayText(zone, endMs) ? clockText(zone, endMs, precision) : dayClockText(zone, endMs, precision);
  return `${dayClockText(zone, startMs, precision)} – ${last}`;
}

/** 0.4 s, 37 s, 5 min, 3 h, 2 days: how old or how long, to one unit. */
export function lengthText(ms: number): string {
  const s = ms / SECOND;
  if (s < 10) {
    return `${Math.max(0, s).toFixed(1)} s`;
  }

  if (s < 120) {
    return `${Math.round(s)} s`;
  }

  if (s < 7200) {
    return `${Math.round(s / 60)} min`;
  }

  return s < 172_800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86_400)} days`;
}

const STEPS = [
  100, 200, 500, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY,
] as const;

export interface TimeTick { timeMs: number; label: string; isDay: boolean }

/** The smallest step of the list that gives no more ticks than asked for. */
export function timeStep(lengthMs: number, mostTicks: number): number {
  return STEPS.find(step => lengthMs / step <= mostTicks) ?? 28 * DAY;
}

/**
 * Ticks at round times of the zone's clocks. An hour that is lost has no tick, one that comes twice has its tick twice, and days begin at
 * their first moment, wherever that is. The first tick of each day (and the first of all) names the day on its second line.
 */
export function timeTicks(zone: string, startMs: number, endMs: number, mostTicks: number): TimeTick[] {
  if (!(endMs > startMs)) {
    return [];
  }

  const step = timeStep(endMs - startMs, Math.max(1, mostTicks));
  const precision = step < SECOND ? 'tenths' : step < MINUTE ? 'seconds' : 'minutes';
  const walk = Math.min(step, 30 * MINUTE);
  const weekShift = step >= 7 * DAY ? 4 * DAY : 0;
  const ticks: TimeTick[] = [];
  let day = '';
  for (let t = Math.ceil(wallMs(zone, startMs) / walk) * walk - offsetMs(zone, startMs); t <= endMs; t += walk) {
    const wall = wallMs(zone, t) - weekShift;
    const isRound = ((wall % step) + step) % step === 0;
    if (!isRound && (step < HOUR || Math.floor(wall / step) === Math.floor((wallMs(zone, t - walk) - weekShift) / step))) {
      continue;
    }

    const own = dayText(zone, t);
    const isDay = own !== day;
    const label = step >= DAY ? own : isDay ? `${clockText(zone, t, precision)}\n${own}` : clockText(zone, t, precision);
    ticks.push({ timeMs: t, label, isDay: isDay && day !== '' });
    day = own;
  }

  return ticks;
}
