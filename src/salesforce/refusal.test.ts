import { describe, expect, test } from 'vitest';
import { FAULT_TABLE, faultOf, isFault, type FaultName, type Place } from './faults.ts';
import {
  classify,
  placeOf,
  makeFault,
  readErrorBody,
  readJobMessage,
  readRetryAfter,
  type FaultError,
} from './refusal.ts';

/** A refusal by REST: the code and message of its body, the fault that it is, its status where that is not 400. */
type Refused = readonly [fault: FaultName, code: string, message: string, status?: number];

const html = '<html><body><h1>Bad Message 414</h1><pre>reason: URI Too Long</pre></body></html>';

function faultAt(place: Place, status: number, body: unknown): FaultError {
  const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
  const host = 'acme.my.salesforce.com';
  return classify({ place, host, purpose: 'query Account', status, ...readErrorBody(bytes) });
}

// Codes and messages as recorded from real orgs or printed in Salesforce's guides, where one of the two exists.
describe('at the login, OAuth errors', () => {
  test.each<[FaultName, error: string, description: string]>([
    ['login_refused', 'invalid_grant', 'expired access/refresh token'],
    ['login_refused', 'invalid_grant', 'authentication failure'],
    ['login_refused', 'invalid_grant', 'authentication failure - Invalid Password'],
    ['audience_refused', 'invalid_grant', 'Audience validation failed'],
    ['audience_refused', 'invalid_grant', 'audience is invalid'],
    ['login_refused', 'invalid_grant', 'invalid assertion'],
    ['login_refused', 'invalid_grant', "user hasn't approved this consumer"],
    ['login_refused', 'invalid_grant', 'inactive user'],
    ['login_refused', 'invalid_grant', 'no client credentials user enabled'],
    ['login_refused', 'invalid_grant', 'ip restricted'],
    ['login_refused', 'invalid_grant', 'request not supported on this domain'],
    ['login_refused', 'invalid_client_id', 'client identifier invalid'],
    ['login_refused', 'invalid_client', 'invalid client credentials'],
    ['login_refused', 'invalid_app_access', 'user is not admin approved to access this app'],
    ['login_refused', 'unsupported_grant_type', 'grant type not supported'],
    ['login_refused', 'something_new', 'never seen'],
    ['rate_concurrent', 'invalid_grant', 'Login Rate Exceeded'],
    ['server_error', 'unknown_error', 'retry your request'],
  ])('%s: %s, %s', (fault, error, error_description) => {
    expect(faultAt('login', 400, { error, error_description }).fault).toBe(fault);
  });
});

