/** `modstamp login`: a refresh token, by way of the browser. */
import { ModstampError } from '../errors.ts';
import { CONFIG_OPTION, USUAL_FILE } from './config-file.ts';
import { defineCommand } from './definition.ts';

/** The port of Salesforce's own CLI: an app that is made for that one needs no other callback URL. */
const PORT = 1717;
const TIMEOUT_S = 300;

export const login = defineCommand({
  name: 'login',
  summary: 'Log in with the browser, and write the login into the configuration',
  audience: 'person',
  options: {
    config: { ...CONFIG_OPTION, describe: `${CONFIG_OPTION.describe}. Made where it is not there` },
    'client-id': {
      type: 'string',
      requiresArg: true,
      describe: 'Consumer key of your External Client App; left out: that of the configuration',
    },
    'client-secret': {
      type: 'string',
      requiresArg: true,
      describe: 'Consumer secret, where the app requires one',
    },
    'login-url': {
      type: 'string',
      requiresArg: true,
      conflicts: ['sandbox'],
      describe: "The org's own domain, https://acme.my.salesforce.com",
    },
    sandbox: { type: 'boolean', describe: 'Log in at test.salesforce.com' },
    port: {
      type: 'number',
      requiresArg: true,
      default: PORT,
      describe: 'Of the callback URL http://localhost:PORT/OauthRedirect, as the app has it',
    },
    'no-browser': { type: 'boolean', default: false, describe: 'Only print the address of the login page' },
    timeout: { type: 'number', requiresArg: true, default: TIMEOUT_S, describe: 'Seconds to wait for the browser' },
    'from-sf': {
      type: 'string',
      requiresArg: true,
      conflicts: ['client-id', 'client-secret', 'login-url'],
      describe: "Take the login that Salesforce's CLI (sf) holds under this alias",
    },
  },
  examples: [
    {
      line: 'modstamp login --client-id 3MVG9… --login-url acme.my.salesforce.com',
      purpose: 'Get a refresh token, and keep it in config.json',
    },
    { line: 'modstamp login --from-sf my-org --config config.json', purpose: "Take over a login of Salesforce's CLI" },
  ],
  run: async (args, context) => {
    const { port, timeout } = args;
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw wrong('--port must be a port, 0 to 65535');
    if (!(timeout > 0 && timeout <= 86_400)) throw wrong('--timeout must be seconds, 1 to 86400');
    const { runLogin } = await import('../login/run-login.ts');
    const said = await runLogin(
      {
        path: args.config || process.env['MODSTAMP_CONFIG'] || USUAL_FILE,
        clientId: args.clientId,
        clientSecret: args.clientSecret,
        isSandbox: args.sandbox ?? false,
        loginUrl: args.loginUrl,
        port,
        opensBrowser: !args.noBrowser,
        timeoutMs: timeout * 1000,
        fromSf: args.fromSf,
      },
      context,
    );
    await context.print('stdout', `${said}\n`);
    return 0;
  },
});

function wrong(sentence: string): ModstampError {
  return new ModstampError(`${sentence}; see modstamp login --help.`, { failureType: 'config_error' });
}
