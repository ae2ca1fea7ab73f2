import { expect, test } from 'vitest';
import { coverageLevel } from './coverage';

test('a day without events is not a day of which nothing was seen', () => {
  expect([coverageLevel(null, null), coverageLevel(5, null), coverageLevel(5, 0), coverageLevel(5, 0.6), coverageLevel(5, 0.95), coverageLevel(5, 1)].map(l => l.name)).toEqual(['none', 'open', 'little', 'part', 'most', 'all']);
});
