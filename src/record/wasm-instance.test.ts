/** What the WebAssembly module lets pass as bytes, in both builds, against what the slow rules make of the same text; and what it does with its memory. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MEMORY_BYTES_MAX } from '../../transcoder/memory-map.ts';
import type { ScalarKind } from './column.ts';
import { createCsvTranscoder } from './csv.ts';
import { createIntake, takeIn } from './intake.ts';
import { bytesOf, giveBack, takeInstance } from './wasm-instance.ts';
import { addressOf, layOut } from './layout.ts';
import { canonicalDate, canonicalDatetime, canonicalTime } from './moment.ts';
import { canonicalInteger, canonicalNumber } from './number.ts';
import { compileTemplate } from './template.ts';
import type { WasmBuild } from './wasm-module.ts';

const BUILDS: readonly WasmBuild[] = ['vector', 'scalar'];

/** The JSON that each of the texts becomes as a value of a kind; it stands among other bytes that must not matter. */
function written(kind: ScalarKind, texts: readonly string[]): string[] {
  const [vector, scalar] = BUILDS.map((build) => writtenBy(build, kind, texts));
  expect(scalar).toEqual(vector);
  return vector as string[];
}

function writtenBy(build: WasmBuild, kind: ScalarKind, texts: readonly string[]): string[] {
  const columns = [
    { kind: 'string', property: 'a', field: 'A' },
    { kind, property: 'p', field: 'P' },
  ] as const;
  const transcoder = createCsvTranscoder(compileTemplate({ stream: 's', columns, fields: ['A', 'P'] }), {
    emittedAt: 0,
    build,
  });
  const csv = ['"A","P"', ...texts.map((text) => `"12","${text.replaceAll('"', '""')}"`)].join('\n');
  const lines = Buffer.from(transcoder.push(Buffer.from(csv), true)).toString();
  transcoder.close();
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(line.indexOf(',"p":') + 5, line.indexOf('},"emitted_at"')));
}

const numberLike = fc.string({ unit: fc.constantFrom(...'0123456789+-.eE'), minLength: 1, maxLength: 12 });

describe('a number', () => {
  test.each([
    '0',
    '-0',
    '12',
    '-3.50',
    '23.0',
    '1.6147805824397E13',
    '9.9213206e7',
    '1E-5',
    '1E+05',
    '999999999999999999',
  ])('%s passes as it stands', (text) => expect(written('number', [text])).toEqual([text]));

  test('passes where JSON has it too, and else becomes what the slow rule makes of it', () => {
    fc.assert(
      fc.property(fc.array(numberLike, { minLength: 1, maxLength: 50 }), (texts) => {
        const expected = texts.map((text) => (isJson(text) ? text : (canonicalNumber(text) ?? 'null')));
        expect(written('number', texts)).toEqual(expected);
      }),
    );
  });
});

test('an integer is written out in digits, whatever its notation', () => {
  fc.assert(
    fc.property(fc.array(numberLike, { minLength: 1, maxLength: 50 }), (texts) => {
      const expected = texts.map((text) =>
        /^-?(?:0|[1-9]\d*)$/.test(text) ? text : (canonicalInteger(text) ?? 'null'),
      );
      expect(written('integer', texts)).toEqual(expected);
    }),
  );
});

test.each([
  ['date', '2020-10-22', canonicalDate],
  ['datetime', '2020-10-22T21:03:23.000Z', canonicalDatetime],
  ['datetime', '2020-10-22T21:03:23.987+0000', canonicalDatetime],
  ['time', '10:00:00.000Z', canonicalTime],
] as const)('a %s such as %s agrees with the slow rule when any character of it is another', (kind, text, slowly) => {
  const characters = Array.from({ length: 127 }, (_, i) => String.fromCharCode(i + 1));
  const texts = [...text].flatMap((_, at) => characters.map((char) => text.slice(0, at) + char + text.slice(at + 1)));
  const longer = [text, `${text}Z`, text.slice(0, -1)];
  const expected = [...texts, ...longer].map((changed) => {
    const canonical = slowly(changed);
    return canonical === undefined ? 'null' : `"${canonical}"`;
  });
  expect(written(kind, [...texts, ...longer])).toEqual(expected);
});

