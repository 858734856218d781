import { expect, test } from 'vitest';
import { createAllowedHosts } from './allowed-hosts.ts';

const request = (origin: string, path = '/services/data') => ({ origin, path, method: 'GET', purpose: 'ask', signal: AbortSignal.timeout(1000) }) as const; // prettier-ignore

test.each([
  ['https://acme.my.salesforce.com', 'https://acme.my.salesforce.com'],
  ['https://acme--dev.sandbox.my.salesforce.com:443/', 'https://acme--dev.sandbox.my.salesforce.com'],
  ['https://agency.my.salesforce.mil', 'https://agency.my.salesforce.mil'],
  ['https://hua.my.sfcrmproducts.cn', 'https://hua.my.sfcrmproducts.cn'],
  ['https://hua.my.sfcrmapps.cn/services', 'https://hua.my.sfcrmapps.cn'],
  ['http://127.0.0.1:8123', 'http://127.0.0.1:8123'],
])('what the login host named is let through, in every cloud: %s', async (url, origin) => {
  const allowedHosts = createAllowedHosts();
  expect(allowedHosts.allow(url)).toBe(origin);
  const send = allowedHosts.wrap(async ({ path }) => path);
  expect(await send(request(origin))).toBe('/services/data');
  for (const other of [request('https://elsewhere.example'), request(origin, '/home')]) {
    await expect(send(other)).rejects.toMatchObject({ fault: 'host_not_allowed', stopsSync: true });
  }
});

test.each(['http://acme.my.salesforce.com', 'ftp://127.0.0.1', 'acme.my.salesforce.com', ''])(
  'what is no https is refused: %j',
  (url) => {
    expect(() => createAllowedHosts().allow(url)).toThrow(/not https/);
  },
);
