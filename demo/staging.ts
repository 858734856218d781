/** Sorts a source's lines: RECORDs into one NDJSON file a stream, untouched, everything else as parsed messages. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StreamDescriptor } from '../src/airbyte/protocol.ts';

/** Where one stream's RECORD lines wait to be loaded, in the order in which they came. */
export interface StagedStream {
  readonly descriptor: StreamDescriptor;
  readonly file: string;
  readonly rows: number;
  /** UTF-16 units of the longest line: a lower bound of its bytes, which are at most three times as many. */
  readonly longestLine: number;
}

/** Any message but RECORD, as far as a destination looks into it. */
export interface OtherMessage {
  readonly type: string;
  readonly [member: string]: unknown;
}

export interface Staging {
  /** Takes one line; resolves when there is room for the next. Throws for a RECORD of a stream that is not configured. */
  take(line: string): Promise<OtherMessage | StreamDescriptor>;
  /** Writes what is still held; one entry for each configured stream that had a RECORD. */
  finish(): Promise<StagedStream[]>;
}

/** Held back before it is written, for each stream: small, because a catalog may have 1,300 of them. */
const HELD_CHARACTERS = 128 * 1024;
const DATA = '"data":{';

interface Bucket {
  readonly descriptor: StreamDescriptor;
  readonly file: string;
  rows: number;
  longestLine: number;
  held: string;
}

/**
 * A staging area in the folder `dir` for the configured streams. A RECORD line is never parsed as a whole: all RECORDs
 * of a stream share what stands before their data, so that text is parsed once and then looked up.
 */
export function openStaging(dir: string, streams: readonly StreamDescriptor[]): Staging {
  const buckets = new Map<string, Bucket>();
  streams.forEach((descriptor, index) => {
    const file = join(dir, `${index}.ndjson`);
    buckets.set(keyOf(descriptor), { descriptor, file, rows: 0, longestLine: 0, held: '' });
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
      await hold(bucket, line);
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

function parseMessage(line: string): OtherMessage {
  try {
    const message: unknown = JSON.parse(line);
    if (typeof message === 'object' && message !== null && 'type' in message) return message as OtherMessage;
  } catch {
    // The protocol lets a host take such a line for a log.
  }
  return { type: 'LOG', log: { level: 'INFO', message: line } };
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

async function hold(bucket: Bucket, line: string): Promise<void> {
  bucket.rows += 1;
  bucket.longestLine = Math.max(bucket.longestLine, line.length);
  bucket.held += `${line}\n`;
  if (bucket.held.length >= HELD_CHARACTERS) await flush(bucket);
}

async function flush(bucket: Bucket): Promise<void> {
  const text = bucket.held;
  bucket.held = '';
  if (text !== '') await appendFile(bucket.file, text);
}
