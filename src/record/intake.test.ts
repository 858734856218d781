import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createIntake, type Intake, takeIn } from './intake.ts';
import { bytesOf, giveBack, takeInstance } from './wasm-instance.ts';

const wasm = takeInstance();
afterAll(() => giveBack(wasm));

/** An empty one, somewhere in the module's memory. */
const emptyIntake = () => createIntake(wasm, 4096);
const held = ({ from, to }: Intake) => Buffer.from(bytesOf(wasm).subarray(from, to));

/** What is in the buffer after all chunks, nothing taken out in between. */
function through(chunks: readonly Uint8Array[]): string {
  const intake = emptyIntake();
  chunks.forEach((chunk, i) => takeIn(intake, chunk, i === chunks.length - 1));
  return held(intake).toString('latin1');
}

const asDecoded = (bytes: Uint8Array) =>
  Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)).toString('latin1');

/** Bytes of which valid, cut and invalid UTF-8 is made. */
const textBytes = fc
  .array(
    fc.constantFrom<readonly number[]>(
      [0x41], [0xc3, 0xa9], [0xe2, 0x82, 0xac], [0xf0, 0x9f, 0x98, 0x80],
      [0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0x80], [0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5], [0xef, 0xbb, 0xbf],
    ), // prettier-ignore
    { maxLength: 24 },
  )
  .map((pieces) => Uint8Array.from(pieces.flat()));

test('any bytes become what a decoder makes of the whole, however they are cut', () => {
  fc.assert(
    fc.property(textBytes, fc.array(fc.nat(24), { maxLength: 6 }), (bytes, cuts) => {
      const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((to, i) => bytes.subarray(places[i], to));
      expect(through(chunks)).toBe(asDecoded(bytes));
    }),
    { numRuns: 1000 },
  );
});

test('every single cut of a text with characters of one to four bytes gives the text', () => {
  const bytes = Buffer.from('aé€😀z');
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(through([bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(bytes.toString('latin1'));
  }
});

test('what is done with makes room: it does not grow with the page', () => {
  const intake = emptyIntake();
  const { capacityBytes } = intake;
  const chunk = new Uint8Array(100_000).fill(0x61);
  let moved = 0;
  for (let i = 0; i < 100; i++) {
    moved += takeIn(intake, chunk, false);
    intake.from = intake.to - 1000;
  }
  expect(intake.capacityBytes).toBe(capacityBytes);
  expect(moved + intake.to - intake.at).toBe(100 * chunk.length);
});

test('a row longer than its room is moved seldom, not for each of its chunks', () => {
  const intake = emptyIntake();
  const chunk = new Uint8Array(16_384).fill(0x61);
  const capacities = new Set<number>();
  for (let i = 0; i < 640; i++) {
    takeIn(intake, chunk, false);
    capacities.add(intake.capacityBytes);
  }
  expect(intake.to - intake.from).toBe(640 * chunk.length);
  expect(held(intake).every((byte) => byte === 0x61)).toBe(true);
  expect(capacities.size).toBeLessThan(10);
  expect(intake.capacityBytes).toBeLessThan(3 * 640 * chunk.length);
});

test('positions stay known where the repair of bad bytes needs so much room that all moves again', () => {
  const intake = emptyIntake();
  const { capacityBytes } = intake;
  takeIn(intake, new Uint8Array(capacityBytes / 2).fill(0x61), false);
  intake.from = intake.to - 10;
  const { from } = intake;
  const moved = takeIn(intake, new Uint8Array(capacityBytes / 2).fill(0xff), true);
  expect(moved).toBeGreaterThan(0);
  expect(intake.from).toBe(from - moved);
  expect(held(intake).toString()).toBe('a'.repeat(10) + '\ufffd'.repeat(capacityBytes / 2));
});
