import { describe, expect, it } from 'vitest';
import { barText, isSure, partsOf, ringsOf, shareChange, spreadText, type AdaptiveGreen } from './answers';

const greens: AdaptiveGreen[] = [
  { ring: 1, phase: 2, fromMs: 0, yellowMs: 50_000, endMs: 54_000 },
  { ring: 1, phase: 4, fromMs: 60_000, yellowMs: null, endMs: null },
  { ring: 2, phase: 6, fromMs: 5_000, yellowMs: 52_000, endMs: null },
];

describe('bars', () => {
  it('are cut to the time that is shown, and what has not ended goes on to its end', () => {
    expect(partsOf(greens, 1, 20_000, 100_000)).toEqual([
      { phase: 2, kind: 'green', left: 0, width: 37.5 },
      { phase: 2, kind: 'yellow', left: 37.5, width: 5 },
      { phase: 4, kind: 'green', left: 50, width: 50 },
    ]);
    expect(partsOf(greens, 2, 0, 100_000).at(-1)).toEqual({ phase: 6, kind: 'yellow', left: 52, width: 48 });
    expect(partsOf(greens, 1, 200_000, 300_000)).toEqual([{ phase: 4, kind: 'green', left: 0, width: 100 }]);
  });

  it('do not show red where nothing was logged yet', () => {
    expect(partsOf([{ ring: 1, phase: 2, fromMs: 50_000, yellowMs: null, endMs: null }], 2, 0, 100_000)).toEqual([{ phase: 0, kind: 'unknown', left: 0, width: 50 }]);
    expect(partsOf([], 1, 0, 100_000)).toEqual([{ phase: 0, kind: 'unknown', left: 0, width: 100 }]);
  });

  it('have words for those who do not see them', () => {
    expect(ringsOf({ signal: '1', coordinated: [2], plan: greens, adaptive: [] })).toEqual([1, 2]);
    expect(barText(greens, 20_000, 100_000)).toBe('green: phase 2 30 s, phase 4 40 s, phase 6 32 s');
    expect(barText([], 0, 1)).toBe('nothing was logged yet');
  });
});

describe('changes', () => {
  it('carry their sign, and the spread once there is one', () => {
    expect(shareChange(-0.124)).toBe('−12 %');
    expect(shareChange(0.004)).toBe('±0 %');
    expect(spreadText({ name: '', planS: 30, adaptiveS: 33, change: 0.1, spread: null })).toBe('+10 %');
    expect(spreadText({ name: '', planS: 30, adaptiveS: 27, change: -0.1, spread: 0.021 })).toBe('−10 % ± 2');
  });

  it('are sure beyond twice their standard error alone', () => {
    const change = { name: '', planS: 30, adaptiveS: 27, change: -0.1, spread: 0.08 };
    expect(isSure(change, 3)).toBe(true);
    expect(isSure({ ...change, spread: 0.09 }, 3)).toBe(false);
    expect(isSure({ ...change, spread: null }, 1)).toBe(false);
  });
});
