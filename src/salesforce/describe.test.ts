import { expect, test } from 'vitest';
import { describeGlobal, describeObjects, type DescribeOutcome } from './describe.ts';
import type { FieldDescribe } from './metadata.ts';
import { fieldForTest, objectForTest } from './testing/metadata-for-test.ts';
import { compositeBody, orgForTest } from './testing/org-for-test.ts';
import { NOT_FOUND, type Asked, type Played } from './testing/scripted-host.ts';

const signal = AbortSignal.timeout(20_000);

/** A field as it travels: with members that are not kept. */
const field = (name: string, more: Partial<FieldDescribe> = {}) => ({
  aggregatable: true,
  ...fieldForTest(name, 'string', { label: `Label of ${name}`, length: 255, ...more }),
  picklistValues: [{ active: true, label: 'a "quoted" {brace}', value: ']' }],
});

const sobject = (name: string) => {
  const { fields: _fields, ...summary } = objectForTest(name, [], { keyPrefix: '001' });
  return { actionOverrides: [], ...summary, urls: {} };
};

const describe = (name: string) => ({
  fields: [field('Id', { type: 'id' }), field('WhoId', { type: 'reference', referenceTo: ['Contact', 'Lead'] })],
  ...sobject(name),
});

const nameIn = (path: string) => /sobjects\/(\w+)\/describe/.exec(path)?.[1] ?? '';

/** Plays describes, by composite and alone; `single` may answer otherwise for a name. */
function describing(single: (name: string, isAlone: boolean) => Played | undefined = () => undefined) {
  const answer = (name: string, isAlone: boolean) => ({ status: 200, body: describe(name), ...single(name, isAlone) });
  return (asked: Asked): Played | undefined => {
    if (asked.path.endsWith('/composite')) {
      return { body: compositeBody(asked, (path) => answer(nameIn(path), false)) };
    }
    return asked.path.endsWith('/describe') ? answer(nameIn(asked.path), true) : undefined;
  };
}

