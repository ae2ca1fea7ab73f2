import { describe, expect, it } from 'vitest';
import { clockText, dayText, fromWallMs, HOUR, MINUTE, spanText, timeTicks } from './time';

const ZONE = 'America/Los_Angeles';
const at = (iso: string): number => Date.parse(iso);
const times = (ticks: { label: string }[]): string[] => ticks.map(t => t.label.split('\n')[0]!);

describe('ticks of a time axis', () => {
  it('stand at round times of the signal’s clock, not of UTC', () => {
    const ticks = timeTicks('Asia/Kolkata', at('2026-05-13T00:00:00Z'), at('2026-05-13T06:00:00Z'), 8);
    expect(times(ticks)).toEqual(['06:00', '07:00', '08:00', '09:00', '10:00', '11:00']);
    expect(ticks[0]!.timeMs).toBe(at('2026-05-13T00:30:00Z'));
  });

  it('leave out the hour that is lost in spring', () => {
    const ticks = timeTicks(ZONE, at('2026-03-08T08:00:00Z'), at('2026-03-08T13:00:00Z'), 6);
    expect(times(ticks)).toEqual(['00:00', '01:00', '03:00', '04:00', '05:00', '06:00']);
    expect(ticks.map(t => t.timeMs - ticks[0]!.timeMs)).toEqual([0, 1, 2, 3, 4, 5].map(h => h * HOUR));
  });

  it('show the hour that comes twice in autumn twice', () => {
    const ticks = timeTicks(ZONE, at('2026-11-01T07:00:00Z'), at('2026-11-01T11:00:00Z'), 5);
    expect(times(ticks)).toEqual(['00:00', '01:00', '01:00', '02:00', '03:00']);
  });

  it('keep every third hour round across a change of clocks', () => {
    const ticks = timeTicks(ZONE, at('2026-11-01T07:00:00Z'), at('2026-11-02T08:00:00Z'), 9);
    expect(times(ticks)).toEqual(['00:00', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00', '21:00', '00:00']);
  });

  it('begin days at their first moment where midnight is skipped', () => {
    const ticks = timeTicks('America/Santiago', at('2026-09-05T12:00:00Z'), at('2026-09-08T12:00:00Z'), 4);
    expect(ticks.map(t => t.label)).toEqual(['Sun Sep 6', 'Mon Sep 7', 'Tue Sep 8']);
    expect(ticks[0]!.timeMs).toBe(at('2026-09-06T04:00:00Z'));
  });

  it('name the day once, at the first tick and at each new day', () => {
    const ticks = timeTicks(ZONE, at('2026-05-14T04:00:00Z'), at('2026-05-14T10:00:00Z'), 6);
    expect(ticks.filter(t => t.label.includes('\n')).map(t => t.label)).toEqual(['21:00\nWed May 13', '00:00\nThu May 14']);
    expect(ticks.filter(t => t.isDay)).toHaveLength(1);
  });

  it('go down to tenths of seconds, and are none for an empty range', () => {
    expect(times(timeTicks(ZONE, 0, 1000, 6))).toEqual(['16:00:00.0', '16:00:00.2', '16:00:00.4', '16:00:00.6', '16:00:00.8', '16:00:01.0']);
    expect(timeTicks(ZONE, 5, 5, 4)).toEqual([]);
  });
});

describe('a signal’s clock', () => {
  it('reads to minutes, seconds and tenths', () => {
    const moment = at('2026-05-13T14:42:13.480Z');
    expect([clockText(ZONE, moment), clockText(ZONE, moment, 'seconds'), clockText(ZONE, moment, 'tenths'), dayText(ZONE, moment)]).toEqual(['07:42', '07:42:13', '07:42:13.4', 'Wed May 13']);
  });

  it('names the day of a stretch once when both ends share it', () => {
    expect(spanText(ZONE, at('2026-05-13T14:00:00Z'), at('2026-05-13T16:00:00Z'))).toBe('Wed May 13 07:00 – 09:00');
    expect(spanText(ZONE, at('2026-05-14T05:00:00Z'), at('2026-05-14T08:00:00Z'))).toBe('Wed May 13 22:00 – Thu May 14 01:00');
  });

  it('turns back into time, the first of two where it is ambiguous', () => {
    expect(fromWallMs(ZONE, Date.UTC(2026, 10, 1, 1, 30))).toBe(at('2026-11-01T08:30:00Z'));
    expect(fromWallMs(ZONE, Date.UTC(2026, 4, 13, 7, 42)) % MINUTE).toBe(0);
  });
});
