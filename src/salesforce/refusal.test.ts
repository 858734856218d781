import { expect, test } from 'vitest';
import { FAULT_TABLE, faultOf, isFault, type FaultName, type Place } from './faults.ts';
import { classify, placeOf, raise, readErrorBody, readJobMessage, readRetryAfter } from './refusal.ts';

type Case = readonly [fault: FaultName, place: Place, status: number | undefined, body: unknown, failureType: string];

const rest = (errorCode: string, message: string) => [{ message, errorCode }];
const oauth = (error: string, error_description: string) => ({ error, error_description });
const html = '<html><body><h1>Bad Message 414</h1><pre>reason: URI Too Long</pre></body></html>';
const [USER, TIME, OURS] = ['config_error', 'transient_error', 'system_error'] as const;

// Bodies as recorded from real orgs or printed in Salesforce's guides, where one of the two exists.
const recorded: readonly Case[] = [
  ['login_refused', 'login', 400, oauth('invalid_grant', 'expired access/refresh token'), USER],
  ['login_refused', 'login', 400, oauth('invalid_grant', 'authentication failure'), USER],
  ['login_refused', 'login', 400, oauth('invalid_grant', 'authentication failure - Invalid Password'), USER],
  ['audience_refused', 'login', 400, oauth('invalid_grant', 'Audience validation failed'), USER],
  ['audience_refused', 'login', 400, oauth('invalid_grant', 'audience is invalid'), USER],
  ['login_refused', 'login', 400, oauth('invalid_grant', 'invalid assertion'), USER],
  ['login_refused', 'login', 400, oauth('invalid_grant', "user hasn't approved this consumer"), USER],
  ['login_refused', 'login', 400, oauth('invalid_grant', 'inactive user'), USER],
  ['login_refused', 'login', 400, oauth('invalid_grant', 'no client credentials user enabled'), USER],
  ['login_refused', 'login', 400, oauth('invalid_grant', 'ip restricted'), USER],
  ['login_refused', 'login', 400, oauth('invalid_grant', 'request not supported on this domain'), USER],
  ['login_refused', 'login', 400, oauth('invalid_client_id', 'client identifier invalid'), USER],
  ['login_refused', 'login', 400, oauth('invalid_client', 'invalid client credentials'), USER],
  ['login_refused', 'login', 400, oauth('invalid_app_access', 'user is not admin approved to access this app'), USER],
  ['login_refused', 'login', 400, oauth('unsupported_grant_type', 'grant type not supported'), USER],
  ['login_refused', 'login', 400, oauth('something_new', 'never seen'), USER],
  ['login_refused', 'login', 404, '', USER],
  ['login_refused', 'login', 302, '', USER],
  ['server_error', 'login', 400, oauth('unknown_error', 'retry your request'), TIME],
  ['server_error', 'login', 503, '', TIME],
  ['server_error', 'login', 502, html, TIME],
  ['session_expired', 'data', 401, rest('INVALID_SESSION_ID', 'Session expired or invalid'), USER],
  ['session_expired', 'data', 401, rest('INVALID_JWT_FORMAT', 'x'), USER],
  ['instance_moved', 'data', 301, '', TIME],
  [
    'api_disabled',
    'data',
    403,
    rest('API_DISABLED_FOR_ORG', 'The REST API is not enabled for this Organization.'),
    USER,
  ],
  ['api_disabled', 'data', 403, rest('API_CURRENTLY_DISABLED', 'API is disabled for this User'), USER],
  ['server_error', 'data', 403, rest('API_CURRENTLY_DISABLED', 'try later'), TIME],
  ['access_denied', 'data', 403, rest('API_DISABLED_FOR_ORG', 'limits resource is not enabled'), USER],
  [
    'rate_concurrent',
    'data',
    403,
    rest('REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'),
    TIME,
  ],
  ['allowance_used_up', 'data', 403, rest('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'), TIME],
  ['allowance_used_up', 'job creation', 403, rest('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'), TIME],
  ['rate_concurrent', 'data', 429, '', TIME],
  ['query_timeout', 'data', 400, rest('QUERY_TIMEOUT', 'Your query request was running for too long.'), TIME],
  ['query_malformed', 'data', 400, rest('MALFORMED_QUERY', "unexpected token: 'FORM'"), OURS],
  [
    'query_restricted',
    'data',
    400,
    rest(
      'MALFORMED_QUERY',
      "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
    ),
    USER,
  ],
  [
    'query_restricted',
    'data',
    400,
    rest('MALFORMED_QUERY', 'UserFieldAccess: a filter on a reified column is required [UserId,DurableId]'),
    USER,
  ],
  [
    'query_restricted',
    'data',
    400,
    rest('EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION', 'Where clauses should contain StatType'),
    USER,
  ],
  [
    'query_restricted',
    'data',
    400,
    rest('EXTERNAL_OBJECT_EXCEPTION', 'SObject - DATACLOUD_ADDRESS : Transient queries are not implemented'),
    USER,
  ],
  [
    'query_restricted',
    'data',
    400,
    rest('INVALID_TYPE_FOR_OPERATION', 'entity type Name does not support query'),
    USER,
  ],
  [
    'query_restricted',
    'data',
    400,
    rest(
      'EXCEEDED_ID_LIMIT',
      'EntityDefinition does not support queryMore(), use LIMIT to restrict the results to a single batch',
    ),
    USER,
  ],
  [
    'query_restricted',
    'data',
    400,
    rest('INVALID_FIELD', "field 'SystemModstamp' can not be filtered in a query call"),
    USER,
  ],
  [
    'query_restricted',
    'data',
    400,
    rest('INVALID_FIELD', 'Can select only RecordId, a Has*Access field, and MaxAccessLevel'),
    USER,
  ],
  [
    'field_gone',
    'data',
    400,
    rest(
      'INVALID_FIELD',
      "\nSELECT Id,Invalid__x FROM Contact LIMIT 1\n          ^\nERROR at Row:1:Column:11\nNo such column 'Invalid__x' on entity 'Contact'.",
    ),
    USER,
  ],
  ['query_malformed', 'data', 400, rest('INVALID_FIELD', 'duplicate field selected: Id'), OURS],
  ['object_gone', 'data', 400, rest('INVALID_TYPE', "sObject type 'XYZZY' is not supported."), USER],
  ['object_gone', 'metadata', 404, rest('NOT_FOUND', 'The requested resource does not exist'), USER],
  ['locator_gone', 'locator', 400, rest('INVALID_QUERY_LOCATOR', 'invalid query locator'), TIME],
  ['who_what_limit', 'data', 400, rest('OPERATION_TOO_LARGE', "exceeded 100000 distinct who/what's"), USER],
  [
    'too_complicated',
    'data',
    400,
    rest(
      'QUERY_TOO_COMPLICATED',
      'Query is either selecting too many fields or the filter conditions are too complicated.',
    ),
    USER,
  ],
  ['access_denied', 'data', 403, rest('INSUFFICIENT_ACCESS', 'insufficient access rights on cross-reference id'), USER],
  [
    'transaction_security',
    'data',
    400,
    rest(
      'TXN_SECURITY_METERING_ERROR',
      "We can't complete the action because enabled transaction security policies took too long to complete.",
    ),
    USER,
  ],
  [
    'server_error',
    'data',
    500,
    rest(
      'UNKNOWN_EXCEPTION',
      'An unexpected error occurred. Please include this ErrorId if you contact support: 1-2 (-3)',
    ),
    TIME,
  ],
  ['server_error', 'data', 400, rest('UNKNOWN_EXCEPTION', 'An unexpected error occurred.'), TIME],
  ['server_error', 'data', 503, rest('SERVER_UNAVAILABLE', 'Server too busy'), TIME],
  ['server_error', 'data', 420, html, TIME],
  ['server_error', 'data', 406, '', TIME],
  ['query_too_long', 'data', 414, html, OURS],
  ['query_too_long', 'data', 431, html, OURS],
  ['version_gone', 'data', 410, rest('GONE', 'this version is retired'), USER],
  ['not_replicateable', 'deleted', 404, rest('NOT_FOUND', 'The requested resource does not exist'), USER],
  ['not_replicateable', 'deleted', 400, rest('INVALID_TYPE_FOR_OPERATION', 'entity type is not replicateable'), USER],
  [
    'replication_window',
    'deleted',
    400,
    rest('INVALID_REPLICATION_DATE', 'startDate before org replication enabled date'),
    TIME,
  ],
  [
    'window_too_full',
    'deleted',
    400,
    rest('EXCEEDED_ID_LIMIT', 'choose start and end dates that are closer together'),
    TIME,
  ],
  [
    'bulk_unsupported',
    'job creation',
    400,
    rest('INVALIDENTITY', "Entity 'PartnerRole' is not supported by the Bulk API."),
    USER,
  ],
  [
    'bulk_unsupported',
    'job creation',
    400,
    rest('API_ERROR', 'Selecting compound data not supported in Bulk Query'),
    USER,
  ],
  [
    'bulk_unsupported',
    'job creation',
    400,
    rest('API_ERROR', 'Aggregate Relationships not supported in Bulk V2 Query with CSV content type'),
    USER,
  ],
  ['bulk_unsupported', 'job creation', 400, rest('INVALIDJOB', 'entity type Name does not support query'), USER],
  [
    'query_restricted',
    'job creation',
    400,
    rest('API_ERROR', 'Implementation restriction: ContentDocumentLink requires a filter'),
    USER,
  ],
  ['bulk_unsupported', 'job creation', 400, rest('API_ERROR', 'never seen'), USER],
  [
    'bulk_quota',
    'job creation',
    400,
    rest('LIMIT_EXCEEDED', 'Max bulk v2 query jobs (10000) per 24 hrs has been reached (10021)'),
    TIME,
  ],
  [
    'bulk_quota',
    'job creation',
    400,
    rest('EXCEEDED_QUOTA', 'Max bulk v2 query result size stored (1000000000) kb per 24 hrs has been exceeded'),
    TIME,
  ],
  ['job_gone', 'job', 404, rest('NOT_FOUND', 'The requested resource does not exist'), TIME],
  ['job_gone', 'job', 409, '', TIME],
  ['job_state', 'job', 400, rest('INVALIDJOBSTATE', 'Aborting already Completed Job not allowed'), OURS],
  [
    'job_state',
    'job',
    400,
    rest('API_ERROR', 'Error encountered when deleting the job because the job is not terminated'),
    OURS,
  ],
  ['refused', 'data', 400, rest('BRAND_NEW_CODE', 'never seen'), OURS],
];

