import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { scrambled } from './scramble.ts';

describe('scrambled', () => {
  it('visits every place once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), (count) => {
        const places = [...scrambled(count)];
        expect(places).toHaveLength(count);
        expect(new Set(places).size).toBe(count);
        expect(places.every((place) => place >= 0 && place < count)).toBe(true);
      }),
    );
  });

  it('leaves no neighbours beside each other', () => {
    const places = [...scrambled(1000)];
    const near = places.filter((place, at) => at > 0 && Math.abs(place - (places[at - 1] ?? 0)) < 10);
    expect(near).toEqual([]);
  });
});
