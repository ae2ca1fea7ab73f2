export type RetimingState = 'found' | 'proposed' | 'approved' | 'in-field' | 'kept' | 'rolled-back' | 'declined';
export type RetimingAct = 'propose' | 'approve' | 'decline' | 'enter-field' | 'keep' | 'roll-back';
export type RetimingOrigin = 'night' | 'request' | 'town';

export interface RetimingPeriodFigures {
  name: string;
  fromMinute: number;
  toMinute: number;
  /** Number of the changed patterns; null for a period that was not searched. */
  pattern: number | null;
  retimed: number;
  isComplete: boolean;
  /** Vehicle hours per hour. */
  delayToday: number | null;
  delayPlan: number | null;
  /** Per hour. */
  stopsToday: number | null;
  stopsPlan: number | null;
}

export interface RetimingEffectFigure {
  measure: string;
  unit: string;
  verdict: 'too-few' | 'better' | 'worse' | 'no-difference';
  sentence: string;
  before: number | null;
  after: number | null;
  low: number | null;
  high: number | null;
  daysBefore: number;
  daysAfter: number;
  seenBefore: number | null;
  seenAfter: number | null;
}

export interface RetimingRow {
  id: number;
  madeMs: number;
  origin: RetimingOrigin;
  /** Empty for all signals. */
  corridor: string;
  state: RetimingState;
  proposedBy: string | null;
  approvedBy: string | null;
  fieldDay: string | null;
  summary: { source: string; fromMs: number; toMs: number; events: number; signals: number; retimed: number; tookS: number; periods: RetimingPeriodFigures[] };
  effect: { atMs: number; changed: string; figures: RetimingEffectFigure[] } | null;
}

export interface RetimingLoss {
  atMs: number;
  /** Empty for all signals. */
  corridor: string;
  name: string;
  period: string;
  today: number;
  best: number;
  share: number | null;
  seenShare: number;
}

export interface RetimingStudyStatus {
  state: 'idle' | 'waiting' | 'reading' | 'searching';
  origin: RetimingOrigin | null;
  corridor: string;
  startedMs: number | null;
  period: string | null;
  share: number;
  endedMs: number | null;
  tookS: number | null;
  proposal: number | null;
  failure: { code: string; message: string } | null;
}

export interface RetimingsAnswer {
  items: RetimingRow[];
  losses: RetimingLoss[];
  study: RetimingStudyStatus;
  night: string | null;
}

export interface RetimingPhase {
  phase: number;
  movement: string;
  startS: number;
  splitS: number;
  yellowS: number;
  redClearanceS: number;
  isCoordinated: boolean;
}

export interface RetimingPattern {
  pattern: number;
  cycleS: number;
  offsetS: number;
  offsetReference: string;
  rings: RetimingPhase[][];
}

export interface RetimingSignal {
  signal: string;
  name: string;
  isRetimed: boolean;
  today: RetimingPattern | null;
  plan: RetimingPattern | null;
  why: string;
}

export interface RetimingApproach {
  signal: string;
  approach: string;
  volumeVehPerHour: number;
  delayToday: number | null;
  delayPlan: number | null;
  stopsToday: number | null;
  stopsPlan: number | null;
  saturationToday: number | null;
  saturationPlan: number | null;
  queueToday: number | null;
  queuePlan: number | null;
}

export interface RetimingRefusal {
  signal: string;
  code: string;
  rule: string;
  part: string;
  message: string;
}

export interface RetimingPeriod {
  figures: RetimingPeriodFigures;
  signals: RetimingSignal[];
  approaches: RetimingApproach[];
  refusals: RetimingRefusal[];
}

export interface RetimingAssumption {
  signal: string;
  fact: string;
  basis: string;
  phases: { phase: number; value: number | null }[];
}

export interface RetimingPossible {
  act: RetimingAct;
  state: RetimingState;
  role: string;
  reasons: string[];
  hasDay: boolean;
  /** Why the account that asks cannot take it. */
  hindrance: string | null;
}

export interface RetimingStep {
  act: RetimingAct;
  state: RetimingState;
  atMs: number;
  account: string;
  reason: string;
  day: string | null;
}

