/** A catalog that hosts take: what repeats or only explains is left out as it nears the size that Airbyte refuses. Pure. */
import type { AirbyteStream, PropertySchema } from '../../airbyte/protocol.ts';
import type { Note } from '../run.ts';

/** Airbyte refuses catalogs above 10 MiB (platform, `discover` of large schemas). */
const CATALOG_LIMIT_BYTES = 10_485_760;
/** From here on it is near: the host's own envelope and its refresh of the schema add to what was discovered. */
const NEAR_LIMIT_BYTES = 0.95 * CATALOG_LIMIT_BYTES;

/** What can go, the least missed first. Names, types, keys and cursors stay. */
const CUTS: readonly {
  readonly what: string;
  readonly cut: (schema: PropertySchema, property: string) => PropertySchema;
}[] = [
  { what: 'titles that say the same as the name', cut: withoutRepetition },
  { what: 'descriptions of properties', cut: (schema) => without(schema, 'description') },
  { what: 'titles of properties', cut: (schema) => without(schema, 'title') },
];

/**
 * The streams as they are where their catalog is well below the limit, else with less and less of what explains them. The
 * notes say what was left out, and, where that is not enough, how to offer less. `limitBytes` is the limit's place in tests.
 */
export function fitCatalog(
  streams: readonly AirbyteStream[],
  limitBytes = CATALOG_LIMIT_BYTES,
): { streams: readonly AirbyteStream[]; notes: readonly Note[] } {
  const near = (NEAR_LIMIT_BYTES / CATALOG_LIMIT_BYTES) * limitBytes;
  let fitted = streams;
  let bytes = sizeOf(fitted);
  const left: string[] = [];
  for (const { what, cut } of CUTS) {
    if (bytes <= near) break;
    fitted = fitted.map((stream) => cutStream(stream, cut));
    bytes = sizeOf(fitted);
    left.push(what);
  }
  const notes: Note[] = [];
  if (left.length > 0) {
    notes.push({
      level: 'INFO',
      text: `The catalog is near the ${mib(limitBytes)} that Airbyte takes; left out of it: ${left.join(', ')}.`,
    });
  }
  if (bytes > limitBytes) {
    notes.push({
      level: 'WARN',
      text: `The catalog of ${streams.length} streams has ${mib(bytes)}, and Airbyte refuses catalogs above ${mib(limitBytes)}: offer fewer objects with streams_criteria.`,
    });
  }
  return { streams: fitted, notes };
}

function sizeOf(streams: readonly AirbyteStream[]): number {
  return streams.reduce((bytes, stream) => bytes + Buffer.byteLength(JSON.stringify(stream)) + 1, 0);
}

function cutStream(
  stream: AirbyteStream,
  cut: (schema: PropertySchema, property: string) => PropertySchema,
): AirbyteStream {
  const { json_schema: schema } = stream;
  const properties = Object.fromEntries(
    Object.entries(schema.properties).map(([property, each]) => [property, cut(each, property)]),
  );
  return { ...stream, json_schema: { ...schema, properties } };
}

function without(schema: PropertySchema, member: 'title' | 'description'): PropertySchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== member)) as unknown as PropertySchema;
}

/** A field's API name equal to the property is found by the property. */
function withoutRepetition({ title, 'x-field': field, ...rest }: PropertySchema, property: string): PropertySchema {
  return {
    ...rest,
    ...(title !== undefined && lettersOf(title) !== lettersOf(property) && { title }),
    ...(field !== undefined && field !== property && { 'x-field': field }),
  };
}

/** "Account ID" and account_id are the same. */
function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function mib(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
