import { describe, expect, it } from 'vitest';
import { assumedText, changeText, lossesByCorridor, totalOf, wayOf, type RetimingLoss, type RetimingPeriodFigures } from './answers';

const loss = (atMs: number, corridor: string, period: string, today: number, best: number): RetimingLoss =>
  ({ atMs, corridor, name: corridor || 'all signals', period, today, best, share: today > 0 ? 1 - best / today : null, seenShare: 0.9 });

describe('losses by corridor', () => {
  it('joins periods by what they cost, keeps earlier studies, and puts all signals last', () => {
    const found = lossesByCorridor([loss(2, '', 'am', 100, 50), loss(2, 'a', 'am', 10, 9), loss(2, 'a', 'pm', 30, 24), loss(2, 'b', 'am', 10, 5), loss(1, 'a', 'am', 10, 10)]);
    expect(found.map(c => c.corridor)).toEqual(['b', 'a', '']);
    expect(found[1]!.share).toBeCloseTo(7 / 40);
    expect(found[1]!.worst.period).toBe('pm');
    expect(found[1]!.history).toEqual([{ t: 1, v: 0 }, { t: 2, v: 1 - 33 / 40 }]);
  });

  it('says nothing of a corridor without traffic', () => {
    expect(lossesByCorridor([loss(1, 'a', 'am', 0, 0)])[0]!.share).toBeNull();
  });
});

describe('words', () => {
  it('writes a change with its sign, and none where there is nothing to compare with', () => {
    expect([changeText(100, 83), changeText(100, 104), changeText(100, 100.2), changeText(0, 3), changeText(null, 3)]).toEqual(['−17 %', '+4 %', '±0 %', null, null]);
  });

  it('groups phases with the same value', () => {
    expect(assumedText({ signal: '1', fact: 'speed', basis: '', phases: [{ phase: 2, value: 35 }, { phase: 4, value: 30 }, { phase: 6, value: 35 }] })).toBe('phases 2 and 6: 35 mph; phase 4: 30 mph');
    expect(assumedText({ signal: '1', fact: 'role', basis: '', phases: [{ phase: 3, value: null }] })).toBe('phase 3');
  });

  it('weighs periods by their length and leaves out those that were not searched', () => {
    const period = (fromMinute: number, toMinute: number, delayToday: number | null) => ({ fromMinute, toMinute, delayToday }) as RetimingPeriodFigures;
    expect(totalOf([period(360, 540, 10), period(0, 360, null), period(540, 600, 4)], p => p.delayToday)).toBe(34);
    expect(totalOf([period(0, 360, null)], p => p.delayToday)).toBeNull();
  });

  it('shows the way that a proposal went', () => {
    expect(wayOf('declined')).toEqual(['found', 'declined']);
    expect(wayOf('rolled-back').at(-1)).toBe('rolled-back');
    expect(wayOf('found').at(-1)).toBe('kept');
  });
});