export interface RetimingDetail {
  proposal: RetimingRow;
  order: { corridor: string | null; parts: string[] | null; objective: string | null; keep: string[] | null; withinS: number | null; accept: string[] | null; reason: string | null };
  content: {
    periods: RetimingPeriod[];
    losses: RetimingLoss[];
    withdrawn: RetimingRefusal[];
    learned: string[];
    assumptions: RetimingAssumption[];
    lacks: { signal: string; forOffsets: string[]; forSplits: string[] }[];
    fieldChecks: { signal: string; checks: string[] }[];
    drawings: { corridor: string; name: string; period: string; today: string; plan: string }[];
  };
  steps: RetimingStep[];
  files: { name: string; bytes: number }[];
  possible: RetimingPossible[];
}

export const stateWords: Record<RetimingState, string> = {
  found: 'Found', proposed: 'Proposed', approved: 'Approved', 'in-field': 'In the field', kept: 'Kept', 'rolled-back': 'Rolled back', declined: 'Declined',
};

export const stateTones: Record<RetimingState, 'plain' | 'good' | 'warn' | 'bad' | 'info'> = {
  found: 'plain', proposed: 'info', approved: 'info', 'in-field': 'warn', kept: 'good', 'rolled-back': 'bad', declined: 'plain',
};

export const originWords: Record<RetimingOrigin, string> = { night: 'by the night’s study', request: 'by a study that staff asked for', town: 'by the town’s first study' };

export const actWords: Record<RetimingAct, { button: string; title: string; done: string; explains: string }> = {
  propose: { button: 'Propose…', title: 'Propose this plan', done: 'proposed', explains: 'You stand for this plan. Another person then looks at the sheets and approves it; you cannot do both.' },
  approve: { button: 'Approve…', title: 'Approve this plan', done: 'approved', explains: 'You have looked at the sheets and the field checks, and agree to what another person proposed.' },
  decline: { button: 'Decline…', title: 'Decline this plan', done: 'declined', explains: 'The plan is set aside for good. A later study may find another one.' },
  'enter-field': { button: 'Enter the change…', title: 'The cabinets were changed', done: 'entered as changed in the field', explains: 'Crosstown sends nothing to a cabinet: people enter the plan there, by the timing sheets. Name the day on which they did, so that the effect can be measured.' },
  keep: { button: 'Keep…', title: 'The change stays', done: 'kept', explains: 'The plan has shown what it is worth, and stays.' },
  'roll-back': { button: 'Roll back…', title: 'Today’s timing was put back', done: 'rolled back', explains: 'People put back what was in the cabinets before, by the sheet of the way back. Name the day on which they did.' },
};

const reasonWords: Record<string, string> = {
  'loses-time': 'Today’s timing loses time', complaints: 'Complaints', 'traffic-changed': 'Traffic has changed', 'routine-review': 'Routine review', demonstration: 'Demonstration',
  'sheets-checked': 'The sheets were checked', 'field-checked': 'The signals were looked at in the field', 'too-little-gain': 'It gains too little', 'facts-are-wrong': 'Facts that it rests on are wrong',
  'street-changes-soon': 'The street changes soon', 'newer-proposal': 'There is a newer proposal', 'cabinets-changed': 'The cabinets were changed', 'measured-better': 'Measured to be better',
  'seen-better': 'Seen to be better', 'measured-worse': 'Measured to be worse', 'seen-worse': 'Seen to be worse', 'cabinet-fault': 'A fault in a cabinet',
};

export function reasonWord(reason: string): string {
  return reasonWords[reason] ?? reason.replaceAll('-', ' ');
}

export const fileWords: Record<string, [string, string]> = {
  'sheets.html': ['Timing sheets', 'a page per signal, to print and take to the cabinet'],
  'changes.txt': ['What changes, as text', 'signal by signal, pattern by pattern, with reasons'],
  'roll-back.txt': ['The way back, as text', 'what is in the cabinets today: keep it with the sheets'],
  'patterns.csv': ['Patterns as controllers name them', 'objects of NTCIP 1202 and 1201'],
  'plans.json': ['The plan as JSON', 'for programs'],
  'before-after.csv': ['Expected effect by approach', 'today and with the plan'],
  'assumptions.csv': ['What was assumed', 'facts that nobody measured'],
  'left-out.csv': ['What stays and why', 'every reason of the guard'],
  'figures.csv': ['Figures from the logs', 'each with its source and confidence'],
};

/** The first four steps in their order, then how it ended. */
export const wayOf = (state: RetimingState): RetimingState[] =>
  state === 'declined' ? ['found', 'declined'] : ['found', 'proposed', 'approved', 'in-field', state === 'rolled-back' ? 'rolled-back' : 'kept'];

