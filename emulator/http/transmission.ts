/** An answer on its way over the wire, whole or as a fault would have it. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { piece, type Answer } from './answer.ts';
import { encodeBody, type Encoding } from './compression.ts';
import type { Fault } from './fault.ts';

/** A silent body is given up after so long, should the client never close. */
const MAX_SILENCE_MS = 10 * 60 * 1000;

/**
 * Sends an answer under back-pressure; gives the bytes of its body that went out. A client that leaves ends it quietly. A
 * fault may break the connection or fall silent in the middle of the body.
 */
export async function transmit(
  response: ServerResponse,
  answer: Answer,
  encoding: Encoding,
  fault: Fault | undefined,
): Promise<number> {
  if (fault?.edit) {
    const { edit, ...others } = fault;
    return transmit(response, await edited(answer, edit), encoding, others);
  }
  if (!('open' in answer.body) && answer.body.length === 0) {
    response.writeHead(answer.status, answer.headers).end();
    return 0;
  }
  if ('open' in answer.body) {
    const gzip = encoding === 'gzip';
    response.writeHead(answer.status, { ...answer.headers, ...(gzip && { 'Content-Encoding': 'gzip' }) });
    return send(response, answer.body.open(gzip), fault);
  }
  const { bytes, encoding: used } = await encodeBody(answer.body, encoding);
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(used !== 'identity' && { 'Content-Encoding': used }),
    'Transfer-Encoding': 'chunked',
  });
  return send(response, [bytes], fault);
}

/** Headers that every answer of the service carries (recorded, 2024). */
export function commonHeaders(nowMs: number): Record<string, string> {
  const requestId = randomUUID().replaceAll('-', '');
  return {
    Date: new Date(nowMs).toUTCString(),
    'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
    'X-Robots-Tag': 'none',
    'Cache-Control': 'no-cache,must-revalidate,max-age=0,no-store,private',
    'Set-Cookie': `BrowserId=${requestId.slice(0, 22)}; Path=/; SameSite=Lax`,
    Vary: 'Accept-Encoding',
    Server: 'sfdcedge',
    'X-SFDC-Request-Id': requestId,
    'X-Request-Id': requestId,
  };
}

async function edited(answer: Answer, [pattern, replacement]: NonNullable<Fault['edit']>): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  if ('open' in answer.body) for await (const chunk of answer.body.open(false)) chunks.push(chunk);
  else chunks.push(...answer.body.map(({ bytes }) => bytes));
  const text = Buffer.concat(chunks).toString().replaceAll(new RegExp(pattern, 'g'), replacement);
  return { ...answer, body: [piece(text)] };
}

async function send(
  response: ServerResponse,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  fault: Fault | undefined,
): Promise<number> {
  const limit = fault?.cutAfterBytes ?? fault?.hangAfterBytes ?? Number.POSITIVE_INFINITY;
  let sent = 0;
  for await (const chunk of chunks) {
    const part = chunk.subarray(0, Math.max(0, limit - sent));
    sent += part.length;
    if (!response.write(part)) await drained(response);
    if (response.destroyed) return sent;
    if (sent >= limit) break;
  }
  if (fault?.cutAfterBytes !== undefined) await cut(response);
  else if (fault?.hangAfterBytes !== undefined) await hang(response);
  else response.end();
  return sent;
}

/** Until the socket takes more, or is gone. */
async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([
      once(response, 'drain', { signal: over.signal }),
      once(response, 'close', { signal: over.signal }),
    ]);
  } finally {
    over.abort();
  }
}

/** What was written leaves before the connection breaks, so that the client sees that many bytes and no end. */
async function cut(response: ServerResponse): Promise<void> {
  await new Promise((resolve) => {
    response.write('', resolve);
  });
  response.destroy();
}

async function hang(response: ServerResponse): Promise<void> {
  const silence = setTimeout(() => response.destroy(), MAX_SILENCE_MS);
  if (!response.destroyed) await once(response, 'close').catch(() => undefined);
  clearTimeout(silence);
}
