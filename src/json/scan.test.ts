import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { elements, members, parseValue, skipValue } from './scan.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a value ends where JSON.stringify ended it, whatever follows', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(',1', ']', '}', '\n', ' x'), (value, rest) => {
      const text = bytesOf(JSON.stringify(value));
      expect(skipValue(bytesOf(JSON.stringify(value) + rest), 0)).toBe(text.length);
    }),
  );
});

test('the members of any object are those that JSON.parse sees, compact and pretty', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 2, '\t'), (object, space) => {
      const text = JSON.stringify(object, undefined, space);
      const bytes = bytesOf(text);
      const seen: [string, unknown][] = [];
      const end = members(bytes, 0, (key, from, to) => seen.push([key, parseValue(bytes, from, to)]));
      expect(end).toBe(bytes.length);
      expect(seen).toEqual(Object.entries(JSON.parse(text)));
    }),
  );
});

test('the elements of any array are those that JSON.parse sees', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (array) => {
      const text = JSON.stringify(array, undefined, 1);
      const bytes = bytesOf(text);
      const seen: unknown[] = [];
      elements(bytes, 0, (from, to) => seen.push(parseValue(bytes, from, to)));
      expect(seen).toEqual(JSON.parse(text));
    }),
  );
});

test('text cut anywhere throws instead of looking whole', () => {
  const text = '{"a":[1,{"b":"x\\"]}"}],"c":"\\\\","d":{}}';
  for (let length = 0; length < text.length; length++) {
    expect(() => members(bytesOf(text.slice(0, length)), 0, () => {})).toThrow(SyntaxError);
  }
});

test.each(['{1:2}', '{"a" 1}', '{"a":1 "b":2}', '["a":1]', '<html>', '{"a":}', ''])(
  'what is no JSON object or array throws: %s',
  (text) => {
    const walk = text.startsWith('[') ? elements : members;
    expect(() => walk(bytesOf(text), 0, () => {})).toThrow(SyntaxError);
  },
);
