import { expect, test } from 'vitest';
import { isAway, noteAct } from './presence';

test('a page that nobody touches for a minute asks by itself', () => {
  noteAct(5_000);
  expect([isAway(5_000), isAway(65_000), isAway(65_001)]).toEqual([false, false, true]);
  noteAct(70_000);
  expect(isAway(70_001)).toBe(false);
});
