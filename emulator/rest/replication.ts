/** The `deleted` and `updated` resources. */
import { stampFieldOf } from '../directory.ts';
import { json } from '../http/answer.ts';
import { refusal } from '../http/refusal.ts';
import type { SObject } from '../model.ts';
import type { Service } from '../service.ts';
import { planQuery } from '../soql/planner.ts';
import { matchingRows } from '../soql/scan.ts';
import { viewpoint } from '../viewpoint.ts';
import { restDatetime } from '../wire/value.ts';
import { objectOf, type Respond, type RestCall } from './rest-call.ts';

const DAY_MS = 24 * 3600 * 1000;
const MINUTE_MS = 60_000;
const DELETED_REACH_MS = 15 * DAY_MS;
const UPDATED_REACH_MS = 30 * DAY_MS;
/** "600,000 IDs" (SOAP API guide, getDeleted, getUpdated). */
const MAX_IDS = 600_000;

interface Window {
  /** Whole minutes: the service ignores seconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly latestCoveredMs: number;
}

/** `GET /sobjects/X/deleted?start=…&end=…`. Throws Refusal 400. */
export const answerDeleted: Respond = (service, rest, [name]) => {
  const sobject = replicateable(service, name);
  const window = readWindow(service, rest);
  if (window.endMs - window.startMs <= MINUTE_MS) {
    throw badDate('The specified startDate must precede the endDate by more than one minute');
  }
  if (window.startMs < service.org.now() - DELETED_REACH_MS) throw badDate('startDate cannot be more than 15 days ago');
  const earliest = earliestMs(service);
  if (window.startMs < earliest) throw badDate('startDate before org replication enabled date');
  const { committedUntil } = viewpoint(service, true);
  const deletedRecords = loggedWith(service, sobject)
    .flatMap(({ name: logged }) => service.org.deletions(logged))
    .filter(({ deletedDate }) => {
      const ms = Date.parse(deletedDate);
      const visible = committedUntil === undefined || deletedDate <= committedUntil;
      return visible && ms >= window.startMs && ms <= window.endMs;
    })
    .map(({ id, deletedDate }) => ({ id, deletedDate: restDatetime(deletedDate) }));
  checkCount(deletedRecords.length);
  return json({
    deletedRecords,
    earliestDateAvailable: restDate(earliest),
    latestDateCovered: restDate(window.latestCoveredMs),
  });
};

/** `GET /sobjects/X/updated?start=…&end=…`. Throws Refusal 400. */
export const answerUpdated: Respond = (service, rest, [name]) => {
  const sobject = replicateable(service, name);
  const window = readWindow(service, rest);
  if (window.endMs <= window.startMs) throw badDate('The specified startDate must precede the endDate');
  if (window.startMs < service.org.now() - UPDATED_REACH_MS) throw badDate('startDate cannot be more than 30 days ago');
  const stamp = stampFieldOf(sobject);
  const ids: string[] = [];
  if (stamp !== undefined) {
    const [start, end] = [new Date(window.startMs).toISOString(), new Date(window.endMs).toISOString()];
    const text = `SELECT Id FROM ${sobject.name} WHERE ${stamp} >= ${start} AND ${stamp} <= ${end}`;
    for (const row of matchingRows(planQuery(viewpoint(service, false), text), ['Id'])) {
      if (row) ids.push(String(row['Id']));
    }
  }
  checkCount(ids.length);
  return json({ ids, latestDateCovered: restDate(window.latestCoveredMs) });
};

/** One delete log for all history objects: asking for one brings the others' entries, too (SOAP API guide, getDeleted). */
function loggedWith(service: Service, sobject: SObject): readonly SObject[] {
  if (sobject.associateEntityType !== 'History') return [sobject];
  return service.directory.all.filter(({ associateEntityType }) => associateEntityType === 'History');
}

/** Throws Refusal 400; the body for an object that isn't replicateable is not documented. */
function replicateable(service: Service, name: string | undefined): SObject {
  const sobject = objectOf(service, name);
  if (!sobject.replicateable) {
    throw refusal(400, 'INVALID_TYPE_FOR_OPERATION', `entity type ${sobject.name} is not replicateable`);
  }
  return sobject;
}

function readWindow(service: Service, { call }: RestCall): Window {
  const [startMs, endMs] = ['start', 'end'].map((name) => {
    const value = call.query.get(name);
    if (value === null) throw refusal(400, 'MISSING_ARGUMENT', `The ${name} parameter is required`);
    const ms = Date.parse(value);
    if (Number.isNaN(ms)) throw refusal(400, 'INVALID_ARGUMENT', `The ${name} parameter is no ISO 8601 date: ${value}`);
    return wholeMinute(ms);
  });
  const coveredMs = wholeMinute(service.org.now() - service.settings.latestDateCoveredLagMs);
  return { startMs: startMs ?? 0, endMs: endMs ?? 0, latestCoveredMs: Math.min(endMs ?? 0, coveredMs) };
}

/** Up to where the delete log was purged; an unpurged one reaches as far back as the resource does. */
function earliestMs(service: Service): number {
  const { deleteLogFrom } = service.settings;
  return deleteLogFrom === null ? wholeMinute(service.org.now() - DELETED_REACH_MS) : Date.parse(deleteLogFrom);
}

function checkCount(count: number): void {
  if (count > MAX_IDS) {
    throw refusal(400, 'EXCEEDED_ID_LIMIT', 'Too many IDs: choose start and end dates that are closer together');
  }
}

function badDate(message: string) {
  return refusal(400, 'INVALID_REPLICATION_DATE', message);
}

function wholeMinute(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

function restDate(ms: number): string {
  return restDatetime(new Date(ms).toISOString());
}
