/** Sorts a source's lines: the data of RECORDs into one NDJSON file a stream, everything else as parsed messages. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StreamDescriptor } from '../src/airbyte/protocol.ts';

/** Where the data of one stream's RECORDs wait to be loaded, byte for byte and in the order in which they came. */
export interface StagedStream {
  readonly descriptor: StreamDescriptor;
  readonly file: string;
  readonly rows: number;
  /** UTF-16 units of the longest row; in bytes it is at most three times as long. */
  readonly longestRow: number;
}

/** Any message but RECORD, as far as a destination looks into it. */
export interface OtherMessage {
  readonly type: string;
  readonly [member: string]: unknown;
}

export interface Staging {
  /** Takes one line; resolves when there is room for the next. Throws for a broken message and for a stream that is not configured. */
  take(line: string): Promise<OtherMessage | StreamDescriptor>;
  /** Writes what is still held; one entry for each configured stream that had a RECORD. */
  finish(): Promise<StagedStream[]>;
}

/** Held back before it is written, for each stream: small, because a catalog may have 1,300 of them. */
const HELD_CHARACTERS = 128 * 1024;
const DATA = '"data":{';
const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x7b, 0x7d];

interface Bucket {
  readonly descriptor: StreamDescriptor;
  readonly file: string;
  rows: number;
  longestRow: number;
  held: string;
}

/**
 * A staging area in the folder `dir` for the configured streams. RECORDs are not parsed one by one: all those of a
 * stream share what stands before their data, so that text is parsed once and then looked up; digits stay as they are.
 */
export function openStaging(dir: string, streams: readonly StreamDescriptor[]): Staging {
  const buckets = new Map<string, Bucket>();
  streams.forEach((descriptor, index) => {
    const file = join(dir, `${index}.ndjson`);
    buckets.set(keyOf(descriptor), { descriptor, file, rows: 0, longestRow: 0, held: '' });
  });
  const byPrefix = new Map<string, Bucket>();
  const namespaced = streams.some((stream) => stream.namespace !== undefined);
  return {
    async take(line) {
      const prefix = line.slice(0, line.indexOf(DATA) + DATA.length);
      let bucket = byPrefix.get(prefix);
      if (bucket === undefined) {
        const message = parseMessage(line);
        if (message.type !== 'RECORD') return message;
        bucket = bucketOf(message, buckets);
        if (namesItsStream(prefix, namespaced)) byPrefix.set(prefix, bucket);
      }
      await hold(bucket, dataOf(line, prefix.length - 1));
      return bucket.descriptor;
    },
    async finish() {
      const used = [...buckets.values()].filter((bucket) => bucket.rows > 0);
      for (const bucket of used) await flush(bucket);
      return used;
    },
  };
}

/** One text for a stream's name and namespace; two streams never share it. */
export function keyOf(descriptor: StreamDescriptor): string {
  return JSON.stringify([descriptor.namespace ?? null, descriptor.name]);
}

/** A line that is no JSON is a log by the protocol; one that begins as a message and is none has lost something. */
function parseMessage(line: string): OtherMessage {
  if (!line.startsWith('{')) return { type: 'LOG', log: { level: 'INFO', message: line } };
  try {
    return JSON.parse(line) as OtherMessage;
  } catch (cause) {
    throw new Error(`The source sent a broken message: ${line.slice(0, 200)}`, { cause });
  }
}

function bucketOf(message: OtherMessage, buckets: ReadonlyMap<string, Bucket>): Bucket {
  const { stream, namespace } = message['record'] as { stream: string; namespace?: string };
  const bucket = buckets.get(keyOf(namespace === undefined ? { name: stream } : { name: stream, namespace }));
  if (bucket === undefined) throw new Error(`The source sent a record of ${stream}, which is not in the catalog.`);
  return bucket;
}

/** True where the text before the data is a RECORD's and names stream and namespace, so that it stands for all of them. */
function namesItsStream(prefix: string, namespaced: boolean): boolean {
  try {
    const message = JSON.parse(`${prefix}}}}`) as OtherMessage;
    const record = message['record'] as { stream?: string; namespace?: string } | undefined;
    return message.type === 'RECORD' && record?.stream !== undefined && (record.namespace !== undefined || !namespaced);
  } catch {
    return false;
  }
}

/** The JSON object that begins at `start`, as it stands in the line. */
function dataOf(line: string, start: number): string {
  let depth = 0;
  for (let at = start; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === QUOTE) at = endOfString(line, at);
    else if (code === OPEN) depth += 1;
    else if (code === CLOSE && --depth === 0) return line.slice(start, at + 1);
  }
  throw new Error(`The source sent a record that does not end: ${line.slice(0, 200)}`);
}

/** Index of the quote that closes the string opened at `start`; the line's end when nothing closes it. */
function endOfString(line: string, start: number): number {
  for (let end = line.indexOf('"', start + 1); end >= 0; end = line.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (line.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return line.length;
}

async function hold(bucket: Bucket, row: string): Promise<void> {
  bucket.rows += 1;
  bucket.longestRow = Math.max(bucket.longestRow, row.length);
  bucket.held += `${row}\n`;
  if (bucket.held.length >= HELD_CHARACTERS) await flush(bucket);
}

async function flush(bucket: Bucket): Promise<void> {
  const text = bucket.held;
  bucket.held = '';
  if (text !== '') await appendFile(bucket.file, text);
}
