/** How much of a day was seen, in steps that a person tells apart at a glance. */
export interface CoverageLevel {
  name: 'none' | 'open' | 'little' | 'part' | 'most' | 'all';
  mark: string;
  word: string;
}

export const levels: readonly CoverageLevel[] = [
  { name: 'none', mark: '', word: 'no events' },
  { name: 'open', mark: '?', word: 'not looked at yet' },
  { name: 'little', mark: '×', word: 'below 50 %' },
  { name: 'part', mark: '–', word: '50–90 %' },
  { name: 'most', mark: '·', word: '90–99.5 %' },
  { name: 'all', mark: '', word: 'all of it' },
];

/** @param share 0-1 of the day; null while it is not known. */
export function coverageLevel(events: number | null, share: number | null): CoverageLevel {
  const name = events === null ? 'none' : share === null ? 'open' : share < 0.5 ? 'little' : share < 0.9 ? 'part' : share < 0.995 ? 'most' : 'all';
  return levels.find(l => l.name === name)!;
}
