import { assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idSpace, podOf, to18 } from './id.ts';

const ids = idSpace('001', 'Xy');
const slots = integer({ min: 0, max: 62 ** 5 - 2 });

describe('the Ids of an object', () => {
  test('are valid in their 18 characters', () => {
    assert(
      property(slots, (slot) => {
        const id = ids.idOf(slot);
        expect(id).toMatch(/^001Xy[0-9A-Za-z]{10}[A-Z0-5]{3}$/u);
        expect(to18(id.slice(0, 15))).toBe(id);
      }),
    );
  });

  test('lead back to their places by 15 and by 18 characters', () => {
    assert(
      property(slots, (slot) => {
        expect(ids.slotOf(ids.idOf(slot))).toBe(slot);
        expect(ids.slotOf(ids.idOf(slot).slice(0, 15))).toBe(slot);
      }),
    );
  });

  test('sort as their places do', () => {
    assert(
      property(slots, slots, (left, right) => {
        expect(ids.idOf(left) < ids.idOf(right)).toBe(left < right);
      }),
    );
  });

  test.each(['', '001', '001Xy0000000001AAB', '003Xy000000000100', '001Xy00000000-1', 'x'.repeat(18)])(
    '%j is none',
    (id) => {
      expect(ids.slotOf(id)).toBeUndefined();
    },
  );
});

test("the suffix is Salesforce's", () => {
  // The master record type, whose Id is the same in every org, and Ids of recorded answers.
  expect(to18('012000000000000')).toBe('012000000000000AAA');
  expect(to18('01gRO0000016PIA')).toBe('01gRO0000016PIAYA2');
  expect(to18('003RO0000035WQg')).toBe('003RO0000035WQgYAM');
});

test('pods are two characters, each for one object', () => {
  const pods = Array.from({ length: 1_327 }, (_, ordinal) => podOf(ordinal));
  expect(new Set(pods).size).toBe(1_327);
  expect(pods.every((pod) => pod.length === 2)).toBe(true);
});
