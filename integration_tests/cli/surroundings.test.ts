/** What stands around a sync: proxies that refuse, and an output that is closed from the start. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { programPath, runCheck, runRead } from '../program.ts';
import { configure, discoverStreams, makeLarge, readSync } from '../sync/sync.ts';

let org: OrgUnderTest;
beforeAll(async () => {
  org = await openPracticeOrg({ rows: 10, seed: 3 });
});
afterAll(() => org.close());

describe('a proxy that refuses to connect', () => {
  let proxy: Server;
  let status = 407;
  beforeAll(async () => {
    proxy = createServer();
    proxy.on('connect', (_request, socket) => void socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void proxy.close());

  test.each([
    [407, /^The proxy on the way to acme\.my\.salesforce\.com asks for a login/],
    [403, /^The proxy that HTTPS_PROXY names does not let this machine connect to acme\.my\.salesforce\.com/],
  ])('with %d is told at once, with what to do', async (answer, sentence) => {
    status = answer;
    const config = org.config({ login_url: 'https://acme.my.salesforce.com' });
    const env = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    const check = await runCheck(config, { env });
    expect(check.messages.at(-1)).toMatchObject({
      connectionStatus: { status: 'FAILED', message: expect.stringMatching(sentence) },
    });
    const catalog = configure(await discoverStreams(org.config()), { leads: {} });
    const read = await runRead({ config, catalog }, { env });
    expect(read.exitCode).toBe(1);
    expect(readSync(read).errors).toMatchObject([
      { failure_type: 'config_error', message: expect.stringMatching(sentence) },
    ]);
    expect(Math.max(check.elapsedMs, read.elapsedMs)).toBeLessThan(5_000);
  });
});

test('a body on a connection that closes behind it does not pile up in memory behind a slow reader', async () => {
  const wide = await openPracticeOrg({ rows: 1, seed: 4 });
  try {
    const description = 'A long story. '.repeat(4_000);
    const rows = Array.from({ length: 200 }, () => ({ LastName: 'Long', Company: 'Long', Description: description }));
    for (let batch = 0; batch < 15; batch++) await wide.change({ op: 'insert', sobject: 'Lead', rows });
    await wide.settings({ gzip: false });
    await makeLarge(wide, ['Lead']);
    await wide.fault({ path: '/results', headers: { Connection: 'close' }, times: 0 });
    const properties = ['id', 'description', 'system_modstamp'];
    const catalog = configure(await discoverStreams(wide.config()), { leads: { properties } });
    let records = 0;
    const run = await runRead(
      { config: wide.config(), catalog },
      {
        keep: false,
        timeoutMs: 60_000,
        onLine: async (line) => {
          if (!line.startsWith('{"type":"RECORD"')) return;
          records += 1;
          if (records === 1) await delay(4_000);
        },
      },
    );
    expect({ exitCode: run.exitCode, records }).toEqual({ exitCode: 0, records: 3_001 });
    expect(run.peakRssBytes, `${run.peakRssBytes} bytes`).toBeLessThan(200_000_000);
  } finally {
    await wide.close();
  }
}, 90_000);

describe('an output that is closed from the start', () => {
  const shell = (words: string, redirection: string) => {
    const command = `"${process.execPath}" "${programPath}" ${words} ${redirection}`;
    return new Promise<{ status: number; stderr: string }>((resolve) => {
      execFile('/bin/sh', ['-c', command], { timeout: 30_000 }, (error, _stdout, stderr) =>
        resolve({ status: error ? Number(error.code) : 0, stderr }),
      );
    });
  };

  test('read ends with 1 and says so on stderr; /dev/null is as good as any file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'modstamp-'));
    try {
      const [config, catalog] = [join(folder, 'config.json'), join(folder, 'catalog.json')];
      writeFileSync(config, JSON.stringify(org.config()));
      writeFileSync(catalog, JSON.stringify(configure(await discoverStreams(org.config()), { leads: {} })));
      const words = `read --config ${config} --catalog ${catalog}`;
      await org.clearLog();
      expect(await shell(words, '>&-')).toEqual({
        status: 1,
        stderr: expect.stringMatching(/^modstamp: stdout is closed[^\n]*\n$/),
      });
      expect(await org.log(), 'requests').toEqual([]);
      expect(await shell(words, '> /dev/null')).toEqual({ status: 0, stderr: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
