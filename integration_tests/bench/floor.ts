/** A reader that does nothing but download, inflate and count lines: no connector can be faster than it. */
import { createGunzip } from 'node:zlib';
import { get } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { peerLogin } from './contender.ts';

export interface FloorResult {
  /** From the job's creation until it was complete: how long the org takes over its result, and its own pretended wait. */
  readonly jobMs: number;
  /** All result pages, one after the other. */
  readonly downloadMs: number;
  readonly csvBytes: number;
  readonly wireBytes: number;
  /** Line ends, those inside of values too. */
  readonly lines: number;
}

/** Any version from 50.0 on serves the same bytes. */
const API = '/services/data/v58.0';
const POLL_MS = 50;
const LF = 10;
const INFLATE_BYTES = 128 * 1024;

/** Reads a query by one Bulk 2.0 job, in pages of `maxRecords`. Throws an Error where the org refuses anything. */
export async function readFloor(orgUrl: string, query: string, maxRecords: number): Promise<FloorResult> {
  const token = await logIn(orgUrl);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const jobs = `${orgUrl}${API}/jobs/query`;
  const started = performance.now();
  const job = await askJson(jobs, { method: 'POST', headers, body: JSON.stringify({ operation: 'queryAll', query }) });
  const jobUrl = `${jobs}/${String(job['id'])}`;
  while ((await askJson(jobUrl, { headers }))['state'] !== 'JobComplete') await delay(POLL_MS);
  const complete = performance.now();
  const count = { csvBytes: 0, wireBytes: 0, lines: 0 };
  let locator: string | undefined = '';
  while (locator !== undefined) {
    const page = new URL(`${jobUrl}/results`);
    page.searchParams.set('maxRecords', String(maxRecords));
    if (locator !== '') page.searchParams.set('locator', locator);
    const next = await readPage(page, token, count);
    locator = next === 'null' ? undefined : next;
  }
  const downloadMs = performance.now() - complete;
  await fetch(jobUrl, { method: 'DELETE', headers });
  return { jobMs: complete - started, downloadMs, ...count };
}

async function logIn(orgUrl: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'refresh_token', ...peerLogin });
  const grant = await askJson(`${orgUrl}/services/oauth2/token`, { method: 'POST', body });
  return String(grant['access_token']);
}

async function askJson(url: string, init: RequestInit): Promise<Record<string, unknown>> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

/** Counts one page into `count`; gives its locator. */
async function readPage(
  url: URL,
  token: string,
  count: { csvBytes: number; wireBytes: number; lines: number },
): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${token}`, accept: 'text/csv', 'accept-encoding': 'gzip' };
  return new Promise((resolve, reject) => {
    get(url, { headers }, (answer) => {
      const locator = String(answer.headers['sforce-locator']);
      if (answer.statusCode !== 200 || answer.headers['content-encoding'] !== 'gzip') {
        reject(new Error(`${url.href}: ${answer.statusCode} ${answer.headers['content-encoding']}`));
        return;
      }
      const wire = answer.on('data', (chunk: Buffer) => (count.wireBytes += chunk.length));
      pipeline(wire, createGunzip({ chunkSize: INFLATE_BYTES }), async (csv: AsyncIterable<Buffer>) => {
        for await (const chunk of csv) countLines(chunk, count);
      }).then(() => resolve(locator), reject);
    }).on('error', reject);
  });
}

function countLines(chunk: Buffer, count: { csvBytes: number; lines: number }): void {
  count.csvBytes += chunk.length;
  for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) count.lines++;
}
