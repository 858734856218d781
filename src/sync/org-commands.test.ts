import { afterEach, describe, expect, it } from 'vitest';
import type { Message } from '../airbyte/protocol.ts';
import { readConfig } from '../config/config.ts';
import { fieldForTest, objectForTest } from '../salesforce/testing/metadata-for-test.ts';
import { startHost, tokenBody, type Asked, type Played } from '../salesforce/testing/scripted-host.ts';
import { writeCatalog } from './catalog/catalog.ts';
import { check } from './check.ts';
import { diff } from './catalog/diff.ts';
import { discover } from './discover.ts';
import type { Run } from './run.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Org {
  /** API name -> field name -> type. Objects without fields can't be described. */
  readonly objects: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly queryable?: boolean;
  readonly answer?: (asked: Asked, url: string) => Played | undefined;
}

const AUDIT = { Id: 'id', SystemModstamp: 'datetime' };
const ORG: Org = {
  objects: {
    Lead: { ...AUDIT, Email: 'email', Odd__c: 'hologram' },
    Account: { ...AUDIT, AccountRegion__c: 'string', Account_Region__c: 'string' },
    Broken__c: {},
    Name: {},
    Vote: AUDIT,
  },
};

async function start(org: Org, more: object = {}) {
  const host = await startHost((asked) => org.answer?.(asked, host.url) ?? play(org, asked));
  closing.push(() => host.close());
  const log: string[] = [];
  const sent: Message[] = [];
  const credentials = { auth_type: 'oauth', client_id: 'key', client_secret: 'secret', refresh_token: 'refresh-1' };
  const run: Run = {
    config: readConfig({ credentials, login_url: host.url, ...more }),
    messages: {
      records: async () => {},
      send: async (message) => void sent.push(message),
      log: (level, text) => void log.push(`${level} ${text}`),
    },
    signal: AbortSignal.timeout(20_000),
  };
  return { run, host, log, sent };
}

function play({ objects, queryable = true }: Org, { path, body }: Asked): Played | undefined {
  if (path.endsWith('/sobjects')) {
    const sobjects = Object.keys(objects).map((name) => ({
      ...objectForTest(name, []),
      queryable: queryable && name !== 'Name',
    }));
    return { body: { sobjects } };
  }
  if (path.endsWith('/describe')) return describeOf(objects, path);
  if (!path.endsWith('/composite')) return undefined;
  const { compositeRequest } = JSON.parse(body) as { compositeRequest: { url: string; referenceId: string }[] };
  const compositeResponse = compositeRequest.map(({ url, referenceId }) => {
    const { status: httpStatusCode = 200, body: answer } = describeOf(objects, url);
    return { body: answer, httpHeaders: {}, httpStatusCode, referenceId };
  });
  return { body: { compositeResponse } };
}

function describeOf(objects: Org['objects'], path: string): Played {
  const name = /sobjects\/(\w+)\/describe/.exec(path)?.[1] ?? '';
  const fields = Object.entries(objects[name] ?? {});
  if (fields.length === 0)
    return { status: 404, body: [{ message: 'The requested resource does not exist', errorCode: 'NOT_FOUND' }] };
  return {
    body: objectForTest(
      name,
      fields.map(([field, type]) => fieldForTest(field, type)),
    ),
  };
}

describe('check', () => {
  it('succeeds where objects can be read', async () => {
    const { run, log } = await start(ORG);
    expect(await check(run)).toEqual({ status: 'SUCCEEDED' });
    expect(log).toEqual([expect.stringMatching(/^INFO Logged in to http.* API 58\.0: 5 objects, 3 can be read/)]);
  });

  it('says in one sentence what is wrong with the login, and keeps the internal text for the log', async () => {
    const answer = ({ path }: Asked): Played | undefined =>
      path === '/services/oauth2/token'
        ? { status: 400, body: { error: 'invalid_grant', error_description: 'expired access/refresh token' } }
        : undefined;
    const { run, log, host } = await start({ ...ORG, answer });
    expect(await check(run)).toEqual({ status: 'FAILED', message: expect.stringMatching(/\.$/) });
    expect(log.join('\n')).toContain('invalid_grant');
    expect(host.count('/token')).toBe(1);
  });

  it('fails where the user may read nothing, and where the criteria let nothing in', async () => {
    const nothing = await start({ ...ORG, queryable: false });
    expect(await check(nothing.run)).toMatchObject({
      status: 'FAILED',
      message: expect.stringContaining('permission set'),
    });
    const criteria = await start(ORG, { streams_criteria: [{ criteria: 'exacts', value: 'Nonsense' }] });
    expect(await check(criteria.run)).toMatchObject({
      status: 'FAILED',
      message: expect.stringContaining('streams_criteria'),
    });
  });

  it('hands a rotated refresh token to the host before it asks anything else', async () => {
    const answer = ({ path }: Asked, url: string): Played | undefined =>
      path === '/services/oauth2/token' ? { body: tokenBody(url, { refresh_token: 'refresh-2' }) } : undefined;
    const { run, sent } = await start({ ...ORG, answer }, { unknown_key: 1 });
    expect(await check(run)).toEqual({ status: 'SUCCEEDED' });
    expect(sent).toEqual([
      {
        type: 'CONTROL',
        control: {
          type: 'CONNECTOR_CONFIG',
          connectorConfig: {
            config: expect.objectContaining({
              unknown_key: 1,
              credentials: expect.objectContaining({ refresh_token: 'refresh-2' }),
            }),
          },
        },
      },
    ]);
  });

  it('throws only where the run itself is stopped', async () => {
    const stop = new AbortController();
    const answer = ({ path }: Asked): Played | undefined => {
      if (path === '/services/oauth2/token') stop.abort(new Error('SIGTERM'));
      return undefined;
    };
    const { run } = await start({ ...ORG, answer });
    await expect(check({ ...run, signal: stop.signal })).rejects.toThrow('SIGTERM');
  });
});

