/** Text bodies as UTF-8, whatever charset their Content-Type names. */
import { makeFault } from './refusal.ts';

/**
 * The body itself where it is UTF-8 (or no charset is named: Salesforce's default), else the same text encoded anew.
 * The iteration throws fault `unexpected_answer` for a charset that is not known and for bytes that are none of it.
 */
export function transcoded(
  body: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
  purpose: string,
): AsyncIterable<Uint8Array> {
  const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  return charset === 'utf-8' || charset === 'utf8' ? body : encodeAnew(body, charset, purpose);
}

async function* encodeAnew(
  body: AsyncIterable<Uint8Array>,
  charset: string,
  purpose: string,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const decode = decoderOf(charset, purpose);
  for await (const chunk of body) yield encoder.encode(decode(chunk));
  yield encoder.encode(decode(undefined));
}

function decoderOf(charset: string, purpose: string): (chunk: Uint8Array | undefined) => string {
  const understand = <T>(decode: () => T): T => {
    try {
      return decode();
    } catch (cause) {
      throw makeFault('unexpected_answer', { purpose, message: `text in ${charset}`, cause });
    }
  };
  const decoder = understand(() => new TextDecoder(charset, { fatal: true, ignoreBOM: true }));
  return (chunk) =>
    understand(() => (chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })));
}
