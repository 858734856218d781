/** Why the org has no object for a configured stream, where the stream's name tells. */
import { nameCollections, sobjectOfCollection, type NamedSObject } from '../collections/collection-name.ts';
import type { Naming } from '../config/config.ts';

const NAMINGS: readonly Naming[] = ['segment', 'snake', 'api'];

/**
 * A sentence for a stream that no object answers to under `naming`: its name is of another naming, or a stream that only
 * Airbyte's own connector has. Undefined where nothing more is known. `objects` are those of the org; where they are not
 * known, the names that are the same in every org are looked through.
 */
export function whyAbsent(name: string, naming: Naming, objects: readonly NamedSObject[] = []): string | undefined {
  const isNamed = (other: Naming) =>
    (other !== 'api' && sobjectOfCollection(other, name) !== undefined) ||
    [...nameCollections(other, objects).values()].includes(name);
  const other = NAMINGS.find((each) => each !== naming && isNamed(each));
  if (other !== undefined) {
    return `Stream ${name} is skipped: the org has no object of that name with naming: ${naming}, but ${name} is a name with naming: ${other}. Set naming: ${other} in the configuration, or make the catalog anew.`;
  }
  if (name !== 'Describe') return undefined;
  return "Stream Describe is skipped: Airbyte's own Salesforce connector offers the describe documents of all objects under that name, and this connector does not. Take it out of the catalog.";
}
