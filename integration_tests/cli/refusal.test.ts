/** Every refusal that Salesforce documents, or was seen to give, for a login and for a user: what check makes of it. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openPracticeOrg } from '../practice-org.ts';
import type { Fault, OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, runCheck, runDiscover } from '../program.ts';
import { complaintsOfMessages } from '../protocol.ts';
import { complaintsOfSecrets } from '../secrets.ts';

let org: OrgUnderTest;
beforeAll(async () => {
  org = await openPracticeOrg({ rows: 1, seed: 3 });
});
afterEach(() => org.clearFaults());
afterAll(() => org?.close());

const SANDBOX_HINT = 'set is_sandbox to true';

/** What check says while the org answers so; FAILED and exit 0, one sentence or two, no secret in them. */
async function said(fault: Fault, more: { is_sandbox?: boolean } = {}): Promise<string> {
  await org.fault({ times: 0, ...fault });
  const config = org.config(more);
  const run = await runCheck(config);
  expect(run.exitCode, reasonsOf(run)).toBe(0);
  expect(complaintsOfMessages(run)).toEqual([]);
  expect(complaintsOfSecrets(run, config)).toEqual([]);
  const statuses = run.messages.flatMap((message) =>
    message.type === 'CONNECTION_STATUS' ? [message.connectionStatus] : [],
  );
  expect(statuses).toEqual([{ status: 'FAILED', message: expect.stringMatching(/^[A-Z][^\n]{20,600}\.$/) }]);
  const [status] = statuses;
  return status?.status === 'FAILED' ? status.message : '';
}

