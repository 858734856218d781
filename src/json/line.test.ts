import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringifyForLine } from './line.ts';

/** Where Python's str.splitlines cuts. */
const LINE_ENDS = [...'\n\v\f\r\u001c\u001d\u001e\u0085\u2028\u2029'];

test('a message is one line by the rule of Unicode too, and reads back as it was', () => {
  const value = fc.jsonValue({
    stringUnit: fc.constantFrom('a', '\u0085', '\u2028', '\u2029', '\n', '\u001c', '"', 'é'),
  });
  fc.assert(
    fc.property(value, (value) => {
      const text = stringifyForLine(value);
      expect(LINE_ENDS.filter((end) => text.includes(end))).toEqual([]);
      // JSON has no negative zero: what JSON.stringify makes of the value is what comes back.
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(stringifyForLine('\u0085\u2028\u2029')).toBe('"\\u0085\\u2028\\u2029"');
});
