/** jsforce on the practice org, with nothing changed but the host: proof that the org answers as Salesforce does. */
import { Connection } from '@jsforce/jsforce-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPracticeOrg, practiceLogin } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';

const { clientId, clientSecret, refreshToken, username, password, securityToken } = practiceLogin;
let org: OrgUnderTest;
let ids: string[];
beforeAll(async () => {
  org = await openPracticeOrg({ rows: 10, seed: 61, rowsOf: { Account: 4500 } });
  ids = (await org.rows('Account'))
    .filter((row) => row['IsDeleted'] !== true)
    .map((row) => String(row['Id']))
    .sort();
});
afterAll(() => org?.close());

const byOAuth = () =>
  new Connection({
    loginUrl: org.url,
    instanceUrl: org.url,
    version: '58.0',
    oauth2: { loginUrl: org.url, clientId, clientSecret },
    refreshToken,
  });

describe('jsforce', () => {
  test('logs in by OAuth with a refresh token and by SOAP with a password', async () => {
    const oauth = byOAuth();
    expect((await oauth.oauth2.refreshToken(refreshToken)).access_token).toMatch(/^00D/);
    const soap = new Connection({ loginUrl: org.url, version: '58.0' });
    const user = await soap.login(username, password + securityToken);
    expect(user.organizationId).toMatch(/^00D/);
    expect((await soap.query('SELECT Id FROM Account LIMIT 1')).records).toHaveLength(1);
  });

  test('is refused with a wrong password', async () => {
    await expect(new Connection({ loginUrl: org.url, version: '58.0' }).login(username, 'wrong')).rejects.toThrow(
      /INVALID_LOGIN|[Ii]nvalid username/,
    );
  });

  test('renews a session that has expired', async () => {
    const connection = byOAuth();
    await org.fault({ path: '/query', expireSession: true });
    expect((await connection.query('SELECT Id FROM Account LIMIT 1')).records).toHaveLength(1);
  });

  test('describes the org and an object', async () => {
    const connection = byOAuth();
    const { sobjects } = await connection.describeGlobal();
    expect(sobjects.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Account', 'Contact', 'Lead', 'Opportunity']),
    );
    const account = await connection.sobject('Account').describe();
    expect(account.fields.find(({ name }) => name === 'SystemModstamp')?.type).toBe('datetime');
  });

  test('queries through all pages', async () => {
    const connection = byOAuth();
    const page = await connection.query('SELECT Id, Name FROM Account');
    expect(page).toMatchObject({ totalSize: ids.length, done: false });
    expect(page.records).toHaveLength(2000);
    const all = await connection.query('SELECT Id FROM Account', { autoFetch: true, maxFetch: 100_000 });
    expect(all.records.map(({ Id }) => String(Id)).sort()).toEqual(ids);
  });

  test('says what the org says of a query that is wrong', async () => {
    await expect(byOAuth().query('SELECT Nonsense__c FROM Account')).rejects.toThrow(/No such column 'Nonsense__c'/);
  });

  test('runs a Bulk 2.0 query', async () => {
    const connection = byOAuth();
    const found: string[] = [];
    const records = await connection.bulk2.query('SELECT Id, Name, SystemModstamp FROM Account');
    for await (const record of records as AsyncIterable<{ Id: string }>) found.push(record.Id);
    expect(found.sort()).toEqual(ids);
  });
});
