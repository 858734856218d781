/** Keeps the org's daily API allowance from being eaten: the part in reserve is left to everybody else. */
import { ModstampError } from '../errors.ts';
import type { Connection } from '../salesforce/connection.ts';
import { orgLimits } from '../salesforce/limits.ts';

/**
 * The connection, refusing every further request once only the reserve is left of the org's daily allowance. It goes by the
 * last Sforce-Limit-Info header and by what is on its way; an org that sends none is asked once for its limits, and where it
 * does not tell them either, `warn` says that no reserve can be kept. The refusal stops the sync: ModstampError transient_error with fault `allowance_reserve`.
 */
export function guardAllowance(
  connection: Connection,
  reservePercent: number | undefined,
  signal: AbortSignal,
  warn: (sentence: string) => void,
): Connection {
  if (reservePercent === undefined) return connection;
  let onTheWay = 0;
  let asked: Promise<{ used: number; max: number } | undefined> | undefined;

  async function known(): Promise<{ used: number; max: number } | undefined> {
    const { orgUsed, orgMax, apiCalls } = connection.usage();
    if (orgUsed !== undefined && orgMax !== undefined) return { used: orgUsed, max: orgMax };
    if (apiCalls === 0) return undefined;
    asked ??= askLimits(connection, signal, warn);
    const first = await asked;
    return first && { ...first, used: first.used + connection.usage().apiCalls };
  }

  async function guarded<T>(send: () => Promise<T>): Promise<T> {
    const org = await known();
    if (org && org.used + onTheWay >= Math.floor(org.max * (1 - (reservePercent ?? 0) / 100)))
      throw reserveReached(org, reservePercent ?? 0);
    onTheWay += 1;
    try {
      return await send();
    } finally {
      onTheWay -= 1;
    }
  }

  return {
    ...connection,
    call: (request) => guarded(() => connection.call(request)),
    open: (request) => guarded(() => connection.open(request)),
    openFor: (request, begin) => guarded(() => connection.openFor(request, begin)),
  };
}

async function askLimits(
  connection: Connection,
  signal: AbortSignal,
  warn: (sentence: string) => void,
): Promise<{ used: number; max: number } | undefined> {
  const limits = await orgLimits(connection, signal).catch(() => undefined);
  const daily = limits?.get('DailyApiRequests');
  if (!daily) {
    warn(
      'The org does not tell how much of its daily API allowance is used, so quota_reserve_percent keeps no reserve; "View Setup and Configuration" lets the user see it.',
    );
  }
  return daily && { used: daily.max - daily.remaining - connection.usage().apiCalls, max: daily.max };
}

function reserveReached(org: { used: number; max: number }, reservePercent: number): ModstampError {
  return new ModstampError(
    `The org has used ${org.used} of its ${org.max} API calls of the last 24 hours, and quota_reserve_percent keeps ${reservePercent} % of them for others; the sync stops here and the next one goes on.`,
    { failureType: 'transient_error', stopsSync: true, fault: 'allowance_reserve' },
  );
}
