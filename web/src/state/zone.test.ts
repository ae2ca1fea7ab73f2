import { describe, expect, test } from 'vitest';
import { addDays, instantsOf, lengthOf, offsetAt, startOfDay, wallOf } from './zone';

const la = 'America/Los_Angeles';
const hour = 3_600_000;

describe('wall clocks', () => {
  test('a winter noon in Los Angeles is 20:00 UTC', () => {
    expect(instantsOf(Date.UTC(2026, 0, 15, 12), la)).toEqual([Date.UTC(2026, 0, 15, 20)]);
  });

  test('the hour that autumn shows twice has two instants, an hour apart', () => {
    const both = instantsOf(Date.UTC(2026, 10, 1, 1, 30), la);
    expect(both).toEqual([Date.UTC(2026, 10, 1, 8, 30), Date.UTC(2026, 10, 1, 9, 30)]);
  });

  test('the hour that spring leaves out shows an hour later', () => {
    const [instant, ...more] = instantsOf(Date.UTC(2026, 2, 8, 2, 30), la);
    expect(more).toEqual([]);
    expect(wallOf(instant!, la)).toBe(Date.UTC(2026, 2, 8, 3, 30));
  });

  test('every half hour of a year finds its way to the wall and back', () => {
    for (const zone of [la, 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/St_Johns', 'UTC']) {
      for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += hour / 2) {
        if (!instantsOf(wallOf(ms, zone), zone).includes(ms)) {
          throw new Error(`${new Date(ms).toISOString()} in ${zone}`);
        }
      }
    }
  });

  test('offsets keep milliseconds, also before 1970', () => {
    expect(offsetAt(Date.UTC(2026, 5, 1, 0, 0, 0, 250), la)).toBe(-7 * hour);
    expect(offsetAt(-250, 'UTC')).toBe(0);
  });
});

describe('days on the calendar', () => {
  test('nine in the morning stays nine when the clocks change', () => {
    const before = instantsOf(Date.UTC(2026, 2, 7, 9), la)[0]!;
    const after = addDays(before, 1, la);
    expect(wallOf(after, la)).toBe(Date.UTC(2026, 2, 8, 9));
    expect(after - before).toBe(23 * hour);
    expect(addDays(after, -1, la)).toBe(before);
  });

  test('the second showing of a doubled hour has its own day before', () => {
    const second = Date.UTC(2026, 10, 1, 9, 30);
    expect(wallOf(addDays(second, -1, la), la)).toBe(Date.UTC(2026, 9, 31, 1, 30));
  });

  test('midnight of a day of 25 hours is its first', () => {
    expect(startOfDay(Date.UTC(2026, 10, 2, 7, 59), la)).toBe(Date.UTC(2026, 10, 1, 7));
  });
});

test('lengths are told in the unit that fits', () => {
  expect([0, 119_000, 120_000, 3_600_000 * 2, 3_600_000 * 2.5, 48 * hour, 49 * hour, -5].map(lengthOf)).toEqual(['0 s', '119 s', '2 min', '2 h', '2 h 30 min', '2 d', '2 d 1 h', '0 s']);
});
