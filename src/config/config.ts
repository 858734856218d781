/** The configuration: raw JSON in, frozen values with every default out, all complaints at once. */
import { deepFreeze, isJsonObject, nameOfType, textOf, trimmed, withoutBlanks } from '../json/value.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { readApiVersion } from './api-version.ts';
import { Complaint, complaintsOf } from './complaint.ts';
import { complaintsOfSchema } from './schema.ts';
import { credentialsIn, readCredentials } from './credentials.ts';
import type { Credentials, SpecifiedCredentials } from './credentials.ts';
import { durationMs } from './duration.ts';
import { ModstampError } from '../errors.ts';
import { loginOrigin } from './login-url.ts';
import { pkcs8Pem } from './private-key.ts';
import { startMoment } from './start-date.ts';

export type Naming = 'segment' | 'snake' | 'api';
/** Which objects are offered before the criteria: all, or those of Segment's 48 collections. */
type StreamsPreset = 'all' | 'segment';
type OnNewProperty = 'forward' | 'resync' | 'backfill';

/** One of the eight operators of the official connector's streams_criteria, on API names, upper or lower case alike. */
export interface StreamCriterion {
  readonly criteria:
    | 'starts with' | 'ends with' | 'contains' | 'exacts'
    | 'starts not with' | 'ends not with' | 'not contains' | 'not exacts'; // prettier-ignore
  readonly value: string;
}

/** The frozen configuration: every default filled in, blank strings gone, units in the names. */
export interface Config {
  readonly credentials: Credentials;
  readonly isSandbox: boolean;
  /** Origin only, e.g. `https://acme.my.salesforce.com`; undefined means login. or test.salesforce.com. */
  readonly loginUrl: string | undefined;
  readonly apiVersion: string;
  readonly naming: Naming;
  readonly schemaName: string | undefined;
  /** ISO 8601 UTC with milliseconds. */
  readonly startDate: string | undefined;
  /** The same; exclusive. */
  readonly endDate: string | undefined;
  readonly lookbackMs: number;
  readonly streamsPreset: StreamsPreset;
  readonly streamsCriteria: readonly StreamCriterion[];
  readonly onNewProperty: OnNewProperty;
  readonly hardDeletes: boolean;
  /** Part of the org's daily API allowance that is never touched; undefined means no stop. */
  readonly quotaReservePercent: number | undefined;
  readonly numWorkers: number;
  readonly blobs: { readonly maxBytesPerRecord: number; readonly maxBytesPerSync: number } | undefined;
  readonly segmentColumns: boolean;
  readonly formulaRefreshHours: number | undefined;
  /** Offers a column beside each polymorphic key that says which object it points to. */
  readonly referenceTypes: boolean;
  /** Offers the stream that says how each other one was read. */
  readonly syncReport: boolean;
  /** Offers the stream of Ids that merges have replaced. */
  readonly idRedirects: boolean;
  /** Offers the streams that say what fields and picklist values are. */
  readonly dataDictionary: boolean;
  /** The config as it came, unknown members kept: what a CONTROL message sends back. */
  readonly raw: JsonObject;
}

/** A configuration as spec.json has it, after validation: every default is there. */
interface SpecifiedConfig {
  readonly credentials: SpecifiedCredentials;
  readonly is_sandbox: boolean;
  readonly login_url?: string;
  readonly api_version: string;
  readonly naming: Naming;
  readonly schema_name?: string;
  readonly start_date?: string;
  readonly end_date?: string;
  readonly lookback_window: string;
  readonly streams_preset: StreamsPreset;
  readonly streams_criteria?: readonly StreamCriterion[];
  readonly on_new_property: OnNewProperty;
  readonly hard_deletes: boolean;
  readonly quota_reserve_percent?: number;
  readonly num_workers: number;
  readonly blobs?: { readonly max_bytes_per_record: number; readonly max_bytes_per_sync: number };
  readonly segment_columns: boolean;
  readonly formula_refresh_hours?: number;
  readonly reference_types: boolean;
  readonly sync_report: boolean;
  readonly id_redirects: boolean;
  readonly data_dictionary: boolean;
}

