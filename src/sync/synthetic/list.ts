/** Every synthetic stream: a new one is a file in this room and an entry here. */
import type { ConfiguredStream } from '../../airbyte/protocol.ts';
import { nameBeside, type NamedSObject } from '../../collections/collection-name.ts';
import type { Config } from '../../config/config.ts';
import { fields } from './fields.ts';
import { idRedirects } from './id-redirects.ts';
import { names } from './names.ts';
import { picklistValues } from './picklist-values.ts';
import { recordTypes } from './record-types.ts';
import { syncReport } from './sync-report.ts';
import type { ReportedStream, StreamWithoutQuery, SyntheticStream } from './synthetic-stream.ts';

const SYNTHETIC_STREAMS: readonly SyntheticStream[] = [
  names,
  fields,
  picklistValues,
  recordTypes,
  idRedirects,
  syncReport,
];

/** The synthetic stream that offers and catalogs know by this name; undefined for every real object. */
export function syntheticOf(sobject: string | undefined): SyntheticStream | undefined {
  return SYNTHETIC_STREAMS.find((stream) => stream.sobject === sobject);
}

/** The stream that tells how the others ended, where a configured one is it: by `x-sobject`, else by its name where it is on. */
export function reportedBy({ name, sobject }: ConfiguredStream, config: Config): ReportedStream | undefined {
  const named = sobject === undefined ? streamsWithoutQuery(config, []).find((each) => each.name === name) : undefined;
  const synthetic = named?.synthetic ?? syntheticOf(sobject);
  return synthetic?.kind === 'reported' ? synthetic : undefined;
}

/**
 * The streams without queries that the configuration asks for, each with its name: its own, or with a suffix where an object has that
 * name, in the org or in the tables of names that are the same in every org.
 */
export function streamsWithoutQuery(
  config: Config,
  sobjects: readonly NamedSObject[],
): { readonly synthetic: StreamWithoutQuery; readonly name: string }[] {
  return SYNTHETIC_STREAMS.flatMap((synthetic) =>
    synthetic.kind !== 'queried' && synthetic.isOn(config)
      ? [{ synthetic, name: nameBeside(config.naming, synthetic.name, sobjects) }]
      : [],
  );
}
