/** The time zone that dates are cut in. */
import { ModstampError } from '../errors.ts';

/** The zone by its IANA name. Throws ModstampError for one that nobody knows. */
export function readZone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw new ModstampError(`--zone must be the name of a time zone, such as Europe/Paris, not ${name}.`, {
      failureType: 'config_error',
    });
  }
}