async function collect(outcomes: AsyncIterable<DescribeOutcome>): Promise<DescribeOutcome[]> {
  const all: DescribeOutcome[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all;
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `Object${index}`);

test('the objects of the org come with what replication uses of them', async () => {
  const { connection } = await orgForTest(({ path }) =>
    path.endsWith('/sobjects')
      ? { body: { encoding: 'UTF-8', sobjects: [sobject('Account'), sobject('Lead')] } }
      : undefined,
  );
  const { actionOverrides: _a, urls: _u, ...summary } = sobject('Account');
  expect(await describeGlobal(connection, signal)).toEqual([summary, expect.objectContaining({ name: 'Lead' })]);
});

test.each<[string, Played, string]>([
  ['no object that the user may see', { body: { sobjects: [] } }, 'access_denied'],
  ['no list', { body: { encoding: 'UTF-8' } }, 'metadata'],
  ['no JSON', { body: '<html>' }, 'no_json'],
  ['JSON that is none', { body: '{"sobjects":[}' }, 'json_malformed'],
  ['nothing in this version', { status: 404, body: NOT_FOUND }, 'version_gone'],
])('a list of objects with %s is no empty org', async (_how, played, fault) => {
  const { connection } = await orgForTest(({ path }) => (path.endsWith('/sobjects') ? played : undefined));
  await expect(describeGlobal(connection, signal)).rejects.toMatchObject({ fault });
});

test('what a host leaves out of a describe follows from names, or is tried', async () => {
  const { connection } = await orgForTest(({ path }) => {
    if (path.endsWith('/sobjects')) return { body: { sobjects: [{ name: 'Invoice__c', queryable: true }] } };
    if (!path.endsWith('/describe')) return undefined;
    return { body: { fields: [{ name: 'Total__c', type: 'currency' }, { name: 'WhoId', type: 'reference', referenceTo: ['A', 'B'] }] } }; // prettier-ignore
  });
  expect(await describeGlobal(connection, signal)).toEqual([
    {
      name: 'Invoice__c',
      label: 'Invoice__c',
      labelPlural: 'Invoice__c',
      custom: true,
      customSetting: false,
      queryable: true,
      replicateable: true,
      deprecatedAndHidden: false,
      keyPrefix: null,
    },
  ]);
  const [outcome] = await collect(describeObjects(connection, ['Invoice__c'], signal));
  expect(outcome).toMatchObject({
    describe: {
      name: 'Invoice__c',
      queryable: true,
      fields: [
        { label: 'Total__c', custom: true, filterable: true, sortable: true, calculated: false, nillable: true },
        { label: 'WhoId', custom: false, polymorphicForeignKey: true },
      ],
    },
  });
});

test('the parts of a compound are known by their names where the host does not tell them', async () => {
  const types = { BillingAddress: 'address', BillingCity: 'string', BillingStateCode: 'picklist', ShippingCity: 'string', Site__c: 'location', Site__Latitude__s: 'double', Address: 'address', Street: 'textarea' }; // prettier-ignore
  const fields = Object.entries(types).map(([name, type]) => ({ name, type }));
  const { connection } = await orgForTest(({ path }) =>
    path.endsWith('/describe') ? { body: { fields } } : undefined,
  );
  const [outcome] = await collect(describeObjects(connection, ['Place'], signal));
  const described = outcome !== undefined && 'describe' in outcome ? outcome.describe.fields : [];
  expect(Object.fromEntries(described.map(({ name, compoundFieldName }) => [name, compoundFieldName]))).toEqual({
    BillingAddress: null,
    BillingCity: 'BillingAddress',
    BillingStateCode: 'BillingAddress',
    ShippingCity: null,
    Site__c: null,
    Site__Latitude__s: 'Site__c',
    Address: null,
    Street: 'Address',
  });
});

test('describes go 25 to a call, and come in the order that was asked', async () => {
  const { connection, host } = await orgForTest(describing());
  const outcomes = await collect(describeObjects(connection, names(60), signal));
  expect(outcomes.map(({ name }) => name)).toEqual(names(60));
  expect(host.count('/composite')).toBe(3);
  expect(connection.usage().apiCalls).toBe(3);
  const [first] = outcomes;
  expect(first).toMatchObject({
    describe: { name: 'Object0', fields: [{ name: 'Id' }, { referenceTo: ['Contact', 'Lead'] }] },
  });
  expect(JSON.stringify(first)).not.toContain('picklistValues');
});

test('one bad describe costs only itself', async () => {
  const bad: Record<string, Played> = {
    Object1: { status: 404, body: NOT_FOUND },
    Object2: { status: 403, body: [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'no' }] },
    Object3: { body: { name: 'Object3', fields: [] } },
    Object4: { body: { ...describe('Object4'), fields: [{ name: 'X' }] } },
  };
  const { connection, host } = await orgForTest(describing((name) => bad[name]));
  const outcomes = await collect(describeObjects(connection, names(6), signal));
  expect(outcomes.map((outcome) => ('error' in outcome ? outcome.error.fault : 'described'))).toEqual([
    'described',
    'object_gone',
    'access_denied',
    'metadata',
    'metadata',
    'described',
  ]);
  expect(host.count('/describe')).toBe(0);
});

test('a describe that failed for a moment is asked again alone', async () => {
  const { connection, host } = await orgForTest(
    describing((name, isAlone) => (name === 'Object1' && !isAlone ? { status: 503, body: '' } : undefined)),
  );
  const outcomes = await collect(describeObjects(connection, names(3), signal));
  expect(outcomes.every((outcome) => 'describe' in outcome)).toBe(true);
  expect(host.count('/describe')).toBe(1);
});

