/** The Docker engine as the image tests use it: asked once, absent politely. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { tmpdir } from 'node:os';

export const baseImage = 'node:24-bookworm-slim';
export const imageTag = 'modstamp/source-salesforce:dev';
const root = resolve(import.meta.dirname, '../..');

/**
 * True where an engine answers and has the base image (or can pull it, which .ci/run has tried before). Where not, says
 * on stderr what is left out, once for each test file.
 */
export function engineIsThere(leavesOut: string): boolean {
  try {
    docker('image', 'inspect', baseImage);
    return true;
  } catch {
    process.stderr.write(`\nLEFT OUT: ${leavesOut}: no Docker engine with ${baseImage} answers here.\n`);
    return false;
  }
}

/** Builds the image from the work tree, under `imageTag`; a second call costs seconds, the layers being there. */
export function buildImage(): void {
  docker('build', '--network=host', '-q', '-t', imageTag, root);
}

/** The command that runs the image as runProgram's `command`: host network, and the files of the run at their own paths. */
export function imageCommand(...options: readonly string[]): readonly string[] {
  const folder = tmpdir();
  return ['docker', 'run', '--rm', '--network=host', `--volume=${folder}:${folder}`, ...options, imageTag];
}

/** One docker command's stdout; throws with its stderr. At most 10 minutes, which only a build on a cold cache needs. */
export function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 600_000 });
}
