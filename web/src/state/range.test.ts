import { describe, expect, test } from 'vitest';
import { fixedText, liveEnd, longestMs, momentText, moved, parseMoment, parseRange, relativeMs, relativeText } from './range';
import { trackOf } from './TimeScrubber';
import { wallOf } from './zone';

const la = 'America/Los_Angeles';
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.UTC(2026, 4, 13, 18, 0, 20);

describe('relative times', () => {
  test('are a number and a unit, up to 31 days', () => {
    expect(relativeMs('now-15m')).toBe(15 * minute);
    expect(relativeMs('now-24h')).toBe(day);
    expect(relativeMs('now-31d')).toBe(longestMs);
    for (const wrong of ['now-32d', 'now-0h', 'now', 'now-5y', 'now--1h', 'now-1.5h', '', 'now-24h/x']) {
      expect(relativeMs(wrong), wrong).toBeNull();
    }
  });

  test('are written in the largest unit that is exact', () => {
    for (const text of ['now-45s', 'now-90s', 'now-15m', 'now-90m', 'now-1h', 'now-24h', 'now-36h', 'now-2d', 'now-7d']) {
      expect(relativeText(relativeMs(text)!)).toBe(text);
    }
  });

  test('end now, and stand still for a while', () => {
    const range = parseRange('now-24h', la, now)!;
    expect(range).toMatchObject({ isLive: true, endMs: Date.UTC(2026, 4, 13, 18, 1), text: 'now-24h' });
    expect(range.endMs - range.startMs).toBe(day);
    expect(parseRange('now-24h', la, now + 30_000)!.endMs).toBe(range.endMs);
    expect(liveEnd(now + 1, 5 * minute) - now).toBeLessThanOrEqual(5000);
  });

  test('days are days of the calendar', () => {
    const monday = Date.UTC(2026, 2, 9, 20);
    const range = parseRange('now-2d', la, monday)!;
    expect(range.endMs - range.startMs).toBe(2 * day - hour);
    expect(wallOf(range.startMs, la)).toBe(Date.UTC(2026, 2, 7, 13));
  });
});

describe('fixed times', () => {
  test('are the wall clock of the zone', () => {
    const range = parseRange('2026-05-13T06:00/2026-05-13T09:00', la, now)!;
    expect(range).toEqual({ startMs: Date.UTC(2026, 4, 13, 13), endMs: Date.UTC(2026, 4, 13, 16), isLive: false, text: '2026-05-13T06:00/2026-05-13T09:00' });
  });

  test('are as fine as they need to be', () => {
    expect(momentText(Date.UTC(2026, 4, 13, 13), la)).toBe('2026-05-13T06:00');
    expect(momentText(Date.UTC(2026, 4, 13, 13, 0, 5), la)).toBe('2026-05-13T06:00:05');
    expect(momentText(Date.UTC(2026, 4, 13, 13, 0, 5, 100), la)).toBe('2026-05-13T06:00:05.100');
    expect(parseMoment('2026-05-13T06:00:05.1', la)).toBe(Date.UTC(2026, 4, 13, 13, 0, 5, 100));
    expect(parseMoment('2026-05-13', la)).toBe(Date.UTC(2026, 4, 13, 7));
  });

  test('go to the address and back unchanged, also through both changes of the clocks', () => {
    for (const zone of [la, 'Europe/London', 'Australia/Lord_Howe']) {
      for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += 12_345_678) {
        const range = parseRange(fixedText(ms, ms + 3 * hour, zone), zone, now);
        if (range?.startMs !== ms || range.endMs !== ms + 3 * hour) {
          throw new Error(`${fixedText(ms, ms + 3 * hour, zone)} in ${zone}`);
        }
      }
    }
  });

  test('say their offset in the hour that is shown twice', () => {
    expect(momentText(Date.UTC(2026, 10, 1, 9, 30), la)).toBe('2026-11-01T01:30-08:00');
    expect(parseMoment('2026-11-01T01:30-08:00', la)).toBe(Date.UTC(2026, 10, 1, 9, 30));
    expect(parseMoment('2026-11-01T01:30', la)).toBe(Date.UTC(2026, 10, 1, 8, 30));
    expect(parseMoment('2026-05-13T13:00Z', la)).toBe(Date.UTC(2026, 4, 13, 13));
  });

  test('that are none are refused', () => {
    for (const wrong of ['', '2026-05-13T06:00', '2026-02-30T06:00/2026-03-01T06:00', '2026-05-13T25:00/2026-05-14T06:00', '2026-05-13T09:00/2026-05-13T06:00', '2026-05-13T09:00/2026-05-13T09:00', 'a/b', '2026-01-01T00:00/2026-03-01T00:00', '2026-05-13T06:00/2026-05-13T09:00/x']) {
      expect(parseRange(wrong, la, now), wrong).toBeNull();
    }
  });
});

test('a step of a day is a day of the calendar, a step of five minutes is five minutes', () => {
  const range = parseRange('2026-03-07T09:00/2026-03-07T10:00', la, now)!;
  const next = moved(range, day, la);
  expect(momentText(next.startMs, la)).toBe('2026-03-08T09:00');
  expect(next.startMs - range.startMs).toBe(23 * hour);
  expect(moved(range, -5 * minute, la)).toEqual({ startMs: range.startMs - 5 * minute, endMs: range.endMs - 5 * minute });
  expect(moved(next, -7 * day, la).startMs).toBe(parseMoment('2026-03-01T09:00', la));
});

test('the bar holds the shown time in whole days', () => {
  for (const text of ['now-15m', 'now-24h', 'now-7d', '2026-05-01T06:00/2026-05-01T06:00:05', '2026-03-01T00:00/2026-03-30T00:00', '2026-03-07T22:00/2026-03-08T05:00']) {
    const range = parseRange(text, la, now)!;
    const bar = trackOf(range, now, la);
    expect(bar.startMs, text).toBeLessThanOrEqual(range.startMs);
    expect(bar.endMs, text).toBeGreaterThanOrEqual(range.endMs);
    expect(wallOf(bar.startMs, la) % day, text).toBe(0);
    expect(wallOf(bar.endMs, la) % day, text).toBe(0);
    expect(bar.ticks.length, text).toBeLessThan(30);
    expect(bar.ticks.every(t => t.ms >= bar.startMs && t.ms < bar.endMs), text).toBe(true);
  }
});
