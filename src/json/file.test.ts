import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readJsonFile, readJsonLines, readStateFile } from './file.ts';

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'json-file-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string | Uint8Array): string {
  const path = join(folder, `${count++}.json`);
  writeFileSync(path, content);
  return path;
}

describe('a JSON file', () => {
  test.each([
    ['{"a": [1]}', { a: [1] }],
    ['\uFEFF{"a": "é"}\n', { a: 'é' }],
    ['null', null],
  ])('%j is read', async (content, value) => {
    expect(await readJsonFile(file(content), 'catalog')).toEqual(value);
  });

  test.each([
    ['', 'is empty; it must hold JSON.'],
    [' \n\n', 'is empty; it must hold JSON.'],
    ['{"secret": "abc', 'is cut off: its JSON does not end; write it again.'],
    ['{"secret": "abc",\n', 'is cut off: its JSON does not end; write it again.'],
    ['[1, 2', 'is cut off: its JSON does not end; write it again.'],
    ['{\n  "secret": 1,\n  "b" 2\n}', 'is not valid JSON (line 3, column 7).'],
    ['secret = abc', 'is not valid JSON.'],
    [Uint8Array.of(0xff, 0xfe, 0x7b, 0), 'is not text in UTF-8; save it as that.'],
  ])('%j is refused in a sentence that names the file and quotes nothing', async (content, sentence) => {
    const path = file(content);
    const reading = readJsonFile(path, 'configuration');
    await expect(reading).rejects.toMatchObject({
      message: `The configuration file ${path} ${sentence}`,
      failureType: 'config_error',
    });
    await expect(reading).rejects.toSatisfy((error: Error) => error.cause === undefined);
  });

  test.each([
    ['/no/such/file.json', 'does not exist; check the path'],
    [tmpdir(), 'is a folder; name the file in it.'],
  ])('at %s: %s', async (path, sentence) => {
    await expect(readJsonFile(path, 'catalog')).rejects.toThrow(`The catalog file ${path} ${sentence}`);
  });
});

describe('JSON line by line', () => {
  test('comes as a list', async () => {
    expect(await readJsonLines(file('{"a":1}\n\n {"b":2} \r\n{"c":3}'), 'state')).toEqual([
      { a: 1 },
      { b: 2 },
      { c: 3 },
    ]);
  });

  test.each(['{"a":1}', '{"a":1}\n', '{\n"a":1}\n', '[\n]'])('is not what %j is', async (content) => {
    expect(await readJsonLines(file(content), 'state')).toEqual(JSON.parse(content));
  });

  test('with its last line cut off is refused', async () => {
    const path = file('{"a":1}\n{"b":2}\n{"c":');
    await expect(readJsonLines(path, 'state')).rejects.toThrow(`Line 3 of the state file ${path} is cut off`);
  });
});

describe('a state file', () => {
  test.each([[''], ['\n'], [undefined]])('with the content %j is no state', async (content) => {
    expect(await readStateFile(content === undefined ? '/no/such/state.json' : file(content))).toBeUndefined();
  });

  test('that is a folder is refused all the same', async () => {
    await expect(readStateFile(folder)).rejects.toThrow('is a folder');
  });
});