const factWords: Record<string, [string, string]> = {
  role: ['Role', ''], speed: ['Approach speed', 'mph'], grade: ['Grade', '%'], width: ['Width to clear', 'ft'], 'detector-setback': ['Detector setback', 'ft'], 'bicycle-crossing': ['Bicycle crossing', 'ft'],
  crossing: ['Length of the crossing', 'ft'], conflicts: ['Conflicts', ''], 'left-turns': ['Left turns', ''], 'offset-reference': ['Offset reference', ''], 'coordination-group': ['Coordination group', ''],
};

export function factWord(fact: string): string {
  return factWords[fact]?.[0] ?? fact.replaceAll('-', ' ');
}

/** Phases with what is assumed of them: `2 and 6: 35 mph; 4: 30 mph`. */
export function assumedText(assumption: RetimingAssumption): string {
  const unit = factWords[assumption.fact]?.[1] ?? '';
  const groups = new Map<string, number[]>();
  for (const { phase, value } of assumption.phases) {
    const text = value === null ? '' : `${round(value, 1)}${unit === '' ? '' : ' ' + unit}`;
    groups.set(text, [...(groups.get(text) ?? []), phase]);
  }

  return [...groups].map(([text, phases]) => `${phases.length === 1 ? 'phase' : 'phases'} ${joined(phases.map(String))}${text === '' ? '' : `: ${text}`}`).join('; ');
}

export function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

export function round(value: number, digits: number): string {
  return (Math.round(value * 10 ** digits) / 10 ** digits).toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** A number with all its digits, for columns. */
export function fixed(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A change in percent with its sign; null where there is nothing to compare with. */
export function changeText(before: number | null, after: number | null): string | null {
  if (before === null || after === null || before === 0) {
    return null;
  }

  const percent = Math.round((after / before - 1) * 100);
  return percent === 0 ? '±0 %' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
}

/** Delay of all periods together, today and with the plan, vehicle hours a day of each type; null where none was searched. */
export function totalOf(periods: readonly RetimingPeriodFigures[], value: (p: RetimingPeriodFigures) => number | null): number | null {
  const parts = periods.flatMap(p => {
    const amount = value(p);
    return amount === null ? [] : [(amount * (p.toMinute - p.fromMinute)) / 60];
  });
  return parts.length === 0 ? null : parts.reduce((a, b) => a + b, 0);
}

export interface CorridorLoss {
  corridor: string;
  name: string;
  /** Of the newest study, all its periods together. */
  share: number | null;
  worst: RetimingLoss;
  seenShare: number;
  atMs: number;
  history: { t: number; v: number | null }[];
}

/** What each corridor loses now, the most first, and what it lost at earlier studies; all signals together come last. */
export function lossesByCorridor(losses: readonly RetimingLoss[]): CorridorLoss[] {
  const corridors = [...new Set(losses.map(l => l.corridor))].map<CorridorLoss>(corridor => {
    const own = losses.filter(l => l.corridor === corridor);
    const studies = [...new Set(own.map(l => l.atMs))].sort((a, b) => a - b).map(t => ({ t, rows: own.filter(l => l.atMs === t) }));
    const newest = studies[studies.length - 1]!;
    return {
      corridor,
      name: newest.rows[0]!.name,
      share: shareOf(newest.rows),
      worst: newest.rows.reduce((a, b) => ((b.share ?? -1) > (a.share ?? -1) ? b : a)),
      seenShare: newest.rows.reduce((sum, l) => sum + l.seenShare, 0) / newest.rows.length,
      atMs: newest.t,
      history: studies.map(s => ({ t: s.t, v: shareOf(s.rows) })),
    };
  });
  return corridors.sort((a, b) => Number(a.corridor === '') - Number(b.corridor === '') || (b.share ?? -1) - (a.share ?? -1) || a.name.localeCompare(b.name));
}

function shareOf(rows: readonly RetimingLoss[]): number | null {
  const today = rows.reduce((sum, l) => sum + l.today, 0);
  return today > 0 ? Math.max(0, 1 - rows.reduce((sum, l) => sum + l.best, 0) / today) : null;
}

/** What a ring says to those who do not see it. */
export function ringText(ring: readonly RetimingPhase[]): string {
  return ring.map(p => `phase ${p.phase}${p.isCoordinated ? ', coordinated' : ''}, ${round(p.splitS, 1)} s`).join('; ');
}

/** Phases of a pattern by number, for a table beside the drawing. */
export function splitsOf(pattern: RetimingPattern | null): Map<number, RetimingPhase> {
  return new Map((pattern?.rings ?? []).flat().map(p => [p.phase, p]));
}
