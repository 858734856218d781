/** The key prefixes of the objects that selected type columns tell: from the catalog and the describes, which cost nothing more. */
import type { ConfiguredStream } from '../airbyte/protocol.ts';
import type { Config } from '../config/config.ts';
import { ModstampError } from '../errors.ts';
import type { Connection } from '../salesforce/connection.ts';
import { describeGlobal } from '../salesforce/describe.ts';
import type { SObjectDescribe, SObjectSummary } from '../salesforce/metadata.ts';
import { selectedTypes, type KeyPrefixes } from './offer/reference-type.ts';
import { propertiesOf } from './offer/stream-schema.ts';

export interface KeyPrefixOptions {
  readonly connection: Connection;
  readonly config: Config;
  readonly signal: AbortSignal;
  /** The org's objects where they were asked for already. */
  readonly objects: readonly SObjectSummary[];
}

/**
 * Undefined where no type is selected. What neither the catalog nor a describe tells (the catalog is older than the object, or
 * does not come from discover) is asked for in one call for all streams. Throws what `describeGlobal` throws.
 */
export async function findKeyPrefixes(
  described: Iterable<readonly [ConfiguredStream, SObjectDescribe | ModstampError | undefined]>,
  { connection, config, signal, objects }: KeyPrefixOptions,
): Promise<KeyPrefixes | undefined> {
  if (!config.referenceTypes) return undefined;
  const prefixes = new Map<string, string | null>();
  const wanted = new Set<string>();
  for (const [stream, describe] of described) {
    if (describe === undefined || describe instanceof ModstampError) continue;
    for (const [name, prefix] of stream.keyPrefixes ?? []) prefixes.set(name, prefix);
    prefixes.set(describe.name, describe.keyPrefix);
    const keys = selectedTypes(stream, propertiesOf(describe, config.naming), config.naming);
    for (const { field } of keys)
      if (field.referenceTo.length > 1) field.referenceTo.forEach((name) => wanted.add(name));
  }
  if ([...wanted].every((name) => prefixes.has(name))) return prefixes;
  const all = objects.length > 0 ? objects : await describeGlobal(connection, signal);
  for (const { name, keyPrefix } of all) prefixes.set(name, keyPrefix);
  return prefixes;
}