test.each(recorded)('%s at %s, status %s: %j', (fault, place, status, body, failureType) => {
  const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
  const error = classify({
    place,
    host: 'acme.my.salesforce.com',
    purpose: 'query Account',
    ...(status !== undefined && { status }),
    ...readErrorBody(bytes),
  });
  expect(error.fault).toBe(fault);
  expect(error.failureType).toBe(failureType);
  expect(error.message).not.toMatch(/[{}]/);
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
  for (const { fault } of FAULT_TABLE) expect(isFault(raise(fault, { purpose: 'read' }), fault)).toBe(true);
});

test('a fault is told from errors that are none', () => {
  expect(faultOf(raise('query_timeout', { purpose: 'x' }))).toBe('query_timeout');
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
  expect(placeOf('GET', '/services/data/v58.0/limits')).toBe('data');
});

test('Retry-After is read as seconds and as a date', () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z');
  expect(readRetryAfter('7', nowMs)).toBe(7000);
  expect(readRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', nowMs)).toBe(5000);
  expect(readRetryAfter('Thu, 01 Jan 2026 00:00:00 GMT', nowMs + 1000)).toBe(0);
  expect(readRetryAfter('soon', nowMs)).toBeUndefined();
  expect(readRetryAfter(undefined, nowMs)).toBeUndefined();
});
