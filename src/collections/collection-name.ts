/** Collection names: what a Salesforce object is called in the warehouse. */
import segmentCollections from '../../catalogs/segment-collections.json' with { type: 'json' };
import plurals from '../../catalogs/standard-plurals.json' with { type: 'json' };
import type { Naming } from '../config/config.ts';
import { snakeCase } from './property-name.ts';
import { claimNames, compareApiNames, type NameClaim } from './unique-name.ts';

export interface NamedSObject {
  readonly name: string;
  readonly custom: boolean;
}

/** API name -> collection, of the 48 collections that Segment's source has. */
export const SEGMENT_COLLECTIONS: ReadonlyMap<string, string> = new Map(Object.entries(segmentCollections));

/**
 * Words that no common warehouse takes unquoted as a table's name. Segment puts an underscore before them; its `_group` is
 * the one that is known, the others follow it.
 */
const RESERVED = new Set(
  'all and any as asc by case cast column create cross default desc distinct else end except false for from full grant group having in inner intersect into is join left like limit natural not null on or order outer right select set some table then to true union unique user using values when where window with'.split(
    ' ',
  ),
);

/** Made when first asked for, since a run speaks one dialect: API name -> stream, and stream -> API name. */
const streamsOf = new Map<Naming, ReadonlyMap<string, string>>();
const sobjectsOf = new Map<Naming, ReadonlyMap<string, string>>();

/**
 * Names the objects of an org: API name -> stream. `segment`: the 48; other standard objects of v59 by their English
 * plural label, or by API name where the label's name is shared, reserved or one of the 48; custom and newer objects by
 * API name. `snake`: by API name. `api`: the API name itself. The static names are decided over the whole table, so
 * that the result depends neither on the order of `sobjects` nor on which standard objects an org happens to have.
 */
export function nameCollections(naming: Naming, sobjects: readonly NamedSObject[]): ReadonlyMap<string, string> {
  const fixed = staticNames(naming);
  const others = sobjects
    .filter(({ name }) => !fixed.has(name))
    .sort((a, b) => Number(a.custom) - Number(b.custom) || compareApiNames(a.name, b.name))
    .map(({ name }) => ({ apiName: name, wanted: byApiName(naming, name) }));
  const claimed = claimNames(others, new Set(fixed.values()));
  return new Map(sobjects.map(({ name }) => [name, fixed.get(name) ?? claimed.get(name) ?? name]));
}

/**
 * The name of a stream without an object: the wanted one, or with a suffix where an object has it, as with two objects that
 * want the same name. The objects come first, so that their names do not depend on what else is switched on.
 */
export function nameBeside(naming: Naming, wanted: string, sobjects: readonly NamedSObject[]): string {
  const taken = new Set([...staticNames(naming).values(), ...nameCollections(naming, sobjects).values()]);
  return claimNames([{ apiName: wanted, wanted }], taken).get(wanted) ?? wanted;
}

/** The object behind a stream, for the names that are the same in every org; undefined for all others. */
export function sobjectOfCollection(naming: Naming, stream: string): string | undefined {
  if (naming === 'api') return stream;
  let byStream = sobjectsOf.get(naming);
  if (byStream === undefined) {
    byStream = new Map([...staticNames(naming)].map(([sobject, name]) => [name, sobject]));
    sobjectsOf.set(naming, byStream);
  }
  return byStream.get(stream);
}

/** The names of the 48 and of the standard objects of v59, made once for each dialect. */
function staticNames(naming: Naming): ReadonlyMap<string, string> {
  let names = streamsOf.get(naming);
  if (names === undefined) {
    names = claimNames(naming === 'segment' ? segmentClaims() : plainClaims(naming), new Set());
    streamsOf.set(naming, names);
  }
  return names;
}

function plainClaims(naming: Naming): NameClaim[] {
  const standard = [...SEGMENT_COLLECTIONS.keys(), ...pluralNames().keys()].sort(compareApiNames);
  return standard.map((apiName) => ({ apiName, wanted: byApiName(naming, apiName) }));
}

function segmentClaims(): NameClaim[] {
  const wanted = pluralNames();
  const holders = new Map<string, number>();
  for (const name of [...SEGMENT_COLLECTIONS.values(), ...wanted.values()]) {
    holders.set(name, (holders.get(name) ?? 0) + 1);
  }
  const isFree = (name: string) => holders.get(name) === 1 && !RESERVED.has(name);
  const fixed = [...SEGMENT_COLLECTIONS].map(([apiName, name]) => ({ apiName, wanted: name }));
  const byLabel = [...wanted].filter(([, name]) => isFree(name)).map(([apiName, name]) => ({ apiName, wanted: name }));
  const byName = [...wanted]
    .filter(([, name]) => !isFree(name))
    .map(([apiName]) => ({ apiName, wanted: byApiName('segment', apiName) }));
  return [...fixed, ...byLabel, ...byName];
}

function byApiName(naming: Naming, apiName: string): string {
  if (naming === 'api') return apiName;
  const name = snakeCase(apiName);
  return naming === 'segment' && RESERVED.has(name) ? `_${name}` : name;
}

/**
 * API name -> snake_case of the English plural label that describe gave in v59, in the order of the API names. The file
 * says it shortly: labels that are the API name, or its plain plural, are listed by name alone.
 */
function pluralNames(): ReadonlyMap<string, string> {
  const names: [string, string][] = [
    ...plurals.asNamed.map((name): [string, string] => [name, snakeCase(name)]),
    ...plurals.withS.map((name): [string, string] => [name, `${snakeCase(name)}s`]),
    ...plurals.withEs.map((name): [string, string] => [name, `${snakeCase(name)}es`]),
    ...plurals.yToIes.map((name): [string, string] => [name, `${snakeCase(name).slice(0, -1)}ies`]),
    ...Object.entries(plurals.labelled).map(([name, label]): [string, string] => [name, snakeCase(label)]),
  ];
  return new Map(names.sort(([a], [b]) => compareApiNames(a, b)));
}
