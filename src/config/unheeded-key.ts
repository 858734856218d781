/** Keys of a configuration that change nothing: those of Airbyte's own connector that have no use here, and slips of the pen. */
import spec from '../../spec.json' with { type: 'json' };
import { isJsonObject, type JsonObject } from '../json/value.ts';
import { CREDENTIAL_KEYS } from './credentials.ts';
import { didYouMean } from './near-name.ts';

/** Of the specification of airbyte-source-salesforce (2.7): what happens in their place. */
const OFFICIAL_KEYS: Readonly<Record<string, string>> = {
  force_use_bulk_api: 'each query goes by REST or Bulk, whichever takes fewer API calls, and loses no field by it',
  stream_slice_step: 'increments are read as one window, split only where Salesforce finds it too large',
  preserve_na_values: 'texts such as "NA" are always kept',
};

/**
 * A sentence for each key of `config` (as it came) that is not heeded and whose author would want to know: keys of Airbyte's
 * connector without a use here, and keys that are nearly one of ours. Other unknown keys are left in peace, since hosts add some.
 */
export function unheededKeys(config: JsonObject): string[] {
  const { credentials, blobs } = spec.connectionSpecification.properties;
  const known = new Set([...Object.keys(spec.connectionSpecification.properties), ...CREDENTIAL_KEYS]);
  const logins = new Set(credentials.oneOf.flatMap(({ properties }) => Object.keys(properties)));
  return [
    ...sentencesOf(config, known, ''),
    ...sentencesOf(config['credentials'], logins, 'credentials.'),
    ...sentencesOf(config['blobs'], new Set(Object.keys(blobs.properties)), 'blobs.'),
  ];
}

function sentencesOf(config: unknown, known: ReadonlySet<string>, path: string): string[] {
  if (!isJsonObject(config)) return [];
  return Object.keys(config).flatMap((key) => {
    if (known.has(key)) return [];
    const official = path === '' ? OFFICIAL_KEYS[key] : undefined;
    if (official !== undefined) return [`The configuration's ${key} has no effect: ${official}.`];
    const near = didYouMean(key, known);
    return near === '' ? [] : [`The configuration has an unknown key ${path}${key}${near}; it is ignored.`];
  });
}
