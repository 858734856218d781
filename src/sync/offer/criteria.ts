/** streams_criteria: which objects an org offers, by their API names, upper or lower case alike. */
import type { StreamCriterion } from '../../config/config.ts';

/**
 * True where the criteria let the object in: it meets at least one of the positive ones (or there are none) and all of
 * the negative ones. In Airbyte's own connector several negative ones exclude nothing, since each lets in what the
 * others keep out.
 */
export function meetsCriteria(sobject: string, criteria: readonly StreamCriterion[]): boolean {
  const name = sobject.toLowerCase();
  const positive = criteria.filter(({ criteria: operator }) => !isNegative(operator));
  const negative = criteria.filter(({ criteria: operator }) => isNegative(operator));
  const meets = ({ criteria: operator, value }: StreamCriterion) => MEETS[operator](name, value.toLowerCase());
  return (positive.length === 0 || positive.some(meets)) && negative.every(meets);
}

const MEETS: Readonly<Record<StreamCriterion['criteria'], (name: string, value: string) => boolean>> = {
  'starts with': (name, value) => name.startsWith(value),
  'ends with': (name, value) => name.endsWith(value),
  contains: (name, value) => name.includes(value),
  exacts: (name, value) => name === value,
  'starts not with': (name, value) => !name.startsWith(value),
  'ends not with': (name, value) => !name.endsWith(value),
  'not contains': (name, value) => !name.includes(value),
  'not exacts': (name, value) => name !== value,
};

function isNegative(operator: StreamCriterion['criteria']): boolean {
  return (
    operator === 'starts not with' ||
    operator === 'ends not with' ||
    operator === 'not contains' ||
    operator === 'not exacts'
  );
}