test('a boolean is true or false in small letters', () => {
  expect(written('boolean', ['true', 'false', 'TRUE', 'False', 'truf', 'falsy', 'yes', ''])).toEqual(
    ['true', 'false', 'true', 'false', 'null', 'null', 'null', 'null'], // prettier-ignore
  );
});

test('a long value is not looked at again with each chunk: the look waits at the end of what is there', () => {
  const wasm = takeInstance();
  const layout = layOut(wasm, compileTemplate({ stream: 's', columns: [], fields: ['A', 'B'] }), 0);
  const intake = createIntake(wasm, layout.end);
  new Int32Array(bytesOf(wasm).buffer, layout.columnsAt, 2).set([addressOf(0), addressOf(1)]);
  wasm.exports.startAt(intake.from);
  const read = (text: string) => {
    wasm.exports.follow(takeIn(intake, Buffer.from(text), false));
    wasm.exports.readRows(intake.from, intake.to, intake.at + 4 * 1024 * 1024, 0);
  };
  read('"x","');
  for (let i = 0; i < 100; i++) {
    read('some ""quoted"" words\n'.repeat(100).slice(i % 3));
    expect(wasm.exports.rows.value).toBe(0);
    expect(wasm.exports.at.value).toBeGreaterThanOrEqual(intake.to - 1);
  }
  read('"\n');
  expect(wasm.exports.rows.value).toBe(1);
  giveBack(wasm);
});

test('an instance serves one page after the other, but not when a long row has made it large', () => {
  const small = takeInstance();
  giveBack(small);
  expect(takeInstance()).toBe(small);
  createIntake(small, 8 * 1024 * 1024);
  giveBack(small);
  expect(takeInstance()).not.toBe(small);
});

describe('a row too long for one message', () => {
  const limitBytes = 2 * 1024 * 1024;
  const template = compileTemplate({
    stream: 'notes',
    columns: [{ kind: 'string', property: 'body', field: 'Body' }],
    fields: ['Body'],
  });
  /** The limit that stands for 2 GiB, which no test can fill. */
  const lowered = (build: WasmBuild) => {
    const wasm = takeInstance(build);
    wasm.exports.memoryLimit.value = limitBytes;
    giveBack(wasm);
    return wasm;
  };

  test.each([
    ['that is longer than the memory', 'vector', 'x'.repeat(3_000_000)],
    ['whose line is longer than the memory', 'vector', '\u0001'.repeat(700_000)],
    ['whose line is longer than the memory', 'scalar', '\u0001'.repeat(700_000)],
  ] as const)('%s fails with a sentence (%s)', (_, build, text) => {
    const wasm = lowered(build);
    const transcoder = createCsvTranscoder(template, { emittedAt: 0, build });
    try {
      expect(() => transcoder.push(Buffer.from(`"Body"\n"${text}"\n`), true)).toThrow(
        expect.objectContaining({
          failureType: 'config_error',
          fault: 'row_too_long',
          message: expect.stringMatching(/^Stream notes has a row so long .* leave out its longest columns\.$/),
        }),
      );
      expect(transcoder.rows).toBe(0);
    } finally {
      wasm.exports.memoryLimit.value = MEMORY_BYTES_MAX;
      transcoder.close();
    }
  });

  test('leaves the shorter ones alone, up to the last page of memory', () => {
    const wasm = lowered('vector');
    const transcoder = createCsvTranscoder(template, { emittedAt: 0, build: 'vector' });
    const text = 'x'.repeat(400_000);
    const lines = Buffer.from(transcoder.push(Buffer.from(`"Body"\n"${text}"\n`), true)).toString();
    expect(JSON.parse(lines).record.data.body).toBe(text);
    expect(bytesOf(wasm).length).toBeLessThanOrEqual(limitBytes);
    wasm.exports.memoryLimit.value = MEMORY_BYTES_MAX;
    transcoder.close();
  });
});

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'number';
  } catch {
    return false;
  }
}
