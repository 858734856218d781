import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prettyJson } from './pretty-json.ts';

it.each([
  ['{"totalSize":0,"done":true,"records":[]}', '{\n  "totalSize" : 0,\n  "done" : true,\n  "records" : [  ]\n}'],
  ['[{"message":"a: [b], {c}","errorCode":"X"}]', '[ {\n  "message" : "a: [b], {c}",\n  "errorCode" : "X"\n} ]'],
  ['{"a":[{"b":1.2E7},{}],"c":[1,2]}', '{\n  "a" : [ {\n    "b" : 1.2E7\n  }, { } ],\n  "c" : [ 1, 2 ]\n}'],
])('writes %s for people', (compact, pretty) => {
  expect(prettyJson(compact)).toBe(pretty);
});

it('changes nothing but blanks', () => {
  fc.assert(
    fc.property(fc.json(), (compact) => {
      expect(JSON.stringify(JSON.parse(prettyJson(compact)))).toBe(JSON.stringify(JSON.parse(compact)));
    }),
  );
});
