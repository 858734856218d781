/** What Salesforce's authorize and token endpoints refuse, and what to do about each. */
import { ModstampError } from '../errors.ts';

export interface Attempt {
  readonly loginOrigin: string;
  readonly callbackUrl: string;
}

interface Remedy {
  /** Matched against `error description`, lower case. */
  readonly pattern: RegExp;
  readonly sentence: (attempt: Attempt) => string;
}

const WAIT = 'Salesforce takes up to ten minutes to know a change of an app.';

/** The first that matches counts. Help, "OAuth 2.0 Authorization Errors"; words as orgs were seen to answer. */
const REMEDIES: readonly Remedy[] = [
  {
    pattern: /redirect_uri/,
    sentence: ({ callbackUrl }) =>
      `${callbackUrl} is not among the callback URLs of the app: add it there, port and path included, and log in again. ${WAIT}`,
  },
  {
    pattern: /must be installed/,
    sentence: () =>
      'The app is not installed in this org: have an admin press Install in Setup > Connected Apps OAuth Usage, or make an External Client App in the org itself, and log in again.',
  },
  {
    pattern: /oauth_ec_app_not_found|external client app is not installed/,
    sentence: ({ loginOrigin }) =>
      `The External Client App was not found in the org of this login. It works at its own org's domain only: log in with --login-url https://….my.salesforce.com (this was ${loginOrigin}), as a user of that org.`,
  },
  {
    pattern: /oauth_authorization_blocked|cross-org/,
    sentence: () =>
      "The user who logged in belongs to another org than the External Client App; browsers like to go on with a session that is open. Log out of Salesforce in the browser, or use a private window, and log in as a user of the app's org.",
  },
  {
    pattern: /oauth_app_blocked|blocked by admin/,
    sentence: () =>
      'An admin has blocked this app: have it unblocked in Setup > Connected Apps OAuth Usage, and log in again.',
  },
  {
    pattern: /oauth_app_access_denied|invalid_app_access|not admin approved/,
    sentence: () =>
      'The app admits only users whom an admin has approved: have the profile or a permission set of this user assigned to the app, and log in again.',
  },
  {
    pattern: /access.denied/,
    sentence: () =>
      'Access was denied: either "Deny" was pressed, or this user may not use the app. Press "Allow", or have an admin assign the app to the user, and log in again.',
  },
  {
    pattern: /invalid_scope/,
    sentence: () =>
      `The app lacks an OAuth scope: give it "Manage user data via APIs (api)" and "Perform requests at any time (refresh_token, offline_access)". ${WAIT}`,
  },
  {
    pattern: /invalid_client_id|client identifier invalid/,
    sentence: ({ loginOrigin }) =>
      `${loginOrigin} does not know the client ID: check that the consumer key was copied completely, and that this is the org in which the app was made. ${WAIT}`,
  },
  {
    pattern: /invalid_client\b|invalid client credentials/,
    sentence: () =>
      'Salesforce did not accept the client secret: copy it again from the app; leave --client-secret out where the app does not require a secret for the web server flow.',
  },
  {
    pattern: /expired authorization code/,
    sentence: () => 'The code from the browser was used before, or is older than 15 minutes: run modstamp login again.',
  },
  {
    pattern: /code verifier|invalid authorization code/,
    sentence: () =>
      'The code from the browser belongs to another attempt: run modstamp login again, and use the page that this run opens or prints.',
  },
  {
    pattern: /authentication failure/,
    sentence: ({ loginOrigin }) =>
      `The user may not log in here: give it the permission API Enabled, and check that ${loginOrigin} is the host of its org (--login-url, or --sandbox).`,
  },
];

/** The error for a refusal by callback, error page or token endpoint. Salesforce's own words are at its end. */
export function authorizationRefused(error: string, description: string, attempt: Attempt): ModstampError {
  const words = `${error} ${description}`;
  const remedy = REMEDIES.find(({ pattern }) => pattern.test(words.toLowerCase()));
  const sentence =
    remedy?.sentence(attempt) ??
    'Salesforce refused the login: check the app and the user, or show an admin of the org these words.';
  const said = description === '' ? error : `${error}: ${description}`;
  return new ModstampError(`${sentence} Salesforce said "${said}".`, {
    failureType: 'config_error',
    fault: 'authorization_refused',
  });
}

/** The error where no answer came. Salesforce shows most refusals on a page of its own, without calling back. */
export function noAnswerCame(timeoutMs: number, strayState: boolean, attempt: Attempt): ModstampError {
  const { callbackUrl, loginOrigin } = attempt;
  const stray = strayState
    ? ' An answer with a state of another attempt came and was passed over: use the page that this run opened or printed.'
    : '';
  const host = isGeneralHost(loginOrigin)
    ? ` External Client Apps often need the org's own domain as well: --login-url https://….my.salesforce.com.`
    : '';
  return new ModstampError(
    `No answer came back from the browser within ${timeoutMs / 1000} s.${stray} Look at its address bar: error_description in the address is the reason. The two frequent ones: ${callbackUrl} is not among the callback URLs of the app ("redirect_uri must match configuration"), or the app is not installed in the org ("app must be installed into org").${host}`,
    { failureType: 'config_error', fault: 'authorization_timeout' },
  );
}

/** Salesforce's login hosts that serve every org. */
export function isGeneralHost(origin: string): boolean {
  return /^https:\/\/(?:login|test)\.salesforce\.com$/.test(origin);
}
