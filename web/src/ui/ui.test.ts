import { describe, expect, test } from 'vitest';
import { amountsOf, amountText } from '../pages/map/amounts';
import { featuresOf } from '../pages/map/places';
import { rankItems } from '../pages/rankings/RankingsPage';
import { groupByCause, isSnoozed } from '../pages/findings/findings';
import type { Finding, SignalAnswer, SignalClass } from '../api/types';
import { sparklinePath } from './Marks';
import { shareText, shapes, classNames, sortRows } from './index';
import { viridis } from './viridis';

test('a table sorts numbers as numbers, and what is missing stands last both ways', () => {
  const rows = [{ v: 10 }, { v: null }, { v: 9 }, { v: 100 }];
  expect(sortRows(rows, r => r.v, false).map(r => r.v)).toEqual([9, 10, 100, null]);
  expect(sortRows(rows, r => r.v, true).map(r => r.v)).toEqual([100, 10, 9, null]);
  expect(sortRows([{ v: '1010' }, { v: '9' }], r => r.v, false).map(r => r.v)).toEqual(['9', '1010']);
});

test('a share is never rounded up to all nor down to none', () => {
  expect([0, 0.0004, 0.5, 0.996, 0.9999, 1].map(shareText)).toEqual(['0 %', '< 1 %', '50 %', '99.6 %', '99.9 %', '100 %']);
});

describe('a sparkline', () => {
  test('leaves a gap where values are missing, and a dot where one stands alone', () => {
    const drawn = sparklinePath([{ t: 0, v: 1 }, { t: 1, v: null }, { t: 2, v: 3 }, { t: 3, v: 5 }], null, 100, 20)!;
    expect(drawn.line.match(/M/g)).toHaveLength(2);
    expect(drawn.line.match(/L/g)).toHaveLength(1);
    expect(drawn.dots).toHaveLength(1);
  });

  test('without a value is nothing', () => {
    expect(sparklinePath([{ t: 0, v: null }], 5, 100, 20)).toBeNull();
    expect(sparklinePath([], null, 100, 20)).toBeNull();
  });

  test('keeps its limit in the picture', () => {
    const drawn = sparklinePath([{ t: 0, v: 1 }, { t: 1, v: 2 }], 10, 100, 20)!;
    expect(drawn.limitY).toBe(2);
  });
});

test('no two states share a shape', () => {
  expect(new Set(classNames.map(n => shapes[n].path)).size).toBe(classNames.length);
});

describe('amounts', () => {
  test('take the first of each signal, and none for those without a value', () => {
    const item = (signal: string, value: number | null) => ({ signal, group: null, value, count: null, seenShare: null });
    const amounts = amountsOf({ items: [item('1', 9), item('2', 5), item('1', 1), item('3', null)] });
    expect([...amounts.bySignal].map(([s, a]) => [s, a.value, a.rank])).toEqual([['1', 9, 0], ['2', 5, 1]]);
    expect([amounts.low, amounts.high]).toEqual([5, 9]);
    expect(amounts.bySignal.get('1')!.color).toBe(viridis(1));
    expect(rankItems([item('3', null), item('1', 9), item('2', 5)]).map(i => [i.rank, i.signal])).toEqual([[1, '1'], [2, '2'], [3, '3']]);
  });

  test('are percent on screen when they are shares', () => {
    expect(amountText(0.125, '0-1')).toBe('12.5 %');
    expect(amountText(12, 's')).toBe('12 s');
    expect(amountText(3, '')).toBe('3');
  });

  test('the scale ends in its end colors', () => {
    expect([viridis(-1), viridis(0), viridis(1), viridis(2)]).toEqual(['rgb(68 1 84)', 'rgb(68 1 84)', 'rgb(253 231 37)', 'rgb(253 231 37)']);
  });
});

describe('the map', () => {
  const signal = (id: string, state: SignalClass, latitude: number | null = 44): SignalAnswer => ({
    id, name: '', latitude, longitude: -130, zone: 'UTC', isConfigured: true, detectorCount: 0, approachCount: 0,
    status: { class: state, sinceMs: null, lastEventMs: null, dataAgeS: null, pattern: null, reasons: [] },
  });

  test('draws signals that have a place, the worst on top', () => {
    const { features } = featuresOf([signal('1', 'healthy'), signal('2', 'flash'), signal('3', 'healthy', null)], null, false);
    expect(features.map(f => [f.properties!['id'], f.properties!['icon']])).toEqual([['1', 'healthy'], ['2', 'flash']]);
    expect(features[1]!.properties!['order']).toBeGreaterThan(features[0]!.properties!['order'] as number);
  });

  test('with amounts says abnormal states still, and shows no color where there is no value', () => {
    const { features } = featuresOf([signal('1', 'healthy'), signal('2', 'flash'), signal('3', 'healthy')], new Map([['1', { value: 1, color: 'rgb(1 2 3)', rank: 0 }]]), false);
    expect(features.map(f => [f.properties!['icon'], f.properties!['color']])).toEqual([['', 'rgb(1 2 3)'], ['flash', undefined], ['unknown', undefined]]);
  });

  test('on the wall only the abnormal is bright and named', () => {
    const { features } = featuresOf([signal('1', 'healthy'), signal('2', 'comms-lost')], null, true);
    expect(features.map(f => [f.properties!['icon'], f.properties!['label']])).toEqual([['healthy-dim', ''], ['comms-lost', '2']]);
  });
});

describe('findings', () => {
  const finding = (id: string, change: Partial<Finding>): Finding => ({
    id, signal: '1', kind: '', cause: 'detector', number: null, sinceMs: 0, lastMs: 0, count: 1, severity: 'check', title: '', action: '', value: null, limit: null, unit: null, evidence: [], seenShare: null, snooze: null, ...change,
  });

  test('stand by cause, the gravest and the oldest first', () => {
    const groups = groupByCause([finding('a', { severity: 'check' }), finding('b', { severity: 'failing', sinceMs: 9 }), finding('c', { severity: 'failing', sinceMs: 5 }), finding('d', { cause: 'feed' })]);
    expect(groups.map(g => [g.cause.name, g.findings.map(f => f.id)])).toEqual([['feed', ['d']], ['detector', ['c', 'b', 'a']]]);
  });

  test('are silent until their time, and no longer', () => {
    const f = finding('a', { snooze: { untilMs: 100, reason: 'known' } });
    expect([isSnoozed(f, 99), isSnoozed(f, 100), isSnoozed(finding('b', {}), 0)]).toEqual([true, false, false]);
  });
});
