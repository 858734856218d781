/**
 * What every refusal means: one table, read from the top, first match wins.
 *
 * Sources: OAuth error responses and REST, Bulk 2.0 and replication error codes of Salesforce's developer guides (v66),
 * and bodies recorded from real orgs. A row says which refusals it is about, what is done, who can mend it, and the
 * sentence for the operator. Nothing else in the program decides by a status, a code or a message.
 */
import { ModstampError, type FailureType } from '../errors.ts';

// prettier-ignore
export type FaultName =
  // the way to the host
  | 'unreachable' | 'proxy_refused' | 'host_unknown' | 'tls_refused' | 'body_cut' | 'no_json' | 'json_malformed' | 'row_without_id' | 'answer_too_long' | 'server_error' | 'host_not_allowed'
  // who we are, and what we may cost
  | 'session_expired' | 'instance_moved' | 'login_refused' | 'audience_refused' | 'api_disabled' | 'org_changed' | 'version_gone'
  | 'rate_concurrent' | 'allowance_used_up'
  // queries and metadata
  | 'query_timeout' | 'query_too_long' | 'query_malformed' | 'query_restricted' | 'too_complicated' | 'who_what_limit'
  | 'locator_gone' | 'field_gone' | 'object_gone' | 'access_denied' | 'transaction_security' | 'metadata'
  | 'external_down' | 'external_refused'
  // Bulk jobs
  | 'bulk_unsupported' | 'bulk_quota' | 'job_failed' | 'job_aborted' | 'job_gone' | 'job_state' | 'job_stalled'
  // deletions
  | 'not_replicateable' | 'replication_window' | 'window_too_full'
  // what we don't understand
  | 'refused' | 'unexpected_answer';

/** Waiting ends with the budget of its kind (patience.ts); the other remedies act at once. */
export type Remedy =
  | 'wait for the host'
  | 'wait for the name'
  | 'wait for the server'
  | 'try a few times'
  | 'log in again'
  | 'fail the stream'
  | 'stop the sync';

/** Where the refusal came from: the login host, creating a Bulk job, a job's own error message, and so on. */
export type Place =
  | 'login'
  | 'wire'
  | 'job creation'
  | 'job'
  | 'job message'
  | 'locator'
  | 'deleted'
  | 'objects'
  | 'metadata'
  | 'limits'
  | 'data';

export interface FaultRow {
  readonly fault: FaultName;
  /** A row without place, status, code and message is for faults that the program itself raises by name. */
  readonly place?: Place | readonly Place[];
  readonly status?: number | readonly number[] | '3xx' | '4xx' | '5xx';
  /** errorCode of REST, `error` of OAuth, `code` of a Node or undici error. */
  readonly code?: string | RegExp;
  readonly message?: RegExp;
  readonly remedy: Remedy;
  readonly failureType: FailureType;
  /** {purpose}: what the request was for. {host}: where it went. */
  readonly sentence: string;
  /** The sentence goes on with the sandbox hint where is_sandbox is false. */
  readonly sandboxHint?: true;
  /** The sentence goes on with the code and the words of the answer, since the row itself can't tell what is wrong. */
  readonly quotesAnswer?: true;
}

const USER = 'config_error';
const TIME = 'transient_error';
const OURS = 'system_error';

const TOO_MANY_CALLS =
  'Salesforce has too many long requests of this org running and kept refusing to {purpose}; run fewer integrations at the same time or lower num_workers.';
const SERVER_DOWN =
  'Salesforce kept answering with an error of its own and could not {purpose}; see status.salesforce.com, the next run tries again.';
const NO_FIELD =
  'Salesforce could not {purpose}: a field of it does not exist any more, or the user may no longer see it.';
const NO_OBJECT =
  'Salesforce could not {purpose}: the object does not exist any more, or the user may no longer read it.';
const NO_ACCESS = 'The Salesforce user may not {purpose}; grant it read access ("View All Data" covers everything).';
const RESTRICTED =
  'Salesforce allows no plain query here and refused to {purpose}; the object can only be read with a filter of its own, or with "View All Data".';
