import { describe, expect, it } from 'vitest';
import { parseCodes } from '../pages/signal/EventsPage';
import { isMatch, movedQuestion, parseQuestion, questionText } from './question';

const question = { title: 'Arrival', atMs: 1000, startMs: 500, endMs: 2500, matches: [{ codes: [81, 82], parameter: 12 }, { codes: [1], parameter: null }] };

describe('a question for log rows', () => {
  it('comes back from the address as it went in', () => {
    expect(questionText(question)).toBe('1000,500,2500,81.82@12,1');
    expect(parseQuestion(questionText(question))).toEqual(question);
  });

  it('is none when the address was cut or turned around', () => {
    expect([parseQuestion(''), parseQuestion('1,2'), parseQuestion('1,9,3'), parseQuestion('x,1,2')]).toEqual([null, null, null, null]);
    expect(parseQuestion('1,1,2,junk')).toMatchObject({ matches: [] });
  });

  it('knows its own rows', () => {
    expect([isMatch(question, 82, 12), isMatch(question, 82, 13), isMatch(question, 1, 7), isMatch(question, 2, 7)]).toEqual([true, false, true, false]);
  });

  it('moves by its own length and widens around its middle', () => {
    expect(movedQuestion(question, 'earlier')).toMatchObject({ startMs: -1500, endMs: 500 });
    expect(movedQuestion(question, 'later')).toMatchObject({ startMs: 2500, endMs: 4500 });
    expect(movedQuestion(question, 'wider')).toMatchObject({ startMs: -500, endMs: 3500 });
    expect(movedQuestion(question, 'narrower')).toMatchObject({ startMs: 1000, endMs: 2000 });
  });
});

describe('typed codes', () => {
  it('are whole numbers with commas or spaces, none for all', () => {
    expect([parseCodes('1, 8 9'), parseCodes(''), parseCodes('82a'), parseCodes('70000')]).toEqual([[1, 8, 9], [], null, null]);
  });
});