describe('discover', () => {
  it('warns of what it can not describe, of types that nobody knows and of names that collide, and offers the rest', async () => {
    const { run, log } = await start(ORG, { schema_name: 'sfdc' });
    const { streams } = await discover(run);
    expect(streams.map(({ name, namespace }) => [name, namespace])).toEqual([
      ['accounts', 'sfdc'],
      ['leads', 'sfdc'],
      ['names', 'sfdc'],
    ]);
    expect(streams[1]?.json_schema.properties['odd_c']).toMatchObject({
      type: ['null', 'string'],
      'x-field': 'Odd__c',
    });
    expect(log).toEqual([
      expect.stringMatching(
        /^WARN Account\.Account_Region__c becomes accounts\.account_region_c_[0-9a-f]{6}, since account_region_c is taken\.$/,
      ),
      expect.stringMatching(/^WARN Broken__c can't be described/),
      expect.stringMatching(/^WARN Lead\.Odd__c has the type hologram/),
    ]);
  });

  it('gives the same bytes in whatever order the org lists its objects and fields', async () => {
    const turned = (object: object) => Object.fromEntries(Object.entries(object).reverse());
    const objects = Object.fromEntries(Object.entries(ORG.objects).reverse().map(([name, fields]) => [name, turned(fields)])) as Org['objects']; // prettier-ignore
    const [one, other] = [await start(ORG), await start({ objects })];
    expect(JSON.stringify(await discover(other.run))).toBe(JSON.stringify(await discover(one.run)));
  });

  it('asks for 60 objects in three composite calls', async () => {
    const objects = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`Thing${index}__c`, AUDIT]));
    const { run, host } = await start({ objects });
    expect((await discover(run)).streams).toHaveLength(60);
    expect(host.count('/composite')).toBe(3);
    expect(host.count('/describe')).toBe(0);
  });
});

describe('writeCatalog', () => {
  it('describes only what may be chosen', async () => {
    const { run, host } = await start(ORG);
    expect(await writeCatalog(run, { select: 'leads:id,email,system_modstamp' })).toMatchObject({
      streams: [
        {
          stream: { name: 'leads' },
          sync_mode: 'incremental',
          cursor_field: ['system_modstamp'],
          primary_key: [['id']],
        },
      ],
    });
    expect(host.asked.filter(({ path }) => path.includes('/sobjects/')).map(({ path }) => path)).toEqual([
      '/services/data/v58.0/sobjects/Lead/describe',
    ]);
  });

  it('takes the old catalog it wrote itself for what it is', async () => {
    const { run, log } = await start(ORG);
    const old = await writeCatalog(run, { select: 'all' });
    log.length = 0;
    expect(await writeCatalog(run, { from: JSON.parse(JSON.stringify(old)) })).toEqual(old);
    expect(log.filter((line) => line.includes('dropped'))).toEqual([]);
  });
});

describe('diff', () => {
  it('finds nothing between an org and its own catalog, and what changed after that', async () => {
    const { Lead, Account, Name } = ORG.objects;
    const { run } = await start({ objects: { Lead: Lead ?? {}, Account: Account ?? {}, Name: Name ?? {} } });
    const catalog = await discover(run);
    expect(await diff(run, { catalog })).toEqual({ apiVersion: '58.0', changes: [] });
    const later = await start({ objects: { Lead: { ...AUDIT, Email: 'boolean' }, Name: {}, New__c: AUDIT } });
    expect(await diff(later.run, { catalog, apiVersion: '62.0' })).toEqual({
      apiVersion: '62.0',
      changes: [
        { change: 'removed', collection: 'accounts' },
        { change: 'retyped', collection: 'leads', property: 'email', before: 'string', after: 'boolean' },
        { change: 'removed', collection: 'leads', property: 'odd_c', before: 'string' },
        { change: 'added', collection: 'new_c' },
      ],
    });
  });
});