const NO_BULK = 'The Bulk API does not serve this query, so it could not {purpose}.';
const NO_API =
  'The Salesforce user may not use the API: give its profile or a permission set "API Enabled", and check that the edition of the org has API access.';
const VERSION_GONE =
  'The org does not serve this version of the API: set api_version to one that it offers, such as 58.0.';
const NOT_REPLICATED = 'Salesforce keeps no list of deletions for this object, so it could not {purpose}.';
const QUERY_SLOW = 'Salesforce stopped the query after two minutes and could not {purpose}.';

// A table is read by its rows, so the formatter leaves them two lines each.
// prettier-ignore
export const FAULT_TABLE: readonly FaultRow[] = [
  // ── No answer, or half of one ────────────────────────────────────────────────────────────────────────────────────
  { fault: 'host_unknown', place: 'wire', code: 'ENOTFOUND', remedy: 'wait for the name', failureType: USER,
    sentence: 'The host {host} is not known: check login_url, and that this machine can resolve names on the internet.' },
  { fault: 'tls_refused', place: 'wire', code: /^(CERT_|ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET|VERIFY)|EPROTO|HOSTNAME_MISMATCH)/, remedy: 'stop the sync', failureType: USER,
    sentence: 'The TLS certificate of {host} was not accepted: a proxy may sit in between (NODE_EXTRA_CA_CERTS names its certificate), or login_url is wrong.' },
  { fault: 'proxy_refused', place: 'wire', message: /proxy response \(407\)|proxy authentication required/i, remedy: 'stop the sync', failureType: USER,
    sentence: 'The proxy on the way to {host} asks for a login: put user and password into its address, HTTPS_PROXY=http://user:password@proxy:port, or correct them there.' },
  { fault: 'proxy_refused', place: 'wire', message: /proxy response \((401|403|405|451)\)/i, remedy: 'stop the sync', failureType: USER,
    sentence: 'The proxy that HTTPS_PROXY names does not let this machine connect to {host}: have the host allowed there, or, where it can be reached without the proxy, name it in NO_PROXY.' },
  { fault: 'unreachable', place: 'wire', remedy: 'wait for the host', failureType: TIME,
    sentence: 'The host {host} could not be reached to {purpose}: check the network, the firewall and the proxy of this machine.' },
  { fault: 'body_cut', remedy: 'wait for the host', failureType: TIME,
    sentence: 'The connection to {host} broke off again and again in the middle of the answer, while it was to {purpose}.' },
  { fault: 'no_json', remedy: 'try a few times', failureType: TIME,
    sentence: 'The host {host} answered with a page instead of data, so it was not possible to {purpose}: a proxy may sit in between, the org may be under maintenance, or login_url is wrong.' },
  { fault: 'json_malformed', remedy: 'try a few times', failureType: TIME,
    sentence: 'The host {host} answered with damaged JSON several times, so it was not possible to {purpose}: a proxy or a security appliance on the way may change the answers.' },
  { fault: 'row_without_id', remedy: 'try a few times', failureType: TIME,
    sentence: 'The host {host} sent rows without their Id several times when it was to {purpose}, so that no row of that page was taken: a proxy or a security appliance on the way may change the answers.' },
  // Of several queries in one call, which are asked one by one then; so this never reaches the user.
  { fault: 'answer_too_long', remedy: 'fail the stream', failureType: OURS,
    sentence: 'Salesforce answered with more than can be held at once when asked to {purpose}; please report it with the log of this run.' },
  { fault: 'host_not_allowed', remedy: 'stop the sync', failureType: OURS,
    sentence: 'A request was about to leave for {host}, which is neither the login host nor the instance that it named, or not https; it was not sent.' },

  // ── The login host (OAuth token endpoint) ────────────────────────────────────────────────────────────────────────
  { fault: 'login_refused', place: 'login', code: 'invalid_grant', message: /expired access\/refresh token|token validity expired/i, remedy: 'stop the sync', failureType: USER, sandboxHint: true,
    sentence: 'The refresh token is not valid any more (revoked, expired, replaced by a newer one, or its sandbox was refreshed): authorise the app again and put the new refresh_token into the config.' },
  { fault: 'login_refused', place: 'login', code: /invalid_grant|inactive_user/, message: /inactive user/i, remedy: 'stop the sync', failureType: USER,
    sentence: 'The Salesforce user is deactivated or frozen: activate it in Setup > Users, or use another one.' },
  { fault: 'login_refused', place: 'login', code: 'inactive_user', remedy: 'stop the sync', failureType: USER,
    sentence: 'The Salesforce user is deactivated or frozen: activate it in Setup > Users, or use another one.' },
  { fault: 'login_refused', place: 'login', code: 'inactive_org', remedy: 'stop the sync', failureType: USER,
    sentence: 'The Salesforce org is not active (locked, closed or still being set up): ask Salesforce, or check login_url.' },
  { fault: 'login_refused', place: 'login', message: /ip restricted|restricted ip/i, remedy: 'stop the sync', failureType: USER,
    sentence: 'Salesforce refused the login because of the IP address of this machine: add it to the login IP ranges of the profile, or relax the IP rule of the app.' },
  { fault: 'login_refused', place: 'login', message: /hasn.t approved this consumer/i, remedy: 'stop the sync', failureType: USER, sandboxHint: true,
    sentence: 'The user has not approved this app: set "Admin approved users are pre-authorized" in the app\'s policies and assign the user\'s profile or permission set to it.' },
  { fault: 'audience_refused', place: 'login', message: /audience/i, remedy: 'stop the sync', failureType: USER, sandboxHint: true,
    sentence: 'Salesforce did not accept the audience of the JWT: check login_url and is_sandbox.' },
  { fault: 'login_refused', place: 'login', message: /invalid assertion/i, remedy: 'stop the sync', failureType: USER, sandboxHint: true,
    sentence: 'Salesforce did not accept the signed JWT: check that private_key belongs to the certificate uploaded to the app, that client_id and username are right, and that the clock of this machine is.' },
  { fault: 'login_refused', place: 'login', message: /no client credentials user/i, remedy: 'stop the sync', failureType: USER,
    sentence: 'The app has no user to run as: choose one under "Client Credentials Flow" in the app\'s policies.' },
  { fault: 'login_refused', place: 'login', message: /not supported on this domain/i, remedy: 'stop the sync', failureType: USER,
    sentence: "This login works only at the org's own domain: set login_url to https://<your My Domain>.my.salesforce.com." },
  // Since September 2025 (Salesforce Help 005132365). The codes with OAUTH_ are those of the browser's way in, too.
  { fault: 'login_refused', place: 'login', code: 'OAUTH_EC_APP_NOT_FOUND', remedy: 'stop the sync', failureType: USER,
    sentence: "The external client app is not installed in this org: install its package, or, where the app was made in this org, set login_url to the org's own domain, https://<your My Domain>.my.salesforce.com." },
  { fault: 'login_refused', place: 'login', code: 'OAUTH_AUTHORIZATION_BLOCKED', remedy: 'stop the sync', failureType: USER,
    sentence: 'The external client app belongs to another org than the user: make one in the org of the user, and set login_url to that org\'s own domain.' },
  { fault: 'login_refused', place: 'login', message: /(must be|is not|isn.t) installed/i, remedy: 'stop the sync', failureType: USER,
    sentence: 'The app is not installed in this org, so Salesforce lets nobody log in with it: install it in Setup > Connected Apps OAuth Usage, or give the user the permission "Approve Uninstalled Connected Apps".' },
  { fault: 'login_refused', place: 'login', code: 'OAUTH_APP_BLOCKED', remedy: 'stop the sync', failureType: USER,
    sentence: 'The app is blocked in this org: unblock the app in Setup > Connected Apps OAuth Usage.' },
  { fault: 'login_refused', place: 'login', code: 'invalid_client_id', remedy: 'stop the sync', failureType: USER, sandboxHint: true,
    sentence: 'Salesforce does not know this client_id: check that it was copied whole, belongs to this org, and give a new app ten minutes to become known.' },
  { fault: 'login_refused', place: 'login', code: 'invalid_client', remedy: 'stop the sync', failureType: USER,
    sentence: 'Salesforce did not accept the client_secret: copy it again from the app.' },
  { fault: 'login_refused', place: 'login', code: /^(invalid_app_access|OAUTH_APP_ACCESS_DENIED)$/, remedy: 'stop the sync', failureType: USER,
    sentence: "The user is not admitted to this app: assign the user's profile or permission set to it in the app's policies." },
  { fault: 'login_refused', place: 'login', code: 'unsupported_grant_type', remedy: 'stop the sync', failureType: USER,
    sentence: 'This kind of login is switched off in the org or the app: enable the flow in the app, or choose another auth_type.' },
  { fault: 'login_refused', place: 'login', code: /invalid_scope/, remedy: 'stop the sync', failureType: USER,
    sentence: 'The app lacks an OAuth scope: give it "api" and "refresh_token, offline_access".' },
  { fault: 'rate_concurrent', place: 'login', code: 'rate_limit_exceeded', remedy: 'wait for the server', failureType: TIME,
    sentence: 'Salesforce refused the login because there were too many in the last hour; run fewer syncs with this user.' },
  { fault: 'rate_concurrent', place: 'login', message: /login rate exceeded/i, remedy: 'wait for the server', failureType: TIME,
    sentence: 'Salesforce refused the login because there were too many in the last hour; run fewer syncs with this user.' },
  { fault: 'server_error', place: 'login', code: /^(unknown_error|server_error|temporarily_unavailable)$/, remedy: 'try a few times', failureType: TIME,
    sentence: 'The login host {host} had a trouble of its own and did not log in; the next run tries again.' },
  { fault: 'login_refused', place: 'login', code: 'invalid_grant', message: /authentication failure|invalid password/i, remedy: 'stop the sync', failureType: USER, sandboxHint: true,
    sentence: 'Invalid credentials: check username, password and security_token, and that the org allows "OAuth Username-Password Flows".' },
  { fault: 'login_refused', place: 'login', code: 'invalid_grant', remedy: 'stop the sync', failureType: USER, sandboxHint: true, quotesAnswer: true,
    sentence: 'Salesforce did not accept the credentials: check them, and the policies of the app and of the user.' },
  { fault: 'server_error', place: 'login', status: [406, 408, 420, 429], remedy: 'wait for the server', failureType: TIME,
    sentence: 'The login host {host} was overloaded and did not log in; the next run tries again.' },
  { fault: 'server_error', place: 'login', status: '5xx', remedy: 'wait for the server', failureType: TIME,
    sentence: 'The login host {host} was overloaded and did not log in; the next run tries again.' },
  { fault: 'login_refused', place: 'login', status: '3xx', remedy: 'stop the sync', failureType: USER,
    sentence: "The host {host} only points to another one: set login_url to the org's own domain, https://<your My Domain>.my.salesforce.com." },
  { fault: 'login_refused', place: 'login', status: [404, 405], remedy: 'stop the sync', failureType: USER,
    sentence: 'The host {host} is no Salesforce login host: check login_url, which is like https://<your My Domain>.my.salesforce.com.' },
  { fault: 'login_refused', place: 'login', remedy: 'stop the sync', failureType: USER, sandboxHint: true, quotesAnswer: true,
    sentence: 'Salesforce refused the login: check the credentials, and the policies of the app and of the user.' },

  // ── The session, on any call ─────────────────────────────────────────────────────────────────────────────────────
  { fault: 'session_expired', status: 401, remedy: 'log in again', failureType: USER,
    sentence: 'Salesforce does not accept the session that it has just opened: check that the user may use the API, and the session settings (IP lock) of the org.' },
  { fault: 'session_expired', code: 'INVALID_SESSION_ID', remedy: 'log in again', failureType: USER,
    sentence: 'Salesforce does not accept the session that it has just opened: check that the user may use the API, and the session settings (IP lock) of the org.' },
  { fault: 'instance_moved', code: 'URL_NOT_RESET', remedy: 'log in again', failureType: TIME,
    sentence: 'The org is no longer at {host}, and a new login does not tell where it is; the next run tries again.' },
  { fault: 'instance_moved', status: '3xx', remedy: 'log in again', failureType: TIME,
    sentence: "The host {host} only points to another one; set login_url to the org's own domain, https://<your My Domain>.my.salesforce.com." },
  { fault: 'login_refused', code: /^LOGIN_DURING_RESTRICTED_(DOMAIN|TIME)$/, remedy: 'stop the sync', failureType: USER,
    sentence: 'Salesforce admits this user only from certain IP addresses or at certain hours: widen the login ranges of its profile.' },
  { fault: 'login_refused', code: 'INVALID_OPERATION_WITH_EXPIRED_PASSWORD', remedy: 'stop the sync', failureType: USER,
    sentence: 'The password of the Salesforce user has expired: set a new one, or let it never expire for this user.' },
  { fault: 'login_refused', code: /^(PASSWORD_LOCKOUT|OAUTH_APP_BLOCKED)$/, remedy: 'stop the sync', failureType: USER,
    sentence: 'The user is locked out or the app is blocked in this org: unlock the user in Setup > Users, unblock the app in Setup > Connected Apps OAuth Usage.' },
  { fault: 'login_refused', code: /^(ORG_LOCKED|TRIAL_EXPIRED|INACTIVE_ORG)$/, remedy: 'stop the sync', failureType: USER,
    sentence: 'The Salesforce org is locked or its trial has ended: ask Salesforce.' },
  // Without "View Setup and Configuration" the limits are refused by the code that is also said of an org without API.
  { fault: 'access_denied', place: 'limits', code: 'API_DISABLED_FOR_ORG', remedy: 'fail the stream', failureType: USER,
    sentence: NO_ACCESS },
  { fault: 'access_denied', code: 'API_DISABLED_FOR_ORG', message: /resource is not enabled/i, remedy: 'fail the stream', failureType: USER,
    sentence: NO_ACCESS },
  { fault: 'bulk_unsupported', place: ['job creation', 'job message'], code: /^(API_DISABLED_FOR_ORG|FUNCTIONALITY_NOT_ENABLED|FEATURENOTENABLED)$/i, remedy: 'fail the stream', failureType: USER,
    sentence: NO_BULK },
  { fault: 'api_disabled', code: 'API_DISABLED_FOR_ORG', remedy: 'stop the sync', failureType: USER, sentence: NO_API },
  { fault: 'api_disabled', code: 'API_CURRENTLY_DISABLED', message: /for this user/i, remedy: 'stop the sync', failureType: USER,
    sentence: NO_API },
  { fault: 'server_error', code: 'API_CURRENTLY_DISABLED', remedy: 'wait for the server', failureType: TIME,
    sentence: SERVER_DOWN },
  { fault: 'org_changed', remedy: 'stop the sync', failureType: USER,
    sentence: 'The login now leads to another org than before (a sandbox that was refreshed?): its Ids and rows are others, so reset the streams, then sync again.' },
  { fault: 'version_gone', status: 410, remedy: 'stop the sync', failureType: USER,
    sentence: VERSION_GONE },
  { fault: 'version_gone', place: 'objects', status: 404, remedy: 'stop the sync', failureType: USER,
    sentence: VERSION_GONE },

  // ── What the org lets us spend ───────────────────────────────────────────────────────────────────────────────────
  // ConcurrentRequests and TotalRequests are names of limits, alike in every language.
  { fault: 'rate_concurrent', code: 'REQUEST_LIMIT_EXCEEDED', message: /concurrent/i, remedy: 'wait for the server', failureType: TIME,
    sentence: TOO_MANY_CALLS },
  { fault: 'allowance_used_up', code: 'REQUEST_LIMIT_EXCEEDED', remedy: 'stop the sync', failureType: TIME,
    sentence: 'The org has used up its daily allowance of API calls: the next run goes on from the saved states; quota_reserve_percent keeps a reserve for others.' },
  { fault: 'rate_concurrent', status: 429, remedy: 'wait for the server', failureType: TIME, sentence: TOO_MANY_CALLS },
  { fault: 'bulk_quota', message: /max bulk v2/i, remedy: 'fail the stream', failureType: TIME,
    sentence: 'The org has used up its daily allowance of Bulk query jobs (10,000) or of their results (1 TB), so it could not {purpose}; the next run goes on from the saved states.' },
  { fault: 'bulk_quota', place: 'job creation', code: /^(LIMIT_EXCEEDED|EXCEEDED_?QUOTA)$/i, remedy: 'fail the stream', failureType: TIME,
    sentence: 'The org has used up its daily allowance of Bulk query jobs (10,000) or of their results (1 TB), so it could not {purpose}; the next run goes on from the saved states.' },

  // ── Deletions ────────────────────────────────────────────────────────────────────────────────────────────────────
  { fault: 'replication_window', code: 'INVALID_REPLICATION_DATE', remedy: 'fail the stream', failureType: TIME,
    sentence: 'Salesforce no longer keeps the deletions of that time and could not {purpose}; a full refresh of the stream closes the gap.' },
  { fault: 'window_too_full', place: 'deleted', code: 'EXCEEDED_ID_LIMIT', remedy: 'fail the stream', failureType: TIME,
    sentence: 'More than 600,000 rows were deleted within one minute, so Salesforce could not {purpose}; a full refresh of the stream closes the gap.' },
  { fault: 'not_replicateable', place: 'deleted', code: /^(INVALID_TYPE_FOR_OPERATION|INVALID_TYPE|INVALID_OPERATION|FUNCTIONALITY_NOT_ENABLED|NOT_FOUND|METHOD_NOT_ALLOWED)$/, remedy: 'fail the stream', failureType: USER,
    sentence: NOT_REPLICATED },
  // What the org says of an object without such a list is documented nowhere; its code is known, its words are likely.
  { fault: 'not_replicateable', place: 'deleted', message: /replicat|not supported/i, remedy: 'fail the stream', failureType: USER,
    sentence: NOT_REPLICATED },
  { fault: 'not_replicateable', place: 'deleted', status: [404, 405], remedy: 'fail the stream', failureType: USER,
    sentence: NOT_REPLICATED },

  // ── Bulk jobs ────────────────────────────────────────────────────────────────────────────────────────────────────
  { fault: 'bulk_unsupported', place: ['job creation', 'job message'], message: /not supported (by the|in) bulk|not supported in Bulk V2|(does not|doesn't) support query|binary field not supported|cannot serialize value/i, remedy: 'fail the stream', failureType: USER,
    sentence: NO_BULK },
  { fault: 'bulk_unsupported', place: ['job creation', 'job message'], code: /^(INVALIDENTITY|INVALID_TYPE_FOR_OPERATION)$/, remedy: 'fail the stream', failureType: USER,
    sentence: NO_BULK },
  { fault: 'job_gone', place: 'job', status: [404, 409, 410], remedy: 'fail the stream', failureType: TIME,
    sentence: 'The Bulk job is gone (results are kept for 7 days, and belong to one API version), so Salesforce could not {purpose}.' },
  { fault: 'job_state', place: 'job', code: 'INVALIDJOBSTATE', remedy: 'fail the stream', failureType: OURS,
    sentence: 'The Bulk job was in no state to {purpose}.' },
  { fault: 'job_state', place: 'job', message: /not terminated|already completed/i, remedy: 'fail the stream', failureType: OURS,
    sentence: 'The Bulk job was in no state to {purpose}.' },
  { fault: 'query_timeout', place: 'job message', message: /retried more than|timeout|running for too long/i, remedy: 'fail the stream', failureType: TIME,
    sentence: QUERY_SLOW },
  { fault: 'job_aborted', remedy: 'fail the stream', failureType: TIME,
    sentence: 'Somebody aborted the Bulk job in Salesforce that was to {purpose}; the next run starts it again.' },
  { fault: 'job_stalled', remedy: 'fail the stream', failureType: TIME,
    sentence: 'The Bulk job that was to {purpose} did not finish in time; see Setup > Bulk Data Load Jobs for what the org is busy with.' },

  // ── Queries ──────────────────────────────────────────────────────────────────────────────────────────────────────
  { fault: 'query_timeout', code: 'QUERY_TIMEOUT', remedy: 'fail the stream', failureType: TIME, sentence: QUERY_SLOW },
  { fault: 'query_timeout', message: /query request was running for too long/i, remedy: 'fail the stream', failureType: TIME,
    sentence: QUERY_SLOW },
  { fault: 'query_too_long', status: [413, 414, 431], remedy: 'fail the stream', failureType: OURS,
    sentence: 'The query is too long for Salesforce, so it could not {purpose}; select fewer properties of this stream.' },
  { fault: 'query_too_long', code: 'MALFORMED_QUERY', message: /longer than|too long|maximum length/i, remedy: 'fail the stream', failureType: OURS,
    sentence: 'The query is too long for Salesforce, so it could not {purpose}; select fewer properties of this stream.' },
  { fault: 'locator_gone', code: 'INVALID_QUERY_LOCATOR', remedy: 'fail the stream', failureType: TIME,
    sentence: 'Salesforce has dropped the cursor of the query and could not {purpose}; the next run asks again from the saved state.' },
  { fault: 'locator_gone', place: 'locator', status: 404, remedy: 'fail the stream', failureType: TIME,
    sentence: 'Salesforce has dropped the cursor of the query and could not {purpose}; the next run asks again from the saved state.' },
  { fault: 'who_what_limit', code: 'OPERATION_TOO_LARGE', remedy: 'fail the stream', failureType: USER,
    sentence: 'Salesforce lets a user without "View All Data" read activities of only 100,000 people and things, so it could not {purpose}; grant "View All Data".' },
  { fault: 'too_complicated', code: 'QUERY_TOO_COMPLICATED', remedy: 'fail the stream', failureType: USER,
    sentence: 'The query has too many formula fields for Salesforce, so it could not {purpose}; select fewer of them.' },
  { fault: 'transaction_security', code: 'TXN_SECURITY_METERING_ERROR', remedy: 'try a few times', failureType: USER,
    sentence: 'A transaction security policy of the org takes too long and stops requests to {purpose}; give the user the permission "Exempt from Transaction Security".' },
  { fault: 'query_restricted', message: /implementation restriction|requires a filter|reified column|must be specified in your query|(where clause|filter).*(must|should) contain|must filter using|must contain a|getting all .* is unsupported|query is not supported on|can select only|transient queries|does not support queryMore/i, remedy: 'fail the stream', failureType: USER,
    sentence: RESTRICTED },
  // Of an external object (Salesforce Connect) rows come from another system, whose own words the answer has.
  { fault: 'external_refused', code: 'EXTERNAL_OBJECT_EXCEPTION', message: /\b40[137]\b|unauthori[sz]ed|forbidden|credential|authenticat|access token|log ?in\b|password/i, remedy: 'fail the stream', failureType: USER, quotesAnswer: true,
    sentence: 'The external system behind this object did not accept the login of Salesforce, so it could not {purpose}: mend the named credential or the identity in Setup > External Data Sources.' },
  { fault: 'external_down', code: 'EXTERNAL_OBJECT_EXCEPTION', remedy: 'try a few times', failureType: TIME, quotesAnswer: true,
    sentence: 'The external system behind this object did not answer Salesforce, so it could not {purpose}; see its data source in Setup > External Data Sources, the next run tries again.' },
  { fault: 'query_restricted', code: /^(EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION|DATACLOUD_API_DISABLED_EXCEPTION|EXCEEDED_ID_LIMIT|INVALID_QUERY_FILTER_OPERATOR|INVALID_TYPE_FOR_OPERATION)$/, remedy: 'fail the stream', failureType: USER,
    sentence: RESTRICTED },
  { fault: 'query_restricted', code: 'INVALID_FIELD', message: /can ?not be (filtered|sorted|grouped)|not be (filtered|sorted) in a query/i, remedy: 'fail the stream', failureType: USER,
    sentence: RESTRICTED },
  { fault: 'query_malformed', code: 'INVALID_FIELD', message: /duplicate field/i, remedy: 'fail the stream', failureType: OURS,
    sentence: 'Salesforce could not read the query that was to {purpose}; please report it with the log of this run.' },
  { fault: 'field_gone', code: 'INVALID_FIELD', remedy: 'fail the stream', failureType: USER, sentence: NO_FIELD },
  { fault: 'object_gone', code: 'INVALID_TYPE', remedy: 'fail the stream', failureType: USER, sentence: NO_OBJECT },
  { fault: 'object_gone', place: 'metadata', status: 404, remedy: 'fail the stream', failureType: USER,
    sentence: NO_OBJECT },
  { fault: 'query_malformed', code: /^(MALFORMED_QUERY|MALFORMED_ID|NUMBER_OUTSIDE_VALID_RANGE)$/, remedy: 'fail the stream', failureType: OURS,
    sentence: 'Salesforce could not read the query that was to {purpose}; please report it with the log of this run.' },
  // What Bulk's own check of the query says in words of its own: REST says more exactly what it is, or reads it.
  { fault: 'bulk_unsupported', place: 'job creation', code: /^(API_ERROR|INVALIDJOB|INVALIDBATCH)$/, remedy: 'fail the stream', failureType: USER, sentence: NO_BULK },
  { fault: 'metadata', remedy: 'fail the stream', failureType: OURS,
    sentence: 'Salesforce described the object in a way that is not understood, so it was not possible to {purpose}; please report it with the log of this run.' },

  // ── The rest: rights, the server's own trouble, and what nobody has seen yet ─────────────────────────────────────
  { fault: 'access_denied', code: /^INSUFFICIENT_ACCESS/, remedy: 'fail the stream', failureType: USER,
    sentence: NO_ACCESS },
  { fault: 'server_error', code: /^(SERVER_UNAVAILABLE|UNABLE_TO_LOCK_ROW)$/, remedy: 'wait for the server', failureType: TIME,
    sentence: SERVER_DOWN },
  // 406 with an empty body and 420 ("setting things up") are the edge's way of saying "not now" (both seen in production).
  { fault: 'server_error', status: [406, 408, 420], remedy: 'wait for the server', failureType: TIME,
    sentence: SERVER_DOWN },
  { fault: 'server_error', status: '5xx', remedy: 'wait for the server', failureType: TIME, sentence: SERVER_DOWN },
  // With a 4xx it may be the object itself that always fails so (Datacloud…), hence a few times only.
  { fault: 'server_error', code: 'UNKNOWN_EXCEPTION', remedy: 'try a few times', failureType: TIME,
    sentence: SERVER_DOWN },
  { fault: 'access_denied', status: 403, remedy: 'fail the stream', failureType: USER, sentence: NO_ACCESS },
  { fault: 'job_failed', place: 'job message', remedy: 'fail the stream', failureType: TIME,
    sentence: 'Salesforce failed the Bulk job that was to {purpose}; the next run starts it again.' },
  { fault: 'refused', status: '4xx', remedy: 'fail the stream', failureType: OURS, quotesAnswer: true,
    sentence: 'Salesforce refused to {purpose} for a reason that is not known here; please report it with the log of this run.' },
  { fault: 'unexpected_answer', remedy: 'fail the stream', failureType: OURS,
    sentence: 'Salesforce answered in a way that is not understood, so it was not possible to {purpose}; please report it with the log of this run.' },
];

/** True where the error is this fault; other parts have faults of their own beside those of the table (`page_short` …). */
export function isFault(error: unknown, name: string): boolean {
  return error instanceof ModstampError && error.fault === name;
}

/** The fault of the table behind an error, or undefined where it did not come from the org. */
export function faultOf(error: unknown): FaultName | undefined {
  return FAULT_TABLE.find((row) => isFault(error, row.fault))?.fault;
}
