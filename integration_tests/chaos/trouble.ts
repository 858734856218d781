/** What goes wrong: faults, habits of the org that are allowed but awkward, and changes of its rows. */
import type { Row, Value } from '../../emulator/model.ts';
import type { JsonObject } from '../../src/json/value.ts';
import type { Change, Fault, OrgUnderTest } from '../practice-org.ts';
import type { Dice } from './dice.ts';

const error = (errorCode: string, message: string) => [{ errorCode, message }];

/** Each kind of fault with what may vary in it left open: where it strikes first, and how often, is thrown. */
const FAULTS: readonly ((dice: Dice) => Fault)[] = [
  () => ({ path: DATA, status: 503, body: '<html><body>Server too busy</body></html>' }),
  () => ({ path: DATA, status: 502, body: '' }),
  () => ({ path: DATA, status: 500, body: error('UNKNOWN_EXCEPTION', 'An unexpected error occurred.') }),
  () => ({ path: DATA, status: 420, body: '' }),
  () => ({ path: DATA, status: 406, body: '' }),
  () => ({ path: DATA, status: 429, body: '', headers: { 'retry-after': '1' } }),
  () => ({ path: DATA, status: 403, body: error('REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests Limit exceeded.') }),
  () => ({ path: DATA, expireSession: true }),
  () => ({ path: READS, reset: true }),
  (dice) => ({ path: READS, cutAfterBytes: dice.int(0, 30_000) }),
  (dice) => ({ path: READS, delayMs: dice.int(50, 600) }),
  () => ({ path: '/composite', times: 4, status: 500, body: error('UNKNOWN_EXCEPTION', 'An unexpected error occurred.') }),
  () => ({ path: '/query/0r8', status: 400, body: error('INVALID_QUERY_LOCATOR', 'invalid query locator') }),
  () => ({ path: 'queryAll', status: 400, body: error('QUERY_TIMEOUT', 'Your query request was running for too long.') }),
  (dice) => ({ path: '/results', shortPage: dice.int(1, 40) }),
  () => ({ path: '/jobs/query$', method: 'POST', failJob: 'Unexpected exception encountered in query processing.' }),
  () => ({ path: '/jobs/query$', method: 'POST', failJob: 'QUERY_TIMEOUT: running for too long' }),
  () => ({ path: '/jobs/query$', method: 'POST', failJob: '' }),
  () => ({ path: '/jobs/query$', method: 'POST', abortJob: true }),
  () => ({ path: '/jobs/query$', method: 'POST', status: 400, body: error('LIMIT_EXCEEDED', 'Max bulk v2 query jobs (10000) per 24 hrs has been reached (10021)') }),
  () => ({ path: '/jobs/query$', method: 'POST', status: 400, body: error('INVALIDENTITY', 'Entity is not supported by the Bulk API.') }),
  // A page that shows rows again, or names itself as the next one.
  (dice) => ({ path: '/query/', repeatRows: dice.int(1, 200) }),
  () => ({ path: '/query/', stuckPage: true, times: 0 }),
  // Damage that leaves the length and both ends of the answer as they were.
  (dice) => ({ path: READS, edit: ['(?<="attributes":{"type"):', dice.pick(['x', '"', '{'])] }),
  (dice) => ({ path: ROWS, edit: ['"Id":"[^"]*",', dice.pick(['', '"Id":null,'])] }),
  () => ({ path: READS, edit: ['^(?=[^])', '\ufeff'] }),
  // Clocks of hosts that are none of the org's, and one of the org's that is behind.
  () => ({ path: DATA, status: 503, body: '<html>Proxy</html>', headers: { Date: dateIn(40 * DAY_MS) } }),
  () => ({ path: '/oauth2/token', headers: { Date: dateIn(40 * DAY_MS) } }),
  () => ({ path: READS, headers: { Date: dateIn(-DAY_MS) } }),
  () => ({ path: '/deleted', status: 500, body: error('UNKNOWN_EXCEPTION', 'An unexpected error occurred.') }),
]; // prettier-ignore

const DATA = '/services/data/v';
const ROWS = '/(queryAll|query/)';
const DAY_MS = 86_400_000;
const dateIn = (ms: number) => new Date(Date.now() + ms).toUTCString();
/** Requests that change nothing: what is lost of their answers can be asked again. */
const READS = '/(queryAll|query/|results|composite|deleted|describe|recordCount)';

