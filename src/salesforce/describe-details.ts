/**
 * What a describe tells beyond what replication uses: picklist values, formulas, record types. Read only where the data
 * dictionary wants it. Facts: SOAP API guide, "DescribeSObjectResult".
 */
import { isJsonObject, textOf, type JsonObject, type JsonValue } from '../json/value.ts';

export interface PicklistEntry {
  readonly value: string;
  readonly label: string;
  readonly active: boolean;
  readonly isDefault: boolean;
  /** Base64 bits of the controlling values with which it may stand; null where the picklist depends on none. */
  readonly validFor: string | null;
}

export interface FieldDetails {
  readonly picklistValues: readonly PicklistEntry[];
  /** The field that decides which values may be picked. */
  readonly controllerName: string | null;
  readonly formula: string | null;
  /** Whether the formula takes blank numbers for 0; Salesforce's own default where the describe does not tell. */
  readonly treatBlankAsZero: boolean;
  readonly deprecated: boolean;
}

export interface RecordTypeEntry {
  readonly id: string;
  readonly name: string;
  readonly developerName: string | null;
  readonly active: boolean;
  readonly available: boolean;
  readonly isDefault: boolean;
  readonly isMaster: boolean;
}

export interface DescribeDetails {
  readonly fields: ReadonlyMap<string, FieldDetails>;
  readonly recordTypes: readonly RecordTypeEntry[];
}

/** The details of a describe document that `readDescribe` has understood; what a host leaves out is absent or false. */
export function readDetails(bytes: Uint8Array): DescribeDetails {
  const document: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  const members = isJsonObject(document) ? document : {};
  return {
    fields: new Map(
      objectsIn(members['fields']).flatMap((field) => {
        const name = textOf(field['name']);
        return name === undefined ? [] : [[name, fieldDetails(field)] as const];
      }),
    ),
    recordTypes: objectsIn(members['recordTypeInfos']).flatMap(recordType),
  };
}

/**
 * The controlling values with which a picklist value may stand. `validFor` is a string of bits in base64, read from the left:
 * bit n stands for the nth value of the controlling field as it is described, inactive ones counted; for a checkbox 0 is
 * false and 1 is true. Zero bytes at the end may be cut off (SOAP API guide, "PicklistEntry").
 */
export function controllingValues(validFor: string, controlling: readonly string[]): string[] {
  const bits = Buffer.from(validFor, 'base64');
  return controlling.filter((_, n) => ((bits[n >> 3] ?? 0) & (0x80 >> (n & 7))) !== 0);
}

function fieldDetails(field: JsonObject): FieldDetails {
  return {
    picklistValues: objectsIn(field['picklistValues']).flatMap(picklistEntry),
    controllerName: textOf(field['controllerName']) ?? null,
    formula: textOf(field['calculatedFormula']) ?? null,
    treatBlankAsZero: field['formulaTreatNullNumberAsZero'] !== false,
    deprecated: field['deprecatedAndHidden'] === true,
  };
}

function picklistEntry({ value, label, active, defaultValue, validFor }: JsonObject): PicklistEntry[] {
  if (typeof value !== 'string') return [];
  return [
    {
      value,
      label: typeof label === 'string' ? label : value,
      active: active !== false,
      isDefault: defaultValue === true,
      validFor: typeof validFor === 'string' ? validFor : null,
    },
  ];
}

function recordType(info: JsonObject): RecordTypeEntry[] {
  const id = textOf(info['recordTypeId']);
  if (id === undefined) return [];
  return [
    {
      id,
      name: textOf(info['name']) ?? id,
      developerName: textOf(info['developerName']) ?? null,
      active: info['active'] !== false,
      available: info['available'] !== false,
      isDefault: info['defaultRecordTypeMapping'] === true,
      isMaster: info['master'] === true,
    },
  ];
}

function objectsIn(list: JsonValue | undefined): JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}
