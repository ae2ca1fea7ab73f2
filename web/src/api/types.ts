/** The answers of /api/v1 that more than one page reads. Times are ms UTC; null is missing, never zero. */

export type SignalClass = 'unknown' | 'healthy' | 'degraded' | 'preempt' | 'flash' | 'comms-lost';

export interface SessionAnswer {
  name: string | null;
  roles: string[];
  isTown: boolean;
  antiforgery: string | null;
}

export interface CorridorSignal {
  signal: string;
  distanceFt: number;
  speedMphToNext: number | null;
  forwardGroup: string | null;
  backwardGroup: string | null;
}

export interface Corridor {
  id: string;
  name: string;
  forward: string;
  backward: string;
  signals: CorridorSignal[];
}

export interface CityAnswer {
  name: string;
  zone: string;
  nowMs: number;
  bounds: [number, number, number, number] | null;
  corridors: Corridor[];
  version: number;
  /** What lies under the map; GeoJSON when the server does not say. */
  basemap?: 'geojson' | 'pmtiles';
}

export interface SignalStatus {
  class: SignalClass;
  sinceMs: number | null;
  lastEventMs: number | null;
  dataAgeS: number | null;
  pattern: number | null;
  reasons: string[];
}

export interface SignalAnswer {
  id: string;
  name: string;
  latitude: number | null;
  longitude: number | null;
  zone: string;
  isConfigured: boolean;
  detectorCount: number;
  approachCount: number;
  status: SignalStatus;
}

export interface PageAnswer<T> {
  items: T[];
  total: number;
  next: string | null;
}

export interface PhaseAnswer {
  number: number;
  ring: number | null;
  barrierGroup: number | null;
  isCoordinated: boolean;
  yellowS: number | null;
  redClearanceS: number | null;
  minimumGreenS: number | null;
  walkS: number | null;
  pedestrianClearanceS: number | null;
}

export interface OverlapAnswer {
  number: number;
  parentPhases: number[];
  isFlashingYellowArrow: boolean;
}

export interface ApproachAnswer {
  id: string;
  description: string;
  direction: string;
  speedLimitMph: number | null;
  protected: string | null;
  permissive: string | null;
  pedestrian: string | null;
}

export interface DetectorAnswer {
  channel: number;
  phase: number | null;
  overlap: number | null;
  approachId: string | null;
  functions: string[];
  lane: number | null;
  movement: string;
  laneType: string;
  stopBarDistanceFt: number | null;
}

export interface PatternAnswer {
  number: number;
  cycleLengthS: number | null;
  offsetS: number | null;
  splitS: Record<string, number>;
}

export interface SignalDetail {
  signal: SignalAnswer;
  phases: PhaseAnswer[];
  overlaps: OverlapAnswer[];
  approaches: ApproachAnswer[];
  detectors: DetectorAnswer[];
  patterns: PatternAnswer[];
  events: { startMs: number; endMs: number } | null;
}

export interface StateAnswer {
  atMs: number;
  phases: { phase: number; state: 'green' | 'yellow' | 'red' | 'off'; sinceMs: number | null }[];
  pedestrians: { phase: number; state: 'walk' | 'clearance' | 'dont-walk' }[];
  overlaps: { overlap: number; state: 'green' | 'yellow' | 'red' | 'off'; sinceMs: number | null }[];
  detectors: { channel: number; isOn: boolean; fault: string | null }[];
  pattern: number | null;
  preempt: number | null;
}

export interface ColumnAnswer {
  name: string;
  type: string;
  unit: string;
  description: string;
  words: string[] | null;
}

export interface MeasureAnswer {
  name: string;
  title: string;
  tables: { name: string; columns: ColumnAnswer[] }[];
  options: string[];
}

/** A table by columns: each column has `rows` values; words are text, missing is null. */
export interface TableAnswer {
  table: string;
  signal: string;
  zone: string;
  from: number;
  to: number;
  binMs: number;
  version?: number;
  rows: number;
  columns: Record<string, (number | string | boolean | null)[]>;
}

export interface EventsAnswer {
  signal: string;
  times: number[];
  codes: number[];
  parameters: number[];
  isCut: boolean;
}

export interface EventCodeAnswer {
  code: number;
  name: string;
  parameter: string;
}

export interface RankingSummary {
  name: string;
  title: string;
  unit: string;
  description?: string;
  /** Little is bad, and stands first. */
  isLeastFirst?: boolean;
}

export interface RankingItem {
  signal: string;
  group: string | null;
  value: number | null;
  count: number | null;
  seenShare: number | null;
}

export interface RankingAnswer extends RankingSummary {
  items: RankingItem[];
}

export interface FindingsAnswer {
  items: Finding[];
  total: number;
  /** When the signals were looked at last. */
  checkedMs: number;
  /** Signals that have not been looked at yet, as just after a start. */
  pending: number;
}

export type FindingCause = 'feed' | 'cabinet' | 'detector' | 'timing' | 'pedestrian';
export type FindingSeverity = 'failing' | 'degraded' | 'check';

export interface Finding {
  id: string;
  /** Empty for the city as a whole. */
  signal: string;
  kind: string;
  cause: FindingCause;
  /** Phase, channel or pattern that it is about; null when about the signal. */
  number: number | null;
  sinceMs: number;
  lastMs: number;
  count: number;
  severity: FindingSeverity;
  title: string;
  action: string;
  value: number | null;
  limit: number | null;
  unit: string | null;
  evidence: { t: number; v: number | null }[];
  seenShare: number | null;
  snooze: { untilMs: number; reason: string } | null;
}
