/** Answers of the configuration part of the interface. */
export interface VersionAnswer {
  validFromMs: number | null;
  validToMs: number | null;
  isCurrent: boolean;
  name: string;
  approaches: number;
  detectors: number;
  phases: number;
  overlaps: number;
  patterns: number;
}

export type ProposalState = 'none' | 'queued' | 'running' | 'ready' | 'failed';

export interface ConfigurationAnswer {
  signal: string;
  entityTag: string;
  versions: VersionAnswer[];
  current: Record<string, unknown> | null;
  proposalState: ProposalState;
}

export interface SettingChange {
  field: string;
  before: string | null;
  after: string | null;
}

export interface ProblemLine {
  code: string;
  where: string;
  message: string;
}

export interface DiffAnswer {
  signal: string;
  before: string;
  after: string;
  changes: SettingChange[];
  problems: ProblemLine[];
}

export interface ProposedField {
  field: string;
  now: string | null;
  proposed: string | null;
  confidence: number | null;
  basis: string;
  isSame: boolean;
  isChosen: boolean;
}

export interface ProposalAnswer {
  signal: string;
  state: ProposalState;
  ahead: number;
  learnedMs: number | null;
  fromMs: number | null;
  toMs: number | null;
  events: number | null;
  sureEnough: number;
  entityTag: string;
  fields: ProposedField[];
}

export interface ImportedSignal {
  signal: string;
  validFromMs: number | null;
  isNew: boolean;
  changes: SettingChange[];
  problems: ProblemLine[];
}

export interface ImportPreview {
  id: string;
  signals: ImportedSignal[];
  issues: { kind: string; file: string; row: number; value: string; assumed: string }[];
}

/** What is proposed and differs from what is configured: the rows that a person decides about. */
export function openFields(fields: readonly ProposedField[]): ProposedField[] {
  return fields.filter(f => f.proposed !== null && !f.isSame);
}

/** The part of a setting's name by which it is grouped: `detectors/12/phase` belongs to `detectors/12`. */
export function partOf(field: string): string {
  const parts = field.split('/');
  return parts.length > 2 ? parts.slice(0, 2).join('/') : parts.length === 2 ? parts[0]! : 'signal';
}
