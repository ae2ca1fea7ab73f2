import { describe, expect, test } from 'vitest';
import { choose, nameOf, type KeyAction } from './keys';
import { fit, neighborOf } from './Palette';

const action = (keys: string): KeyAction => ({ keys, does: keys, group: '', run: () => undefined });
const press = (key: string, shiftKey = false, ctrlKey = false) => ({ key, shiftKey, ctrlKey, metaKey: false, altKey: false });

describe('keys', () => {
  const list = ['g m', 'm', '/', 'Space', 'Shift+ArrowLeft', 'l', '?'].map(action);

  test('two after the other are one', () => {
    expect(choose(list, null, 'g')).toEqual({ action: null, waits: true });
    expect(choose(list, 'g', 'm').action?.keys).toBe('g m');
    expect(choose(list, null, 'm').action?.keys).toBe('m');
    expect(choose(list, 'g', 'x')).toEqual({ action: null, waits: false });
  });

  test('are named as the keyboard says, and belong to the browser with a modifier', () => {
    expect(nameOf(press(' '))).toBe('Space');
    expect(nameOf(press('ArrowLeft', true))).toBe('Shift+ArrowLeft');
    expect(nameOf(press('?', true))).toBe('?');
    expect(nameOf(press('l', false, true))).toBeNull();
  });

  test('letters mean the same with shift; the newest part of the page wins', () => {
    const mine = action('l');
    expect(choose(list, null, 'L').action?.keys).toBe('l');
    expect(choose([...list, mine], null, 'l').action).toBe(mine);
  });
});

describe('search', () => {
  test('finds by number and by street, exact ones first', () => {
    const harrison = { id: '1001', name: 'Harrison Avenue & Orchard Street' };
    expect(fit(harrison, '1001')).toBe(0);
    expect(fit(harrison, '10')).toBe(1);
    expect(fit(harrison, 'orchard harri')).toBe(5);
    expect(fit(harrison, 'harrison and orchard')).toBe(4);
    expect(fit(harrison, 'rchar')).toBe(6);
    expect(fit(harrison, 'mill')).toBeNull();
    expect(fit(harrison, '')).toBe(0);
  });

  test('goes to the next signal by number, around the end', () => {
    const signals = [{ id: '10' }, { id: '9' }, { id: '100' }];
    expect(neighborOf(signals, '9', 1)).toBe('10');
    expect(neighborOf(signals, '100', 1)).toBe('9');
    expect(neighborOf(signals, '9', -1)).toBe('100');
    expect(neighborOf(signals, undefined, 1)).toBe('9');
    expect(neighborOf([], '9', 1)).toBeNull();
  });
});
