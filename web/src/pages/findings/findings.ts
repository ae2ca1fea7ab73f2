import type { Finding, FindingCause, FindingSeverity } from '../../api/types';
import { compareText } from '../../ui/order';

export const causes: readonly { name: FindingCause; word: string; explains: string }[] = [
  { name: 'feed', word: 'Feed', explains: 'Logs do not arrive, arrive late, or with a wrong clock' },
  { name: 'cabinet', word: 'Cabinet', explains: 'The controller or what is in its cabinet reports a fault' },
  { name: 'detector', word: 'Detector', explains: 'A channel is stuck, silent, chattering or reported at fault' },
  { name: 'pedestrian', word: 'Pedestrian', explains: 'A push button is stuck or fails, or walks are not served' },
  { name: 'timing', word: 'Timing', explains: 'Phases max out, are forced off or skipped more than they should' },
];

export const severities: readonly { name: FindingSeverity; word: string; tone: 'bad' | 'warn' | 'info'; mark: string }[] = [
  { name: 'failing', word: 'Failing', tone: 'bad', mark: '■' },
  { name: 'degraded', word: 'Degraded', tone: 'warn', mark: '▲' },
  { name: 'check', word: 'Check', tone: 'info', mark: '●' },
];

/** Why a finding may be set aside: the closed list of the server. */
export const snoozeReasons = [
  ['scheduled', 'A repair is scheduled'],
  ['waiting-for-parts', 'Waiting for parts'],
  ['construction', 'Construction explains it'],
  ['known', 'Known, and accepted for now'],
  ['not-a-fault', 'Not a fault'],
] as const;

export function snoozeWords(reason: string): string {
  return snoozeReasons.find(([name]) => name === reason)?.[1] ?? reason;
}

/** How long a finding may be silent, days. Three weeks are the most, so that nothing is forgotten for good. */
export const snoozeDays = [1, 3, 7, 21] as const;

export function isSnoozed(finding: Pick<Finding, 'snooze'>, nowMs: number): boolean {
  return finding.snooze !== null && finding.snooze.untilMs > nowMs;
}

/** The gravest first, then what has been so the longest. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const rank = (f: Finding) => severities.findIndex(s => s.name === f.severity);
  return [...findings].sort((a, b) => rank(a) - rank(b) || a.sinceMs - b.sinceMs || compareText(a.signal, b.signal));
}

/** Findings by cause, causes without any left out; each cause sorted. */
export function groupByCause(findings: readonly Finding[]): { cause: (typeof causes)[number]; findings: Finding[] }[] {
  return causes
    .map(cause => ({ cause, findings: sortFindings(findings.filter(f => f.cause === cause.name)) }))
    .filter(group => group.findings.length > 0);
}
