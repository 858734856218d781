/** The Python environments that prepare.sh made for the clients we didn't write. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type Environment = 'official' | 'pyairbyte' | 'examples';

/**
 * The Python of an environment, or undefined where prepare.sh has not made it as its requirements file says today; then
 * says on stderr what is left out.
 */
export function pythonOf(environment: Environment, leavesOut: string): string | undefined {
  const cache =
    process.env['MODSTAMP_PEERS'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'modstamp-peers');
  const installed = join(cache, environment, 'installed.txt');
  const wanted = join(import.meta.dirname, `requirements-${environment}.txt`);
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(wanted, 'utf8')) {
    return join(cache, environment, 'bin/python');
  }
  process.stderr.write(
    `\nLEFT OUT: ${leavesOut}: run integration_tests/peers/prepare.sh first (needs Python 3.10 and pip).\n`,
  );
  return undefined;
}

/**
 * Runs a script of this folder to its end without stopping this process, in which the org lives.
 * @param folder working folder; PyAirbyte leaves files there
 * @throws Error with stdout and stderr in its text when the exit code is not 0, or after five minutes
 */
export async function runPython(
  python: string,
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { PATH = '' } = process.env;
  const options = { cwd: folder, env: { PATH, HOME: folder, ...env }, timeout: 300_000, maxBuffer: 256 * 1024 * 1024 };
  try {
    return (await promisify(execFile)(python, [...args], options)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${args.join(' ')} failed:\n${stdout.slice(-3000)}\n${stderr.slice(-6000)}`, { cause: error });
  }
}
