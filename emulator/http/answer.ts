/** What the org answers, before it is put on the wire. */

/** Bytes of a body; `deflated` are the same as raw deflate blocks up to a byte boundary, where they were made before. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly deflated?: Uint8Array;
}

/** A body that is made while it is sent. */
export interface StreamedBody {
  /** Gzip bytes where `gzip` is asked for, else plain ones. */
  open(gzip: boolean): AsyncIterable<Uint8Array>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly Piece[] | StreamedBody;
}

/** Content type of every JSON answer (recorded). */
export const JSON_TYPE = 'application/json;charset=UTF-8';

/** A JSON answer. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return jsonText(JSON.stringify(value), status, headers);
}

/** A JSON answer from its text. */
export function jsonText(text: string, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'Content-Type': JSON_TYPE, ...headers }, body: [piece(text)] };
}

/** An answer of another content type. */
export function text(content: string, contentType: string, status = 200): Answer {
  return { status, headers: { 'Content-Type': contentType }, body: [piece(content)] };
}

/** An answer without a body: 204, 304. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: [] };
}

/** Text as a piece of a body. */
export function piece(content: string): Piece {
  return { bytes: Buffer.from(content) };
}

/** The whole body of an answer that isn't streamed. */
export function bodyText(answer: Answer): string {
  if ('open' in answer.body) throw new Error('A streamed body has no text');
  return Buffer.concat(answer.body.map(({ bytes }) => bytes)).toString();
}
