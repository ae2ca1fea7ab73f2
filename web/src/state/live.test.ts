import { expect, test } from 'vitest';
import type { SignalAnswer, SignalStatus } from '../api/types';
import { sortForList } from '../pages/map/MapPage';
import { countClasses } from '../ui';
import { withStatuses } from './live';

const status = (name: SignalStatus['class'], sinceMs: number | null = null): SignalStatus => ({ class: name, sinceMs, lastEventMs: null, dataAgeS: null, pattern: null, reasons: [] });
const signal = (id: string, s: SignalStatus): SignalAnswer => ({ id, name: '', latitude: null, longitude: null, zone: 'UTC', isConfigured: true, detectorCount: 0, approachCount: 0, status: s });
const listOf = (...signals: SignalAnswer[]) => ({ byId: new Map(signals.map(s => [s.id, s])), list: signals, isKnown: true, error: null });

test('news change the signals that they are about, and keep their order', () => {
  const before = listOf(signal('1', status('healthy')), signal('2', status('healthy')), signal('3', status('flash')));
  const after = withStatuses(before, [{ id: '2', status: status('comms-lost') }, { id: 'unheard', status: status('flash') }]);
  expect(after.list.map(s => [s.id, s.status.class])).toEqual([['1', 'healthy'], ['2', 'comms-lost'], ['3', 'flash']]);
  expect(after.byId.get('1')).toBe(before.byId.get('1'));
  expect(before.byId.get('2')!.status.class).toBe('healthy');
});

test('news of unknown signals change nothing', () => {
  const before = listOf(signal('1', status('healthy')));
  expect(withStatuses(before, [{ id: '9', status: status('flash') }])).toBe(before);
});

test('each signal is counted in exactly one state', () => {
  const counts = countClasses([signal('1', status('healthy')), signal('2', status('healthy')), signal('3', status('comms-lost'))]);
  expect(counts).toEqual({ flash: 0, 'comms-lost': 1, preempt: 0, degraded: 0, healthy: 2, unknown: 0 });
});

test('the list begins with what needs a look: by state, then the longest in it, then by number', () => {
  const sorted = sortForList([signal('3', status('degraded', 500)), signal('4', status('degraded', 100)), signal('5', status('flash', 900)), signal('7', status('degraded')), signal('9', status('healthy', 5)), signal('10', status('healthy'))], null);
  expect(sorted.map(s => s.id)).toEqual(['5', '4', '3', '7', '9', '10']);
});

test('by ranking, what has no amount comes last', () => {
  const amounts = new Map([['1', { value: 2, color: '', rank: 1 }], ['3', { value: 7, color: '', rank: 0 }]]);
  expect(sortForList([signal('1', status('healthy')), signal('2', status('flash')), signal('3', status('healthy'))], amounts).map(s => s.id)).toEqual(['3', '1', '2']);
});
