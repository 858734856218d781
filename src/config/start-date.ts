/** The start date, as the configuration writes it. */
import { Complaint } from './complaint.ts';

/**
 * ISO 8601 UTC with milliseconds of a date (`2024-01-01`: its first moment) or a date-time with or without seconds and
 * offset (without one: UTC). Throws Complaint where the calendar has no such moment.
 */
export function startMoment(text: string): string {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  const [, date = '', time = '00:00', offset = 'Z'] = parts ?? [];
  const moment = new Date(`${date}T${time}${offset.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
  if (Number.isNaN(moment.getTime()) || !isInCalendar(date)) {
    throw new Complaint(`must be a date YYYY-MM-DD or a date-time YYYY-MM-DDTHH:mm:ssZ, got ${JSON.stringify(text)}`);
  }
  return moment.toISOString();
}

/** False for the 30th of February, which Date takes for a day in March. */
function isInCalendar(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}
