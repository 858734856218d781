/** The objects that the data dictionary tells of: each once, also where two streams read it. */
import type { DescribeDetails } from '../../salesforce/describe-details.ts';
import type { Reading } from '../plan/plan.ts';
import type { Material } from './synthetic-stream.ts';

export interface DescribedObject {
  /** That of the first stream that reads the object. */
  readonly reading: Reading;
  readonly details: DescribeDetails;
}

export function* describedObjects({ readings, details }: Material): Generator<DescribedObject> {
  const told = new Set<string>();
  for (const reading of readings) {
    const { name } = reading.describe;
    const own = details.get(name);
    if (own === undefined || told.has(name)) continue;
    told.add(name);
    yield { reading, details: own };
  }
}
