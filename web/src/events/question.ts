import type { EventQuestion } from '../plot/model';

/** Titles do not stand in the address; they are kept for as long as the page is open. */
const titles = new Map<string, string>();

/** A question for log rows as the address has it: moment, from, to, then codes.codes@parameter; a parameter left out stands for any. */
export function questionText(question: EventQuestion): string {
  const matches = question.matches.map(m => `${m.codes.join('.')}${m.parameter === null ? '' : `@${m.parameter}`}`);
  const text = [...[question.atMs, question.startMs, question.endMs].map(Math.round), ...matches].join(',');
  titles.set(text, question.title);
  return text;
}

/** The question of an address; null when the text is none. */
export function parseQuestion(text: string): EventQuestion | null {
  const [at, from, to, ...rest] = text.split(',');
  const [atMs, startMs, endMs] = [at, from, to].map(n => (n !== undefined && /^-?\d+$/.test(n) ? Number(n) : Number.NaN)) as [number, number, number];
  if (!(endMs > startMs) || Number.isNaN(atMs)) {
    return null;
  }

  const matches = rest.flatMap(part => {
    const match = /^(\d+(?:\.\d+)*)(?:@(\d+))?$/.exec(part);
    return match ? [{ codes: match[1]!.split('.').map(Number), parameter: match[2] === undefined ? null : Number(match[2]) }] : [];
  });
  return { title: titles.get(text) ?? '', atMs, startMs, endMs, matches };
}

/** Whether a log row is one of those that made the mark. */
export const isMatch = (question: EventQuestion, code: number, parameter: number): boolean =>
  question.matches.some(m => m.codes.includes(code) && (m.parameter === null || m.parameter === parameter));

/** The same question about the stretch before or after, or about a wider or narrower one around the same moment. */
export function movedQuestion(question: EventQuestion, how: 'earlier' | 'later' | 'wider' | 'narrower'): EventQuestion {
  const length = question.endMs - question.startMs;
  const middle = (question.startMs + question.endMs) / 2;
  switch (how) {
    case 'earlier': return { ...question, startMs: question.startMs - length, endMs: question.endMs - length };
    case 'later': return { ...question, startMs: question.startMs + length, endMs: question.endMs + length };
    case 'wider': return { ...question, startMs: Math.round(middle - length), endMs: Math.round(middle + length) };
    default: return { ...question, startMs: Math.round(middle - Math.max(500, length / 4)), endMs: Math.round(middle + Math.max(500, length / 4)) };
  }
}
