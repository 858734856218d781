import { expect, test } from 'vitest';
import { kindOf } from '../offer/object-kind.ts';
import { fieldForTest, objectForTest } from '../../salesforce/testing/metadata-for-test.ts';
import type { Reading } from './plan.ts';
import { simplerReading } from './simpler.ts';
import type { Window } from './window.ts';

const kind = kindOf(objectForTest('Account', [fieldForTest('Id', 'id'), fieldForTest('SystemModstamp', 'datetime')]));
const STARTED = '2026-11-24T12:00:00.000Z';
const reading = (whole: boolean, windows: readonly Window[]): Reading =>
  ({ kind, whole, windows, startedAt: STARTED, finalState: {} }) as unknown as Reading;

test('what is refused is asked more simply, step by step, until it is a query without any condition or order', () => {
  const steps: string[] = [];
  let next: Reading | undefined = reading(false, [{ from: STARTED, to: STARTED }]);
  while (next) {
    steps.push(`${next.whole ? 'whole' : 'increment'} ${next.kind.ordersById ? 'ordered' : 'unordered'}`);
    next = simplerReading(next)?.reading;
  }
  expect(steps).toEqual(['increment ordered', 'increment unordered', 'whole unordered']);
});

test('a refused backfill becomes a complete read, which says so in its final state', () => {
  const simpler = simplerReading(reading(false, [{ where: 'New__c != null' }, { from: STARTED, to: STARTED }]));
  expect(simpler?.reading).toMatchObject({ whole: true, windows: [{}], finalState: { wholeReadAt: STARTED } });
});

test('a refused place to resume at is given up for the beginning of the window', () => {
  const simpler = simplerReading({ ...reading(true, [{ from: STARTED, afterId: '001000000000001AAA' }]) });
  expect(simpler?.reading.windows).toEqual([{ from: STARTED }]);
});
