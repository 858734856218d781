/** Byte chunks as lines, the way a host of the Airbyte protocol reads a source's stdout. */

const NEWLINE = 0x0a;

/**
 * Yields each line of UTF-8 text without its "\n". What stands after the last "\n" is not yielded: a message is a line
 * that ends in one, so the half line of a program that was killed is no message.
 *
 * (node:readline would not do: it also splits at U+2028 and U+2029, which JSON allows inside strings.)
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const tail = chunk.subarray(start, end);
      yield decoder.decode(rest.length === 0 ? tail : Buffer.concat([...rest, tail]));
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
}