test.each<[error: string, description: string, sentence: RegExp, hint: 'hint' | 'no hint']>([
  ['invalid_grant', 'expired access/refresh token', /refresh token.*authorise the app again/, 'hint'],
  ['invalid_grant', 'token validity expired', /refresh token.*authorise the app again/, 'hint'],
  ['invalid_grant', 'authentication failure', /Invalid credentials: check username, password/, 'hint'],
  ['invalid_grant', 'authentication failure - Invalid Password', /Invalid credentials: check/, 'hint'],
  ['invalid_grant', 'Audience validation failed', /audience of the JWT: check login_url/, 'hint'],
  ['invalid_grant', 'audience is invalid', /audience of the JWT: check login_url/, 'hint'],
  ['invalid_grant', 'invalid assertion', /signed JWT: check that private_key/, 'hint'],
  ['invalid_grant', "user hasn't approved this consumer", /has not approved this app: set/, 'hint'],
  ['invalid_grant', 'inactive user', /deactivated or frozen: activate it/, 'no hint'],
  ['invalid_grant', 'no client credentials user enabled', /no user to run as: choose one/, 'no hint'],
  ['invalid_grant', 'ip restricted', /IP address of this machine: add it/, 'no hint'],
  ['invalid_grant', 'request not supported on this domain', /own domain: set login_url/, 'no hint'],
  [
    'invalid_grant',
    'invalid authorization code',
    /did not accept the credentials: check them.*"invalid_grant: invalid authorization code"/,
    'hint',
  ],
  ['invalid_client_id', 'client identifier invalid', /client_id: check that it was copied whole/, 'hint'],
  ['invalid_client', 'invalid client credentials', /client_secret: copy it again/, 'no hint'],
  [
    'invalid_app_access',
    'user is not admin approved to access this app',
    /not admitted to this app: assign/,
    'no hint',
  ],
  ['OAUTH_APP_ACCESS_DENIED', 'user is not admin approved to access this app', /not admitted to this app/, 'no hint'],
  [
    'invalid_client',
    'app must be installed into org',
    /not installed.*"Approve Uninstalled Connected Apps"/,
    'no hint',
  ],
  ['invalid_grant', 'app is not installed in this org', /not installed.*"Approve Uninstalled/, 'no hint'],
  ['OAUTH_EC_APP_NOT_FOUND', 'ECA fehlt', /external client app is not installed.*login_url/, 'no hint'],
  ['OAUTH_AUTHORIZATION_BLOCKED', 'Cross-org OAuth flows are not supported', /belongs to another org/, 'no hint'],
  ['OAUTH_APP_BLOCKED', 'this app is blocked by admin', /unblock the app/, 'no hint'],
  ['unsupported_grant_type', 'grant type not supported', /switched off.*enable the flow/, 'no hint'],
  ['invalid_scope', 'the requested scope is not allowed', /lacks an OAuth scope: give it/, 'no hint'],
  ['inactive_user', 'user is inactive', /deactivated or frozen: activate it/, 'no hint'],
  ['inactive_org', 'organization suspended', /not active.*ask Salesforce/, 'no hint'],
  [
    'invalid_request',
    'refresh scope is required',
    /refused the login: check.*"invalid_request: refresh scope is required"/,
    'hint',
  ],
  [
    'access_denied',
    'end-user denied authorization',
    /refused the login: check.*"access_denied: end-user denied/,
    'hint',
  ],
  [
    'a_new_code',
    'that nobody knows',
    /refused the login: check the credentials.*"a_new_code: that nobody knows"/,
    'hint',
  ],
])('a login refused with %s, %j', async (error, error_description, sentence, hint) => {
  const refusal = { path: 'oauth2/token', status: 400, body: { error, error_description } };
  const message = await said(refusal);
  expect(message).toMatch(sentence);
  expect(message.includes(SANDBOX_HINT)).toBe(hint === 'hint');
  await org.clearFaults();
  expect(await said(refusal, { is_sandbox: true })).not.toContain(SANDBOX_HINT);
});

/** So long that no patience of check bears it: the answer comes at once. */
const TOMORROW = { 'retry-after': '86400' };

test.each<[string, Omit<Fault, 'path'>, RegExp]>([
  ['is overloaded', { status: 503, body: '', headers: TOMORROW }, /overloaded.*the next run tries again/],
  ['answers with a page', { status: 502, body: '<html>Bad Gateway</html>', headers: TOMORROW }, /overloaded/],
  ['has seen too many logins', { status: 400, body: { error: 'rate_limit_exceeded', error_description: 'x' }, headers: TOMORROW }, /too many in the last hour/], // prettier-ignore
  ['points to another host', { status: 302, body: '', headers: { location: 'https://x.example/' } }, /set login_url/],
  ['is no login host', { status: 404, body: '<html>Not found</html>' }, /no Salesforce login host: check login_url/],
  ['is another site', { status: 200, body: '<html>Welcome</html>' }, /page instead of data.*login_url is wrong/],
  ['gives no token', { status: 200, body: { scope: 'api' } }, /not understood.*log in/],
])('a login host that %s', async (_, fault, sentence) => {
  expect(await said({ path: 'oauth2/token', ...fault })).toMatch(sentence);
});

test.each<[status: number, errorCode: string, message: string, sentence: RegExp]>([
  [403, 'API_DISABLED_FOR_ORG', 'The REST API is not enabled for this Organization.', /"API Enabled"/],
  [403, 'API_DISABLED_FOR_ORG', 'The REST API is not enabled for this Organization or user type', /"API Enabled"/],
  [403, 'API_CURRENTLY_DISABLED', 'API is disabled for this User', /"API Enabled"/],
  [403, 'OAUTH_APP_BLOCKED', 'this app is blocked by admin', /unblock the app/],
  [403, 'PASSWORD_LOCKOUT', 'user is locked out', /unlock the user/],
  [403, 'LOGIN_DURING_RESTRICTED_DOMAIN', 'cannot access from current IP address', /widen the login ranges/],
  [403, 'LOGIN_DURING_RESTRICTED_TIME', 'cannot access at this time', /widen the login ranges/],
  [403, 'INVALID_OPERATION_WITH_EXPIRED_PASSWORD', 'The password has expired', /password.*set a new one/],
  [403, 'ORG_LOCKED', 'organization is locked', /locked.*ask Salesforce/],
  [403, 'TRIAL_EXPIRED', 'trial expired', /trial has ended.*ask Salesforce/],
  [403, 'INSUFFICIENT_ACCESS', 'insufficient access rights', /grant it read access/],
  [403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', /daily allowance of API calls/],
  [404, 'NOT_FOUND', 'The requested resource does not exist', /set api_version/],
  [410, 'GONE', 'This version is retired', /set api_version/],
])('a user refused with %d %s, %j', async (status, errorCode, message, sentence) => {
  expect(await said({ path: '/sobjects', status, body: [{ message, errorCode }] })).toMatch(sentence);
  await org.clearFaults();
  // One object instead of a list of them, as other servers write their errors.
  expect(await said({ path: '/sobjects', status, body: { errorCode, message } })).toMatch(sentence);
});

test('a user whose session is refused as soon as it is opened', async () => {
  const body = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];
  const message = await said({ path: '/sobjects', status: 401, body, headers: TOMORROW });
  expect(message).toMatch(/session.*check that the user may use the API/);
});

test('a user who sees no object', async () => {
  expect(await said({ path: '/sobjects', status: 200, body: { sobjects: [] } })).toMatch(/grant it read access/);
});

test('discover fails where the org describes none of its objects, instead of dropping every stream', async () => {
  const body = [{ message: 'An unexpected error occurred.', errorCode: 'INSUFFICIENT_ACCESS' }];
  await org.fault({ path: '/sobjects/\\w+/describe', times: 0, status: 403, body });
  const run = await runDiscover(org.config({ streams_criteria: [{ criteria: 'starts with', value: 'Ac' }] }));
  expect(run.exitCode).toBe(1);
  expect(run.messages.filter(({ type }) => type === 'CATALOG')).toEqual([]);
  expect(reasonsOf(run)).toContain('described none of the objects');
});
