/** What becomes of a window that the org took too long over. */
import type { ModstampError } from '../../errors.ts';
import { queryRows } from '../../salesforce/query.ts';
import { select } from '../../salesforce/soql.ts';
import type { StreamContext } from './stream-context.ts';
import { conditionsOf, splitIds, splitTime, type Window } from '../plan/window.ts';

/** Splits a window that the org took too long over: in time, else between its first and last Id. Throws `error` where neither can. */
export async function splitWindow(context: StreamContext, window: Window, error: ModstampError): Promise<Window[]> {
  const halves = splitTime(window) ?? (await splitBetweenIds(context, window));
  if (!halves) throw error;
  context.log(
    'INFO',
    `Stream ${context.life.name}: the query ran longer than the org allows; it is asked in two halves.`,
  );
  return halves;
}

async function splitBetweenIds(context: StreamContext, window: Window): Promise<Window[] | undefined> {
  const { describe } = context.reading;
  // Only the Id bounds: the window's other conditions are what the org took too long over.
  const where = conditionsOf(
    { ...(window.afterId && { afterId: window.afterId }), ...(window.untilId && { untilId: window.untilId }) },
    undefined,
  );
  const edge = async (direction: 'ASC' | 'DESC') => {
    const soql = select({ fields: ['Id'], from: describe.name, where, orderBy: [`Id ${direction}`], limit: 1 });
    const [row] = await queryRows<{ Id: string }>(context.connection, soql, context.signal);
    return row?.Id;
  };
  const [smallest, largest] = [await edge('ASC'), await edge('DESC')];
  return smallest && largest ? splitIds(window, smallest, largest) : undefined;
}
