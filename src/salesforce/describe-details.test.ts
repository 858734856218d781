import { assert, property, uniqueArray, string, array, boolean } from 'fast-check';
import { expect, it } from 'vitest';
import { controllingValues, readDetails } from './describe-details.ts';

const values = Array.from({ length: 24 }, (_, n) => `v${n}`);

// The first three are recorded in orgs (SOAP API guide, "PicklistEntry", and what readers of it found).
it.each([
  ['oAAA', ['v0', 'v2']],
  ['AAAI', ['v20']],
  ['gAAA', ['v0']],
  ['QA==', ['v1']],
  ['', []],
  ['////////', values],
])('reads the bits of %j from the left', (validFor, expected) => {
  expect(controllingValues(validFor, values)).toEqual(expected);
});

it('finds the values that were put in, with zero bytes at the end or without', () => {
  assert(
    property(
      uniqueArray(string(), { maxLength: 40 }),
      array(boolean(), { minLength: 40, maxLength: 40 }),
      boolean(),
      (all, picks, isCut) => {
        const bits = Buffer.alloc(isCut ? Math.ceil((picks.lastIndexOf(true) + 1) / 8) : 9);
        picks.forEach((isPicked, n) => {
          const at = n >> 3;
          if (isPicked) bits.writeUInt8(bits.readUInt8(at) | (0x80 >> (n & 7)), at);
        });
        expect(controllingValues(bits.toString('base64'), all)).toEqual(all.filter((_, n) => picks[n]));
      },
    ),
  );
});

it('takes a describe from which a host has left out what it does not have', () => {
  const document = { fields: [{ name: 'Id' }, { name: 'A', picklistValues: [{ value: 'x' }, { value: null }] }] };
  const { fields, recordTypes } = readDetails(Buffer.from(JSON.stringify(document)));
  expect(fields.get('Id')).toEqual({
    picklistValues: [],
    controllerName: null,
    formula: null,
    treatBlankAsZero: true,
    deprecated: false,
  });
  expect(fields.get('A')?.picklistValues).toEqual([
    { value: 'x', label: 'x', active: true, isDefault: false, validFor: null },
  ]);
  expect(recordTypes).toEqual([]);
});

it('reads record types as they are described', () => {
  const info = { active: false, available: true, defaultRecordTypeMapping: true, developerName: 'Partner', master: false, name: 'Partenaire', recordTypeId: '0124x0000001AAA', urls: {} }; // prettier-ignore
  const { recordTypes } = readDetails(Buffer.from(JSON.stringify({ fields: [], recordTypeInfos: [info, {}] })));
  expect(recordTypes).toEqual([
    { id: '0124x0000001AAA', name: 'Partenaire', developerName: 'Partner', active: false, available: true, isDefault: true, isMaster: false },
  ]); // prettier-ignore
});