const UNKNOWN_EXCEPTION: Played = {
  status: 500,
  body: [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred. ErrorId: 1-2 (3)' }],
};

test.each([3, 1])('one of %i describes that always fails is given up after a few tries', async (count) => {
  const { connection, host } = await orgForTest(
    describing((name) => (name === 'Object0' ? UNKNOWN_EXCEPTION : undefined)),
    { budgets: { serverMs: 15_000 } },
  );
  const [first, ...others] = await collect(describeObjects(connection, names(count), signal));
  expect(first).toMatchObject({ error: { fault: 'server_error', failureType: 'transient_error', stopsSync: false } });
  expect(others.every((outcome) => 'describe' in outcome)).toBe(true);
  // The part of the composite counts as a try.
  expect(host.count('/describe')).toBe(count === 1 ? 4 : 3);
});

test('an outage is borne with all patience, and then stops the sync', async () => {
  let isDown = false;
  const answer = describing();
  const { connection } = await orgForTest((asked) => (isDown ? { status: 503, body: '' } : answer(asked)));
  isDown = true;
  await expect(collect(describeObjects(connection, names(3), signal))).rejects.toMatchObject({
    fault: 'server_error',
    stopsSync: true,
  });
});

test('an outage that ends while objects are described costs none of them', async () => {
  let isDown = false;
  const answer = describing();
  const { connection } = await orgForTest((asked) => (isDown ? { status: 503, body: '' } : answer(asked)), {
    budgets: { serverMs: 10_000 },
  });
  isDown = true;
  setTimeout(() => (isDown = false), 400);
  const outcomes = await collect(describeObjects(connection, names(30), signal));
  expect(outcomes.every((outcome) => 'describe' in outcome)).toBe(true);
});

test.each<[string, Played]>([
  ['refused', { status: 403, body: [{ errorCode: 'FUNCTIONALITY_NOT_ENABLED', message: 'no composite' }] }],
  ['down', { status: 502, body: '<html>' }],
  ['no JSON', { body: '{"compositeResponse":[{"body":' }],
  ['without its answers', { body: { compositeResponse: [] } }],
])('a composite that is %s is replaced by single describes', async (_how, played) => {
  const { connection, host } = await orgForTest((asked) =>
    asked.path.endsWith('/composite') ? played : describing()(asked),
  );
  const outcomes = await collect(describeObjects(connection, names(4), signal));
  expect(outcomes.every((outcome) => 'describe' in outcome)).toBe(true);
  expect(host.count('/describe')).toBe(4);
  expect(host.count('/composite')).toBeLessThanOrEqual(2);
});

test('what stops the sync is thrown, not told of one object', async () => {
  const used = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }];
  const { connection } = await orgForTest(({ path }) =>
    path.endsWith('/composite') ? { status: 403, body: used } : undefined,
  );
  await expect(collect(describeObjects(connection, names(4), signal))).rejects.toMatchObject({
    fault: 'allowance_used_up',
  });
});

test('describes share the standard fields that are alike, and no others', async () => {
  const fieldsOf: Record<string, unknown[]> = {
    Lead: [field('Id', { type: 'id' }), field('OwnerId', { referenceTo: ['User', 'Group'] }), field('Fax')],
    Case: [
      field('Id', { type: 'id' }),
      field('OwnerId', { referenceTo: ['User', 'Queue'] }),
      field('Fax', { length: 9 }),
    ],
  };
  const { connection } = await orgForTest(
    describing((name) => ({ body: { ...sobject(name), fields: fieldsOf[name] } })),
  );
  const outcomes = await collect(describeObjects(connection, ['Lead', 'Case'], signal));
  const [lead = [], other = []] = outcomes.map((outcome) => ('describe' in outcome ? outcome.describe.fields : []));
  expect(other[0]).toBe(lead[0]);
  expect(lead).toMatchObject([{ name: 'Id' }, { referenceTo: ['User', 'Group'] }, { name: 'Fax', length: 255 }]);
  expect(other).toMatchObject([{ name: 'Id' }, { referenceTo: ['User', 'Queue'] }, { name: 'Fax', length: 9 }]);
});
