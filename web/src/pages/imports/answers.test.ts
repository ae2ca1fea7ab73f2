import { expect, test } from 'vitest';
import { bytesText, doorWord, issueWord } from './answers';

test('sizes are read at a glance', () => {
  expect([0, 999, 1000, 12_345, 999_600, 8_100_000_000].map(bytesText)).toEqual(['0 B', '999 B', '1 kB', '12.3 kB', '1 MB', '8.1 GB']);
});

test('kinds of issues and ways in are words', () => {
  expect([issueWord('time-went-back'), issueWord('BadRow'), doorWord('poll'), doorWord('pigeon')]).toEqual(['Time went back', 'Bad row', 'fetched', 'pigeon']);
});
