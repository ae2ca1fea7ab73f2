/** Answers about imports. */
export interface ImportRow {
  id: number;
  door: string;
  startedMs: number;
  endedMs: number;
  files: number;
  bytes: number;
  eventsRead: number;
  eventsAdded: number;
  duplicates: number;
  rowsRefused: number;
  issues: number;
}

export interface ImportAnswer {
  import: ImportRow;
  files: { name: string; format: string | null; signal: string | null; signals: number; events: number; rowsRefused: number; bytes: number }[];
  counts: { kind: string; source: string; issues: number }[];
  examples: { kind: string; source: string; position: number; value: string; assumed: string }[];
  keptUntilMs: number;
}

export interface IntakeAnswer {
  taken: number;
  added: number;
  refused: number;
  files: { name: string; format: string | null; signals: string[]; events: number; refused: number }[];
  issueCount: number;
  issues: { kind: string; source: string; position: number; value: string; assumed: string }[];
}

const doors: Readonly<Record<string, string>> = { upload: 'handed in', push: 'sent by a program', poll: 'fetched', 'command-line': 'command line' };

export function doorWord(door: string): string {
  return doors[door] ?? door;
}

/** A kind of issue in words: `time-went-back` becomes `Time went back`. */
export function issueWord(kind: string): string {
  const words = kind.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/-/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Bytes in the unit that gives one to three figures before the point, by the thousand. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }

  return `${value.toLocaleString('en-US', { maximumFractionDigits: unit === 0 || Math.abs(value) >= 100 ? 0 : 1 })} ${units[unit]}`;
}
