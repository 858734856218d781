/** What is left to try when the org refuses the query of a reading before its first row: the next simpler reading. Pure. */
import type { Reading } from './plan.ts';
import type { Window } from './window.ts';

export interface SimplerReading {
  readonly reading: Reading;
  /** What is done instead, for a WARN. */
  readonly instead: string;
}

/**
 * The next simpler way to the same rows, or undefined where the reading is as simple as can be: the plain window instead of
 * one that a resume or a backfill derived, no order instead of an order, a complete read instead of an increment. A derived
 * window that was refused stands in no state that the simpler reading leaves.
 */
export function simplerReading(reading: Reading): SimplerReading | undefined {
  const { resume: _resume, ...anew } = reading;
  if (reading.windows.some(isDerived)) {
    return reading.whole
      ? { reading: { ...anew, windows: [plainOf(reading.windows)] }, instead: 'it is read from its beginning' }
      : { reading: readWhole(anew), instead: 'it is read completely' };
  }
  if (reading.kind.ordersById) {
    return { reading: { ...anew, kind: { ...reading.kind, ordersById: false } }, instead: 'it is read in no order' };
  }
  return reading.whole ? undefined : { reading: readWhole(anew), instead: 'it is read completely' };
}

function readWhole(reading: Reading): Reading {
  const { startedAt, finalState } = reading;
  const { since: _since, ...final } = finalState;
  return { ...reading, whole: true, windows: [{}], finalState: { ...final, wholeReadAt: startedAt } };
}

function isDerived({ where, after, afterId, untilId, before }: Window): boolean {
  return [where, after, afterId, untilId, before].some((bound) => bound !== undefined);
}

/** The earliest lower bound stays: it is the start_date of the configuration. */
function plainOf(windows: readonly Window[]): Window {
  const bounds = windows.map(({ from }) => from);
  const [earliest] = bounds.some((from) => from === undefined) ? [] : bounds.sort();
  return earliest === undefined ? {} : { from: earliest };
}
