import { describe, expect, test } from 'vitest';
import { openFields, partOf, type ProposedField } from './answers';

const field = (over: Partial<ProposedField>): ProposedField => ({ field: 'zone', now: null, proposed: 'UTC', confidence: 1, basis: '', isSame: false, isChosen: true, ...over });

describe('a proposal', () => {
  test('leaves out what is configured already and what the log does not say', () => {
    expect(openFields([field({}), field({ isSame: true }), field({ proposed: null })])).toHaveLength(1);
  });

  test('groups settings by the thing that they are about', () => {
    expect([partOf('detectors/12/phase'), partOf('patterns/3/splitS/2'), partOf('phases/2'), partOf('zone')]).toEqual(['detectors/12', 'patterns/3', 'phases', 'signal']);
  });
});