/** Arms up to `most` faults. */
export async function armFaults(org: OrgUnderTest, dice: Dice, most: number): Promise<readonly Fault[]> {
  const faults = Array.from({ length: dice.int(0, most) }, (): Fault => {
    const fault = dice.pick(FAULTS)(dice);
    return { skip: dice.int(0, 8), times: dice.int(1, 2), ...fault };
  });
  for (const fault of faults) await org.fault(fault);
  return faults;
}

/** Habits of the org, all of them allowed: page sizes, forms of answers, clocks that lag. */
export function throwHabits(dice: Dice): JsonObject {
  const lateCommitMs = dice.pick([0, 0, 5_000, 300_000]);
  return {
    pageRows: dice.pick([0, 37, 60, 200]),
    jobReadyMs: dice.pick([0, 100, 700]),
    emptyCsv: dice.pick(['header', 'none']),
    csvDatetime: dice.pick(['Z', '+0000']),
    limitInfo: dice.pick(['plain', 'perApp', 'none']),
    gzip: dice.chance(70),
    sessionLifeCalls: dice.pick([0, 0, 12, 25]),
    lateCommitMs,
    // The list of deletions is not called complete beyond what is committed.
    latestDateCoveredLagMs: lateCommitMs === 0 ? dice.pick([0, 0, 1_800_000]) : lateCommitMs + 60_000,
  };
}

/** A quiet org: what a change has done is seen by the next query. */
export const quietHabits: JsonObject = { lateCommitMs: 0, latestDateCoveredLagMs: 0, sessionLifeCalls: 0 };

/** What can happen to the rows of an object. `writable` is a text field of it. */
export interface Victim {
  readonly sobject: string;
  readonly writable: string;
  readonly insertable: Readonly<Record<string, Value>>;
  readonly mortal: boolean;
  /** Whether Salesforce merges its rows. */
  readonly mergeable?: boolean;
}

const CHANGES = ['insert', 'update', 'update', 'delete', 'undelete', 'purge', 'merge'] as const;

/** Changes up to `most` rows; purges leave out where rows are to be kept. */
export async function changeRows(
  org: OrgUnderTest,
  dice: Dice,
  victim: Victim,
  most: number,
  purges: 'purge too' | 'keep',
): Promise<readonly Change[]> {
  const rows = [...(await org.rows(victim.sobject))];
  const changes: Change[] = [];
  for (let left = dice.int(0, most); left > 0; left--) {
    const change = throwChange(dice, victim, rows);
    if (!change || (purges === 'keep' && change.op === 'purge')) continue;
    changes.push(change);
  }
  if (changes.length > 0) await org.change(...changes);
  return changes;
}

/** One change; a row is taken out of `rows`, so that nothing happens to it twice at the same time. */
function throwChange(dice: Dice, victim: Victim, rows: Row[]): Change | undefined {
  const { sobject, writable, insertable, mortal } = victim;
  const op = dice.pick(CHANGES);
  const text = `chaos "${dice.int(0, 1_000_000)}", \n${dice.pick(['é', '日本', '😀', "O'Hara", '\\'])}`;
  if (op === 'insert') {
    const count = dice.int(1, 30);
    return { op, sobject, rows: Array.from({ length: count }, () => ({ ...insertable, [writable]: text })) };
  }
  if (op === 'merge') return victim.mergeable === true ? throwMerge(dice, sobject, rows) : undefined;
  if (rows.length === 0 || (op !== 'update' && !mortal)) return undefined;
  const [row] = rows.splice(dice.int(0, rows.length - 1), 1) as [Row];
  const id = String(row['Id']);
  if (op === 'update') return { op, sobject, id, values: { [writable]: text } };
  if (op === 'purge') return { op, sobject, id };
  return { op: row['IsDeleted'] === true ? 'undelete' : 'delete', sobject, id };
}

/** Two rows that are there, the second of which loses. */
function throwMerge(dice: Dice, sobject: string, rows: Row[]): Change | undefined {
  const [winner, loser] = dice.some(
    rows.filter((row) => row['IsDeleted'] !== true),
    2,
  );
  if (winner === undefined || loser === undefined) return undefined;
  for (const row of [winner, loser]) rows.splice(rows.indexOf(row), 1);
  return { op: 'merge', sobject, id: String(winner['Id']), losers: [String(loser['Id'])] };
}
