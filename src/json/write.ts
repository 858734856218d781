/** Writes JSON files so that a crash leaves the old file or the new one. */
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';

/** Read and written by nobody but the owner, unless the file is there already. */
const OWN = 0o600;

export interface WriteOptions {
  /** Undefined keeps the mode of the file, or makes a new one 0600. */
  readonly mode?: number;
}

/**
 * Replaces the file of that path, or makes it: two spaces of indentation, one line end at the end. Symbolic links stay, and
 * what they lead to is replaced. Throws what node:fs throws where the file can't be written.
 */
export function writeJsonFile(path: string, value: unknown, options: WriteOptions = {}): Promise<void> {
  return replaceFile(path, `${JSON.stringify(value, null, 2)}\n`, options);
}

/** As `writeJsonFile`, for a text that is made already. */
export async function replaceFile(path: string, text: string, options: WriteOptions = {}): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const next = `${target}.${process.pid}.new`;
  const mode = options.mode ?? (await modeOf(target)) ?? OWN;
  try {
    await writeFile(next, text, { mode, flag: 'wx' });
    await rename(next, target);
  } catch {
    await rm(next, { force: true }).catch(() => {});
    // A file that is mounted into a container can be written, but not replaced.
    await writeFile(target, text, { mode });
  }
}

async function modeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mode }) => mode,
    () => undefined,
  );
}
