import { describe, expect, it } from 'vitest';
import type { StreamCriterion } from '../../config/config.ts';
import { meetsCriteria } from './criteria.ts';

const criterion = (criteria: StreamCriterion['criteria'], value: string): StreamCriterion => ({ criteria, value });

describe('meetsCriteria', () => {
  it.each([
    ['starts with', 'acc', true],
    ['starts with', 'history', false],
    ['ends with', 'HISTORY', true],
    ['ends with', 'acc', false],
    ['contains', 'NTHIS', true],
    ['contains', 'x', false],
    ['exacts', 'accounthistory', true],
    ['exacts', 'account', false],
    ['starts not with', 'acc', false],
    ['starts not with', 'history', true],
    ['ends not with', 'history', false],
    ['ends not with', 'acc', true],
    ['not contains', 'nthis', false],
    ['not contains', 'x', true],
    ['not exacts', 'AccountHistory', false],
    ['not exacts', 'account', true],
  ] as const)('AccountHistory under "%s" %s: %s', (operator, value, expected) => {
    expect(meetsCriteria('AccountHistory', [criterion(operator, value)])).toBe(expected);
  });

  it('lets everything in without criteria', () => {
    expect(meetsCriteria('Account', [])).toBe(true);
  });

  it('unites positive criteria', () => {
    const criteria = [criterion('exacts', 'Lead'), criterion('starts with', 'Acc')];
    expect(['Lead', 'AccountShare', 'Contact'].filter((name) => meetsCriteria(name, criteria))).toEqual([
      'Lead',
      'AccountShare',
    ]);
  });

  it('excludes what any of several negative criteria excludes', () => {
    const criteria = [criterion('ends not with', 'Share'), criterion('ends not with', 'History')];
    expect(['Lead', 'LeadShare', 'LeadHistory'].filter((name) => meetsCriteria(name, criteria))).toEqual(['Lead']);
  });

  it('takes negative criteria away from positive ones', () => {
    const criteria = [criterion('starts with', 'Lead'), criterion('not contains', 'history')];
    expect(['Lead', 'LeadHistory', 'Account'].filter((name) => meetsCriteria(name, criteria))).toEqual(['Lead']);
  });
});
