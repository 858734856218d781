/** `/query`, `/queryAll` and their pages. */
import { json, jsonText, type Answer } from '../http/answer.ts';
import { refusal } from '../http/refusal.ts';
import type { Service } from '../service.ts';
import { aggregateWriter, recordWriter, type ChildPaging } from '../soql/json.ts';
import type { Plan } from '../soql/plan.ts';
import { planQuery } from '../soql/planner.ts';
import { isVirtual } from '../soql/restriction.ts';
import { keptSnapshot, takeSnapshot } from '../soql/snapshot.ts';
import { viewpoint } from '../viewpoint.ts';
import type { Cursor } from './cursor.ts';
import type { Respond, RestCall } from './rest-call.ts';

const DEFAULT_BATCH = 2000;
const MIN_BATCH = 200;
/** Columns up to which a page has its full size; wider rows come in smaller pages ("not guaranteed", REST guide). */
const FULL_PAGE_COLUMNS = 300;

/** `GET /query?q=…`, `/queryAll?q=…`, `/query?explain=…`. */
export const answerQuery: Respond = async (service, rest, [resource]) => {
  const { call } = rest;
  const view = viewpoint(service, resource?.toLowerCase() === 'queryall');
  const explained = call.query.get('explain');
  if (explained !== null) return explain(service, planQuery(view, explained));
  const text = call.query.get('q');
  if (text === null) throw refusal(400, 'MALFORMED_QUERY', 'A query string has to be specified');
  const plan = planQuery(view, text);
  const snapshot = await takeSnapshot(plan);
  const batchSize = batchSizeOf(service, rest, plan);
  checkPages(plan, snapshot.size, batchSize);
  const frame = { session: rest.session, openedMs: service.org.now(), batchSize };
  const writer = plan.grouping
    ? { write: aggregateWriter(plan.grouping), weight: () => 1 }
    : recordWriter(plan, rest.version, childPaging(service, rest, frame));
  return answerPage(service, rest, { ...frame, id: '', plan, snapshot, writer }, 0);
};

/** `GET /query/{locator}-{offset}`; `/queryAll/…` works as well. */
export const answerMore: Respond = (service, rest, [, locator = '']) => {
  const [, id = '', offset] = /^(\w+)-(\d+)$/.exec(locator) ?? [];
  const cursor = service.cursors.find(id, service.org.now());
  const start = Number(offset);
  if (start > cursor.snapshot.size) throw refusal(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  return answerPage(service, rest, cursor, start);
};

/** Throws Refusal 400 where an answer can't be paged and doesn't fit one page. */
function checkPages(plan: Plan, size: number, batchSize: number): void {
  if (size <= batchSize || (!isVirtual(plan.sobject) && !plan.grouping)) return;
  const name = plan.grouping ? 'AggregateResult' : plan.sobject.name;
  const advice = 'use LIMIT to restrict the results to a single batch';
  throw refusal(400, 'EXCEEDED_ID_LIMIT', `${name} does not support queryMore(), ${advice}`);
}

/** Results of child queries have pages of the same size as the answer that they stand in. */
function childPaging(
  service: Service,
  rest: RestCall,
  frame: Pick<Cursor, 'session' | 'openedMs' | 'batchSize'>,
): ChildPaging {
  return {
    pageRows: frame.batchSize,
    more: (plan, children, writer) => {
      const opened = service.cursors.open({ ...frame, plan, snapshot: keptSnapshot(children), writer });
      return pageUrl(rest, opened, frame.batchSize);
    },
  };
}

function answerPage(service: Service, rest: RestCall, cursor: Cursor, start: number): Answer {
  const { plan, snapshot } = cursor;
  const { repeatRows = 0, stuckPage = false } = rest.fault ?? {};
  const { next } = stuckPage ? { next: start } : writePage(cursor, start);
  const { records } = writePage(cursor, Math.max(0, start - repeatRows));
  const done = next >= snapshot.size || plan.countOnly;
  const opened = done || cursor.id !== '' ? cursor : service.cursors.open(cursor);
  const missing = stuckPage ? records.length : (rest.fault?.shortPage ?? 0);
  const shown = records.slice(0, Math.max(0, records.length - missing));
  const more = done ? '' : `"nextRecordsUrl":"${pageUrl(rest, opened, next)}",`;
  return jsonText(`{"totalSize":${snapshot.size},"done":${done},${more}"records":[${shown.join(',')}]}`);
}

/** Where an answer goes on, at the row of this index; the path is that of `query`, also for queryAll. */
function pageUrl({ version }: RestCall, { id }: Cursor, start: number): string {
  return `/services/data/v${version}/query/${id}-${start}`;
}

/** Children count as rows, so a page may end before its size in records. */
function writePage({ snapshot, writer, batchSize }: Cursor, start: number) {
  const rows = snapshot.rows(start, start + batchSize);
  const records: string[] = [];
  let room = batchSize;
  let taken = 0;
  for (const row of rows) {
    const needed = writer.weight(row);
    if (taken > 0 && needed > room) break;
    room -= needed;
    taken += 1;
    records.push(writer.write(row));
  }
  // Rows that were purged since the query ran leave a page short of its places, never the next one too early.
  return { records, next: taken < rows.length ? start + taken : start + batchSize };
}

function batchSizeOf(service: Service, { call }: RestCall, plan: Plan): number {
  const { pageRows } = service.settings;
  if (pageRows > 0) return pageRows;
  const asked = /batchSize=(\d+)/i.exec(call.headers['sforce-query-options'] ?? '')?.[1];
  const batch = asked === undefined ? DEFAULT_BATCH : Math.min(DEFAULT_BATCH, Math.max(MIN_BATCH, Number(asked)));
  const columns = plan.select.length;
  if (columns <= FULL_PAGE_COLUMNS) return batch;
  return Math.min(batch, Math.max(MIN_BATCH, Math.floor((DEFAULT_BATCH * FULL_PAGE_COLUMNS) / columns)));
}

/** Query plan feedback (beta): one plan, a scan or an index by what the condition names. */
function explain(service: Service, plan: Plan): Answer {
  const { size } = service.org.table(plan.sobject.name);
  const indexed = plan.filterFields.find((name) => ['Id', 'SystemModstamp', 'CreatedDate', 'Name'].includes(name));
  const note = {
    description: 'Not considering filter for optimization because unindexed',
    fields: ['IsDeleted'],
    tableEnumOrId: plan.sobject.name,
  };
  return json({
    plans: [
      {
        cardinality: indexed ? Math.ceil(size / 10) : size,
        fields: indexed ? [indexed] : [],
        leadingOperationType: indexed ? 'Index' : 'TableScan',
        notes: [note],
        relativeCost: indexed ? 0.5 : 1.5,
        sobjectCardinality: size,
        sobjectType: plan.sobject.name,
      },
    ],
    sourceQuery: plan.query.text,
  });
}