const GENERAL_HOST = /^(?:https:\/\/)?(?:login|test)\.salesforce\.com(?:[/?#]|$)/i;
/** Longer windows are full reads in disguise. */
const LONGEST_LOOKBACK_MS = 366 * 86_400_000;

/**
 * Reads a configuration as spec.json describes it: blank strings and nulls count as absent, unknown members are ignored.
 *
 * A configuration of Airbyte's own Salesforce connector works unchanged (credentials.ts). Hosts check a configuration
 * against spec.json before they start a connector, so `credentials` is required here and not there.
 *
 * `name` is what the error calls it. Throws ModstampError (config_error) with every complaint in one sentence; no
 * secret is in it.
 */
export function readConfig(raw: unknown, name = 'The configuration'): Config {
  if (!isJsonObject(raw)) {
    throw new ModstampError(`${name} must be a JSON object, got ${nameOfType(raw)}.`, { failureType: 'config_error' });
  }
  const values: Record<string, JsonValue> = { ...trimmed(withoutBlanks(raw), 'password') };
  values['credentials'] = credentialsIn(values);
  const complaints = [...new Set([...complaintsOfSchema(values), ...complaintsOfMeaning(values)])];
  if (complaints.length > 0) {
    const count = complaints.length === 1 ? 'a problem' : `${complaints.length} problems`;
    throw new ModstampError(`${name} has ${count}: ${complaints.join('; ')}.`, { failureType: 'config_error' });
  }
  return deepFreeze(configOf(values as unknown as SpecifiedConfig, raw));
}

/** What a JSON schema can't say. Values of the wrong shape are passed over: the schema has complained about them. */
function complaintsOfMeaning(values: JsonObject): string[] {
  const credentials = isJsonObject(values['credentials']) ? values['credentials'] : {};
  const read = (name: string, value: JsonValue | undefined, reader: (text: string) => unknown) => {
    const text = textOf(value);
    return text === undefined ? [] : complaintsOf(name, () => reader(text));
  };
  return [
    ...read(
      'credentials.private_key',
      credentials['auth_type'] === 'jwt' ? credentials['private_key'] : undefined,
      pkcs8Pem,
    ),
    ...read('login_url', values['login_url'], loginOrigin),
    ...(credentials['auth_type'] === 'client_credentials' ? complaintsOfGeneralHost(values['login_url']) : []),
    ...read('start_date', values['start_date'], startMoment),
    ...read('end_date', values['end_date'], startMoment),
    ...read('lookback_window', values['lookback_window'], lookbackMs),
    ...read('api_version', values['api_version'], readApiVersion),
  ];
}

/** Salesforce answers the client credentials grant at the org's own host only (Help, "OAuth 2.0 Client Credentials Flow"). */
function complaintsOfGeneralHost(loginUrl: JsonValue | undefined): string[] {
  const own = "the org's own domain, https://….my.salesforce.com";
  if (loginUrl === undefined) return [`login_url is missing: Salesforce takes client credentials only at ${own}`];
  return GENERAL_HOST.test(String(loginUrl)) ? [`login_url must be ${own}, for client credentials`] : [];
}

function configOf(values: SpecifiedConfig, raw: JsonObject): Config {
  return {
    credentials: readCredentials(values.credentials),
    isSandbox: values.is_sandbox,
    loginUrl: values.login_url === undefined ? undefined : loginOrigin(values.login_url),
    apiVersion: readApiVersion(values.api_version),
    naming: values.naming,
    schemaName: values.schema_name,
    startDate: values.start_date === undefined ? undefined : startMoment(values.start_date),
    endDate: values.end_date === undefined ? undefined : startMoment(values.end_date),
    lookbackMs: lookbackMs(values.lookback_window),
    streamsPreset: values.streams_preset,
    streamsCriteria: (values.streams_criteria ?? []).map(({ criteria, value }) => ({ criteria, value })),
    onNewProperty: values.on_new_property,
    hardDeletes: values.hard_deletes,
    quotaReservePercent: values.quota_reserve_percent,
    numWorkers: values.num_workers,
    blobs: values.blobs && {
      maxBytesPerRecord: values.blobs.max_bytes_per_record,
      maxBytesPerSync: values.blobs.max_bytes_per_sync,
    },
    segmentColumns: values.segment_columns,
    formulaRefreshHours: values.formula_refresh_hours,
    referenceTypes: values.reference_types,
    syncReport: values.sync_report,
    idRedirects: values.id_redirects,
    dataDictionary: values.data_dictionary,
    raw: structuredClone(raw),
  };
}

/** The schema has seen to the form already, so NaN passes here. */
function lookbackMs(text: string): number {
  const lengthMs = durationMs(text);
  if (lengthMs > LONGEST_LOOKBACK_MS) throw new Complaint(`must not be longer than a year, got "${text}"`);
  return lengthMs;
}
