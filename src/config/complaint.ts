/** What is wrong with one value of the configuration. The message continues a sentence that begins with the value's name. */
export class Complaint extends Error {}

/** The complaint that reading a value ends in, with the value's name in front; none where it can be read. */
export function complaintsOf(name: string, read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (thrown) {
    if (!(thrown instanceof Complaint)) throw thrown;
    return [`${name} ${thrown.message}`];
  }
}
