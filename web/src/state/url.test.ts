import { describe, expect, test } from 'vitest';
import { cameraText, parseCamera } from '../pages/map/places';
import { readClasses, switchClass } from '../pages/signals/ClassChips';
import { matchPattern, withKey } from './url';

describe('the address of a view', () => {
  test('keeps every value that is put in', () => {
    let search = '';
    const values: Record<string, string> = { t: '2026-05-13T06:00/2026-05-13T09:00', q: 'Harrison & 1st + "x"', class: 'flash,comms-lost', at: '44.1,-129.9,13.25', cmp: '-7d', odd: 'a=b&c%20#é' };
    for (const [key, value] of Object.entries(values)) {
      search = withKey(search, key, value);
    }

    expect(Object.fromEntries(new URLSearchParams(search))).toEqual(values);
    expect(new URL('http://x/app/' + search).hash).toBe('');
  });

  test('stays legible', () => {
    expect(withKey('', 't', '2026-05-13T06:00/2026-05-13T09:00')).toBe('?t=2026-05-13T06:00/2026-05-13T09:00');
    expect(withKey('?t=now-1h', 'class', 'flash,preempt')).toBe('?t=now-1h&class=flash,preempt');
  });

  test('loses a key that is taken out, and nothing else', () => {
    expect(withKey('?t=now-1h&q=a', 't', null)).toBe('?q=a');
    expect(withKey('?q=a', 'q', null)).toBe('');
  });
});

describe('patterns', () => {
  test('give their parameters', () => {
    expect(matchPattern('/signals/:id', '/signals/12%2F3')).toEqual({ id: '12/3' });
    expect(matchPattern('/signals/:id/detectors/:channel', '/signals/1001/detectors/16')).toEqual({ id: '1001', channel: '16' });
    expect(matchPattern('/', '/')).toEqual({});
  });

  test('fit whole paths only', () => {
    expect(matchPattern('/signals/:id', '/signals')).toBeNull();
    expect(matchPattern('/signals/:id', '/signals/')).toBeNull();
    expect(matchPattern('/signals', '/signals/1')).toBeNull();
    expect(matchPattern('/signals/:id', '/signals/%E0%A4%A')).toBeNull();
  });
});

test('a camera goes to the address and back, and nonsense is none', () => {
  const camera = { latitude: 44.00123, longitude: -129.98765, zoom: 13.25 };
  expect(parseCamera(cameraText(camera))).toEqual(camera);
  for (const wrong of ['', '44,-129', '91,0,3', '0,181,3', '0,0,99', 'a,b,c', '1,2,3,4']) {
    expect(parseCamera(wrong), wrong).toBeNull();
  }
});

test('states in the address are a set, in one order, and all of them are none', () => {
  expect(switchClass('', 'preempt')).toBe('preempt');
  expect(switchClass('preempt', 'flash')).toBe('flash,preempt');
  expect(switchClass('flash,preempt', 'preempt')).toBe('flash');
  expect(switchClass('flash', 'flash')).toBe('');
  expect(readClasses('flash,nonsense,healthy')).toEqual(['flash', 'healthy']);
  expect((['flash', 'comms-lost', 'preempt', 'degraded', 'healthy', 'unknown'] as const).reduce<string>((text, name) => switchClass(text, name), '')).toBe('');
});
