/** The configuration against spec.json: defaults filled in, every complaint in words. */
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import spec from '../../spec.json' with { type: 'json' };
import type { JsonValue } from '../json/value.ts';

/** What the complaints need of a property's schema in spec.json. */
interface Described {
  readonly airbyte_secret?: boolean;
  readonly pattern_descriptor?: string;
  readonly enum?: readonly string[];
}

let compiled: ValidateFunction | undefined;

/**
 * Checks `values` against the connectionSpecification of spec.json and fills the specification's defaults in. "true",
 * "false" and digits in strings are turned into what the specification asks for, because templates and environment
 * variables give only strings. Returns all complaints, each like `credentials.client_id is missing`; a secret's value
 * is in none of them.
 */
export function complaintsOfSchema(values: Record<string, JsonValue>): string[] {
  const validate = (compiled ??= compile());
  if (validate(values)) return [];
  return [...new Set((validate.errors ?? []).map(complaint))];
}

function compile(): ValidateFunction {
  const { credentials, ...others } = spec.connectionSpecification.properties;
  const schema = {
    ...spec.connectionSpecification,
    properties: {
      // With the discriminator, ajv tells what the chosen way to log in lacks, not how every way fails. It stays out of
      // spec.json, since hosts need not know the keyword.
      credentials: { ...credentials, discriminator: { propertyName: 'auth_type' } },
      ...others,
    },
    required: ['credentials'],
  };
  return new Ajv({
    strict: false,
    allErrors: true,
    verbose: true,
    coerceTypes: true,
    useDefaults: true,
    discriminator: true,
    // The one format, date-time, is for the host's date picker; it would refuse a bare date.
    validateFormats: false,
    // Checking our own schema against JSON Schema's is a test's work, and would cost each start 30 ms.
    meta: false,
    validateSchema: false,
  }).compile(schema);
}

function complaint(error: ErrorObject): string {
  const schema = (error.parentSchema ?? {}) as Described;
  const property = pathOf(error.instancePath);
  const got = schema.airbyte_secret ? '' : `, got ${shortened(error.data)}`;
  switch (error.keyword) {
    case 'required':
      return `${pathOf(`${error.instancePath}/${error.params['missingProperty']}`)} is missing`;
    case 'type':
      return `${property} must be ${TYPE_NAMES[String(error.params['type'])] ?? error.params['type']}${got}`;
    case 'enum':
      return `${property} must be one of ${(schema.enum ?? []).join(', ')}${got}`;
    case 'discriminator':
      return `credentials.auth_type must be one of oauth, client_credentials, jwt, password, got ${shortened(error.params['tagValue'])}`;
    case 'pattern':
      return `${property} must be ${schema.pattern_descriptor ?? `like ${error.params['pattern']}`}${got}`;
    case 'minimum':
      return `${property} must be ${error.params['limit']} or more${got}`;
    case 'maximum':
      return `${property} must be ${error.params['limit']} or less${got}`;
    default:
      return `${property} ${error.message ?? 'is not valid'}${got}`;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'an object',
  array: 'a list',
};

/** `/streams_criteria/0/value` -> `streams_criteria[0].value`. */
function pathOf(pointer: string): string {
  return pointer
    .slice(1)
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.');
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