// A line for each refusal, however long its message.
// prettier-ignore
describe.each<[Place, readonly Refused[]]>([
  [
    'data',
    [
      ['session_expired', 'INVALID_SESSION_ID', 'Session expired or invalid', 401],
      ['session_expired', 'INVALID_JWT_FORMAT', 'x', 401],
      ['api_disabled', 'API_DISABLED_FOR_ORG', 'The REST API is not enabled for this Organization.', 403],
      ['api_disabled', 'API_CURRENTLY_DISABLED', 'API is disabled for this User', 403],
      ['server_error', 'API_CURRENTLY_DISABLED', 'try later', 403],
      ['access_denied', 'API_DISABLED_FOR_ORG', 'limits resource is not enabled', 403],
      ['access_denied', 'INSUFFICIENT_ACCESS', 'insufficient access rights on cross-reference id', 403],
      ['rate_concurrent', 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.', 403],
      ['allowance_used_up', 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', 403],
      ['query_timeout', 'QUERY_TIMEOUT', 'Your query request was running for too long.'],
      ['query_malformed', 'MALFORMED_QUERY', "unexpected token: 'FORM'"],
      ['query_malformed', 'INVALID_FIELD', 'duplicate field selected: Id'],
      ['field_gone', 'INVALID_FIELD', "\nSELECT Id,Invalid__x FROM Contact LIMIT 1\n          ^\nERROR at Row:1:Column:11\nNo such column 'Invalid__x' on entity 'Contact'."],
      ['object_gone', 'INVALID_TYPE', "sObject type 'XYZZY' is not supported."],
      ['who_what_limit', 'OPERATION_TOO_LARGE', "exceeded 100000 distinct who/what's"],
      ['too_complicated', 'QUERY_TOO_COMPLICATED', 'Query is either selecting too many fields or the filter conditions are too complicated.'],
      ['transaction_security', 'TXN_SECURITY_METERING_ERROR', "We can't complete the action because enabled transaction security policies took too long to complete."],
      ['server_error', 'UNKNOWN_EXCEPTION', 'An unexpected error occurred. Please include this ErrorId if you contact support: 1-2 (-3)', 500],
      ['server_error', 'UNKNOWN_EXCEPTION', 'An unexpected error occurred.'],
      ['server_error', 'SERVER_UNAVAILABLE', 'Server too busy', 503],
      ['version_gone', 'GONE', 'this version is retired', 410],
      ['refused', 'BRAND_NEW_CODE', 'never seen'],
      // Objects that no plain query may read.
      ['query_restricted', 'MALFORMED_QUERY', "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or LinkedEntityId using the equals operator or multiple Id's using the IN operator."],
      ['query_restricted', 'MALFORMED_QUERY', 'UserFieldAccess: a filter on a reified column is required [UserId,DurableId]'],
      ['query_restricted', 'MALFORMED_QUERY', "Implementation restriction: When querying the Vote object, you must filter using the following syntax: ParentId = [single ID], Parent.Type = [single Type], Id = [single ID], or Id IN [list of ID's]."],
      ['query_restricted', 'EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION', 'Where clauses should contain StatType'],
      ['query_restricted', 'EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION', 'The WHERE clause must contain a JobType field expression.'],
      ['query_restricted', 'EXTERNAL_OBJECT_EXCEPTION', 'SObject - DATACLOUD_ADDRESS : Transient queries are not implemented'],
      ['external_down', 'EXTERNAL_OBJECT_EXCEPTION', 'Das externe System „Orders“ ist nicht erreichbar'],
      ['external_down', 'EXTERNAL_OBJECT_EXCEPTION', 'The external system Orders timed out after 120 seconds'],
      ['external_refused', 'EXTERNAL_OBJECT_EXCEPTION', 'Unable to connect to Orders: HTTP 401'],
      ['external_refused', 'EXTERNAL_OBJECT_EXCEPTION', 'Authentication with the external system Orders failed'],
      ['query_restricted', 'INVALID_TYPE_FOR_OPERATION', 'entity type Name does not support query'],
      ['query_restricted', 'EXCEEDED_ID_LIMIT', 'EntityDefinition does not support queryMore(), use LIMIT to restrict the results to a single batch'],
      ['query_restricted', 'INVALID_FIELD', "field 'SystemModstamp' can not be filtered in a query call"],
      ['query_restricted', 'INVALID_FIELD', 'Can select only RecordId, a Has*Access field, and MaxAccessLevel'],
      ['query_restricted', 'MALFORMED_QUERY', 'ContentHubRepositoryId,ExternalId or Id must be specified in your query'],
      ['query_restricted', 'UNKNOWN_EXCEPTION', 'Getting all ListViewChartInstance is unsupported'],
      ['query_restricted', 'UNKNOWN_EXCEPTION', 'This query is not supported on the OutgoingEmail object. (OutgoingEmailRelation)'],
    ],
  ],
  ['objects', [['version_gone', 'NOT_FOUND', 'The requested resource does not exist', 404]]],
  ['metadata', [['object_gone', 'NOT_FOUND', 'The requested resource does not exist', 404]]],
  ['limits', [['access_denied', 'API_DISABLED_FOR_ORG', 'Die Ressource ist nicht aktiviert', 403]]],
  ['locator', [['locator_gone', 'INVALID_QUERY_LOCATOR', 'invalid query locator']]],
  [
    'deleted',
    [
      ['not_replicateable', 'NOT_FOUND', 'The requested resource does not exist', 404],
      ['not_replicateable', 'INVALID_TYPE_FOR_OPERATION', 'entity type is not replicateable'],
      ['not_replicateable', 'INVALID_OPERATION', 'Object is not replicatable: AccountShare'],
      ['not_replicateable', 'FUNCTIONALITY_NOT_ENABLED', 'getDeleted is not supported for this object'],
      ['not_replicateable', 'INVALID_OPERATION', 'Diese Operation gibt es hier nicht'],
      ['replication_window', 'INVALID_REPLICATION_DATE', 'startDate before org replication enabled date'],
      ['window_too_full', 'EXCEEDED_ID_LIMIT', 'choose start and end dates that are closer together'],
    ],
  ],
  [
    'job creation',
    [
      ['allowance_used_up', 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', 403],
      ['bulk_unsupported', 'INVALIDENTITY', "Entity 'PartnerRole' is not supported by the Bulk API."],
      ['bulk_unsupported', 'API_ERROR', 'Selecting compound data not supported in Bulk Query'],
      ['bulk_unsupported', 'API_ERROR', 'Aggregate Relationships not supported in Bulk V2 Query with CSV content type'],
      ['bulk_unsupported', 'INVALIDJOB', 'entity type Name does not support query'],
      ['bulk_unsupported', 'FUNCTIONALITY_NOT_ENABLED', 'Bulk is off for this user', 403],
      ['bulk_unsupported', 'API_ERROR', 'never seen'],
      ['query_restricted', 'API_ERROR', 'Implementation restriction: ContentDocumentLink requires a filter'],
      ['bulk_quota', 'LIMIT_EXCEEDED', 'Max bulk v2 query jobs (10000) per 24 hrs has been reached (10021)'],
      ['bulk_quota', 'EXCEEDED_QUOTA', 'Max bulk v2 query result size stored (1000000000) kb per 24 hrs has been exceeded'],
    ],
  ],
  [
    'job',
    [
      ['job_gone', 'NOT_FOUND', 'The requested resource does not exist', 404],
      ['job_state', 'INVALIDJOBSTATE', 'Aborting already Completed Job not allowed'],
      ['job_state', 'API_ERROR', 'Error encountered when deleting the job because the job is not terminated'],
    ],
  ],
])('at the place %s, errors of REST', (place, refusals) => {
  for (const [fault, errorCode, message, status = 400] of refusals) {
    test(`${fault}: ${errorCode}, ${message}`, () => {
      expect(faultAt(place, status, [{ message, errorCode }]).fault).toBe(fault);
      expect(faultAt(place, status, { errorCode, message }).fault).toBe(fault);
    });
  }
});

test.each<[FaultName, Place, status: number, body: string]>([
  ['login_refused', 'login', 404, ''],
  ['login_refused', 'login', 302, ''],
  ['server_error', 'login', 503, ''],
  ['server_error', 'login', 502, html],
  ['instance_moved', 'data', 301, ''],
  ['rate_concurrent', 'data', 429, ''],
  ['server_error', 'data', 420, html],
  ['server_error', 'data', 406, ''],
  ['query_too_long', 'data', 413, ''],
  ['query_too_long', 'data', 414, html],
  ['query_too_long', 'data', 431, html],
  ['locator_gone', 'locator', 404, html],
  ['job_gone', 'job', 409, ''],
])('%s: at the place %s, status %d without JSON', (fault, place, status, body) => {
  expect(faultAt(place, status, body).fault).toBe(fault);
});

test('who can mend a fault follows from its row', () => {
  const menderOf = (place: Place, status: number, body: unknown) => faultAt(place, status, body).failureType;
  expect(menderOf('login', 400, { error: 'invalid_grant' })).toBe('config_error');
  expect(menderOf('data', 503, '')).toBe('transient_error');
  expect(menderOf('data', 400, [{ errorCode: 'MALFORMED_QUERY', message: 'x' }])).toBe('system_error');
});

test('the sentence of an external object has what the org says of the other system', () => {
  const body = [{ errorCode: 'EXTERNAL_OBJECT_EXCEPTION', message: 'Orders at https://erp.example: HTTP 401' }];
  const { message, failureType } = faultAt('data', 400, body);
  expect(message).toMatch(/external system.*"EXTERNAL_OBJECT_EXCEPTION: Orders at https:\/\/erp.example: HTTP 401"\.$/);
  expect(failureType).toBe('config_error');
});

test('no sentence keeps a gap open', () => {
  for (const { fault } of FAULT_TABLE) expect(makeFault(fault, { purpose: 'x' }).message).not.toMatch(/[{}]/);
});

test.each<[FaultName, string]>([
  ['query_timeout', 'QUERY_TIMEOUT: Your query request was running for too long.'],
  [
    'query_timeout',
    'InvalidBatch : Failed to process query: QUERY_TIMEOUT: Your query request was running for too long.',
  ],
  ['query_timeout', 'Retried more than fifteen times'],
  [
    'bulk_unsupported',
    'InvalidBatch : Failed to process query: FUNCTIONALITY_NOT_ENABLED: Selecting compound data not supported in Bulk Query',
  ],
  ['field_gone', "INVALID_FIELD: No such column 'X__c' on entity 'Account'"],
  ['object_gone', "INVALID_TYPE: sObject type 'X__c' is not supported."],
  [
    'job_failed',
    'Unexpected exception encountered in query processing. Please contact support with the following id: 326566388-63578 (-436445966)',
  ],
])('a failed job is %s where its message is %j', (fault, message) => {
  expect(classify({ place: 'job message', host: 'x', purpose: 'x', ...readJobMessage(message) }).fault).toBe(fault);
});

test.each<[FaultName, string]>([
  ['host_unknown', 'ENOTFOUND'],
  ['unreachable', 'EAI_AGAIN'],
  ['unreachable', 'ECONNREFUSED'],
  ['unreachable', 'ECONNRESET'],
  ['unreachable', 'UND_ERR_CONNECT_TIMEOUT'],
  ['unreachable', 'UND_ERR_HEADERS_TIMEOUT'],
  ['tls_refused', 'CERT_HAS_EXPIRED'],
  ['tls_refused', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ['tls_refused', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['tls_refused', 'ERR_TLS_CERT_ALTNAME_INVALID'],
])('the wire is %s where its code is %s', (fault, code) => {
  expect(classify({ place: 'wire', host: 'x', purpose: 'x', code }).fault).toBe(fault);
});

test('the sandbox hint comes where credentials are refused and is_sandbox is false, and only there', () => {
  const hint = (error: string, description: string, isSandbox?: boolean) =>
    classify({
      place: 'login',
      host: 'x',
      purpose: 'log in',
      status: 400,
      code: error,
      message: description,
      ...(isSandbox !== undefined && { isSandbox }),
    }).message.includes('set is_sandbox to true');
  expect(hint('invalid_grant', 'authentication failure', false)).toBe(true);
  expect(hint('invalid_grant', 'expired access/refresh token', false)).toBe(true);
  expect(hint('invalid_client_id', 'client identifier invalid', false)).toBe(true);
  expect(hint('invalid_grant', 'authentication failure', true)).toBe(false);
  expect(hint('invalid_grant', 'inactive user', false)).toBe(false);
});

test('every row says a sentence that ends, and every fault that the program raises by name has one', () => {
  for (const row of FAULT_TABLE) expect(row.sentence, row.fault).toMatch(/^[A-Z].*\.$/);
  for (const { fault } of FAULT_TABLE) expect(isFault(makeFault(fault, { purpose: 'read' }), fault)).toBe(true);
});

test('a fault is told from errors that are none', () => {
  expect(faultOf(makeFault('query_timeout', { purpose: 'x' }))).toBe('query_timeout');
  expect(faultOf(new Error('query_timeout'))).toBeUndefined();
  expect(isFault(undefined, 'query_timeout')).toBe(false);
});

test('the place of a request follows from its path', () => {
  expect(placeOf('POST', '/services/oauth2/token')).toBe('login');
  expect(placeOf('POST', '/services/data/v58.0/jobs/query')).toBe('job creation');
  expect(placeOf('GET', '/services/data/v58.0/jobs/query/750xx/results?locator=a')).toBe('job');
  expect(placeOf('GET', '/services/data/v58.0/queryAll?q=SELECT')).toBe('data');
  expect(placeOf('GET', '/services/data/v58.0/query/01gxx-2000')).toBe('locator');
  expect(placeOf('GET', '/services/data/v58.0/sobjects/Account/deleted/?start=x')).toBe('deleted');
  expect(placeOf('GET', '/services/data/v58.0/sobjects/Account/describe')).toBe('metadata');
  expect(placeOf('GET', '/services/data/v58.0/sobjects')).toBe('objects');
  expect(placeOf('GET', '/services/data/v58.0/limits')).toBe('limits');
  expect(placeOf('GET', '/services/data/v58.0/limits/recordCount?sObjects=Account')).toBe('limits');
  expect(placeOf('GET', '/services/data/v58.0/')).toBe('data');
});

test('Retry-After is read as seconds and as a date', () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z');
  expect(readRetryAfter('7', nowMs)).toBe(7000);
  expect(readRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', nowMs)).toBe(5000);
  expect(readRetryAfter('Thu, 01 Jan 2026 00:00:00 GMT', nowMs + 1000)).toBe(0);
  expect(readRetryAfter('soon', nowMs)).toBeUndefined();
  expect(readRetryAfter(undefined, nowMs)).toBeUndefined();
});
