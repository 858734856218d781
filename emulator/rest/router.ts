/** `/services/data`: past the door, to the resource. */
import { answerAbort, answerCreate, answerDelete, answerInfo, answerList } from '../bulk/job-resource.ts';
import { answerResultPages, answerResults } from '../bulk/result-resource.ts';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Fault } from '../http/fault.ts';
import { notFound, refusal } from '../http/refusal.ts';
import { tokenOf } from '../login/session.ts';
import type { Service } from '../service.ts';
import { batchCost, batchResponder } from './batch.ts';
import { compositeResponder } from './composite.ts';
import { answerBasic, answerDescribe, answerGlobal } from './describe.ts';
import { answerLimits, answerRecordCount } from './limit.ts';
import { answerMore, answerQuery } from './query.ts';
import { answerBlob, answerRecord } from './record.ts';
import { answerDeleted, answerUpdated } from './replication.ts';
import { answerResource, type Resource } from './rest-call.ts';
import type { Dispatch } from './subrequest.ts';
import { answerResources, answerVersions, checkVersion } from './version.ts';

/** What a request cost, told to whoever logs it. */
export interface Cost {
  calls: number;
}

/**
 * Answers a request below `/services/data`. Throws Refusal (401, 403, 404, 405, 410 …) and SoqlProblem; `cost` says what
 * was counted, also then.
 */
export async function answerData(service: Service, call: Call, fault: Fault | undefined, cost: Cost): Promise<Answer> {
  if (call.path === '/services/data') return answerVersions();
  const [, version, path = ''] = /^\/services\/data\/v(\d+\.\d)(\/.*)?$/.exec(call.path) ?? [];
  if (version === undefined) throw notFound();
  checkVersion(version);
  const session = service.sessions.use(tokenOf(call.headers));
  if (service.settings.apiDisabled) throw refusal(403, 'API_CURRENTLY_DISABLED', 'API is disabled for this User');
  const calls = /^\/composite\/batch$/.test(path) ? batchCost(call.body) : 1;
  service.usage.count(calls);
  cost.calls = calls;
  return dispatch(service, { call, session, version, fault }, version, path);
}

const dispatch: Dispatch = (service, rest, version, path) => {
  checkVersion(version);
  return answerResource(RESOURCES, path, service, { ...rest, version });
};

const RESOURCES: readonly Resource[] = [
  { pattern: /^$/, methods: { GET: answerResources } },
  { pattern: /^\/limits$/, methods: { GET: answerLimits } },
  { pattern: /^\/limits\/recordCount$/i, methods: { GET: answerRecordCount } },
  { pattern: /^\/sobjects$/, methods: { GET: answerGlobal } },
  { pattern: /^\/sobjects\/(\w+)\/describe$/, methods: { GET: answerDescribe } },
  { pattern: /^\/sobjects\/(\w+)\/deleted$/, methods: { GET: answerDeleted } },
  { pattern: /^\/sobjects\/(\w+)\/updated$/, methods: { GET: answerUpdated } },
  { pattern: /^\/sobjects\/(\w+)\/(\w{15,18})$/, methods: { GET: answerRecord } },
  { pattern: /^\/sobjects\/(\w+)\/(\w{15,18})\/(\w+)$/, methods: { GET: answerBlob } },
  { pattern: /^\/sobjects\/(\w+)$/, methods: { GET: answerBasic } },
  { pattern: /^\/(query|queryall)$/i, methods: { GET: answerQuery } },
  { pattern: /^\/(query|queryall)\/([\w-]+)$/i, methods: { GET: answerMore } },
  { pattern: /^\/composite$/, methods: { POST: compositeResponder((...subrequest) => dispatch(...subrequest)) } },
  { pattern: /^\/composite\/batch$/, methods: { POST: batchResponder((...subrequest) => dispatch(...subrequest)) } },
  { pattern: /^\/jobs\/query$/, methods: { GET: answerList, POST: answerCreate } },
  { pattern: /^\/jobs\/query\/(\w+)$/, methods: { GET: answerInfo, PATCH: answerAbort, DELETE: answerDelete } },
  { pattern: /^\/jobs\/query\/(\w+)\/results$/, methods: { GET: answerResults } },
  { pattern: /^\/jobs\/query\/(\w+)\/resultPages$/i, methods: { GET: answerResultPages } },
  // Listings page by a locator below `ingest`, oddly (Bulk guide, "Get Information About All Query Jobs").
  { pattern: /^\/jobs\/ingest$/, methods: { GET: answerList } },
];
