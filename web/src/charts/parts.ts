import { MINUTE, SECOND } from '../plot/time';
import type { EventQuestion, Mark, Rules, Spans } from '../plot/model';
import type { ChartInput } from './definition';
import type { Table } from './table';
import { planName } from './words';

// Codes of the controller event log that charts ask for (Indiana enumerations).
export const CODE = {
  phaseGreen: 1, gapOut: 4, maxOut: 5, forceOff: 6, yellow: 8, redClearance: 10, red: 11, inactive: 12, walk: 21, pedestrianClearance: 22, dontWalk: 23,
  overlapGreen: 61, overlapYellow: 63, overlapRed: 64, detectorOff: 81, detectorOn: 82, buttonOff: 89, buttonOn: 90, pattern: 131,
} as const;

export const PHASE_CODES: readonly number[] = [1, 4, 5, 6, 7, 8, 9, 10, 11, 12];
export const DETECTOR_CODES: readonly number[] = [81, 82, 83, 84, 85, 86, 87, 88];

/** Time that the log did not see: hatched, so that nothing there is not taken for zero. */
export function unseenMark(input: ChartInput): Spans[] {
  return input.unseen.length === 0
    ? []
    : [{ kind: 'spans', x0: input.unseen.map(u => u.startMs), x1: input.unseen.map(u => u.endMs), ink: 'hatch', isHatched: true, name: 'Not seen by the log' }];
}

/** A bin that is still running says a rate only once this share of it was seen: its first seconds would be drawn as a fall to nothing. */
const LEAST_SEEN = 0.25;

/** Whether a bin of a table has been seen enough to be drawn. */
export const isDrawable = (table: Table, row: number, endMs: number): boolean => table.time('time', row) + table.binMs <= endMs || (table.number('seen_share', row) ?? 1) >= LEAST_SEEN;

export interface PlanRow { startMs: number; endMs: number; plan: number | null; cycleLengthS: number | null; offsetS: number | null; row: number }

/** Rows of a table by plan, of one group, that reach into the range. */
export function planRows(table: Table | undefined, input: ChartInput, isOwn: (row: number) => boolean): PlanRow[] {
  return table === undefined ? [] : table.where(row => isOwn(row) && table.time('time', row) < input.endMs && table.time('end', row) > input.startMs).map(row => ({
    startMs: table.time('time', row), endMs: table.time('end', row), plan: table.number('plan', row),
    cycleLengthS: table.number('cycle_length_s', row), offsetS: table.number('offset_s', row), row,
  }));
}

/** Plan changes as dotted lines, each with the plan's name and what is said of it. */
export function planRules(plans: readonly PlanRow[], say: (plan: PlanRow, index: number) => readonly string[] = () => []): Rules {
  return {
    kind: 'rules', ink: 'muted', name: 'Plan change',
    x: plans.map(p => p.startMs), labels: plans.map((p, i) => [planName(p.plan), ...say(p, i)].join(' · ')),
    say: i => {
      const plan = plans[i]!;
      return [`${planName(plan.plan)} from`, plan.cycleLengthS ? `cycle ${plan.cycleLengthS} s` : '', plan.offsetS !== null ? `offset ${plan.offsetS} s` : ''].filter(Boolean).join(', ');
    },
    behind: i => ({
      title: `${planName(plans[i]!.plan)} begins`, atMs: plans[i]!.startMs, startMs: plans[i]!.startMs - MINUTE, endMs: plans[i]!.startMs + MINUTE,
      matches: [{ codes: [131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 145, 146, 147, 148, 149, 150, 156], parameter: null }],
    }),
  };
}

/** Log rows of a phase or overlap around a moment. */
export function askAround(title: string, atMs: number, aroundMs: number, matches: EventQuestion['matches']): EventQuestion {
  return { title, atMs, startMs: Math.floor(atMs - aroundMs), endMs: Math.ceil(atMs + aroundMs), matches };
}

export function askSpan(title: string, startMs: number, endMs: number, matches: EventQuestion['matches']): EventQuestion {
  return { title, atMs: startMs, startMs: Math.floor(startMs - SECOND), endMs: Math.ceil(endMs + SECOND), matches };
}

/** Index of the last of ascending values at or before one; -1 before the first. */
export function lastAtOrBefore(values: readonly number[], at: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }

  return low - 1;
}

/** A mean over rows, each weighing as much as its weight; null when nothing weighs. */
export function weighted(rows: readonly number[], value: (row: number) => number | null, weight: (row: number) => number | null): number | null {
  let sum = 0;
  let all = 0;
  for (const row of rows) {
    const v = value(row);
    const w = weight(row) ?? 0;
    if (v !== null && w > 0) {
      sum += v * w;
      all += w;
    }
  }

  return all > 0 ? sum / all : null;
}

export const total = (rows: readonly number[], value: (row: number) => number | null): number => rows.reduce((sum, row) => sum + (value(row) ?? 0), 0);

/** Marks of another day, drawn weaker and broken, named after that day. */
export function asGhost(marks: readonly Mark[], day: string): Mark[] {
  return marks.flatMap((mark): Mark[] => {
    switch (mark.kind) {
      case 'line': {
        const { say: _, behind: __, ...rest } = mark;
        return [{ ...rest, dash: [4, 3], opacity: 0.75, hasHalo: false, ...(mark.name ? { name: `${mark.name}, ${day}` } : {}) }];
      }

      case 'boxes': {
        // The tops of the other day's bars, as a stepped line, so that both can be read.
        const x: number[] = [];
        const y: (number | null)[] = [];
        mark.x0.forEach((x0, i) => {
          x.push(x0, mark.x1[i]!);
          y.push(Math.max(mark.y0[i]!, mark.y1[i]!), null);
        });
        return mark.isHatched ? [] : [{ kind: 'line', x, y, width: 1.6, dash: [4, 3], isStepped: true, ink: mark.ink, opacity: 0.9, ...(mark.axis ? { axis: mark.axis } : {}), ...(mark.name ? { name: `${mark.name}, ${day}` } : {}) }];
      }

      default: return [];
    }
  });
}
