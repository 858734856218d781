/** The bench of the transcoder alone, run as the process that it is. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Megabytes of CSV of each size; enough for half a second of the fastest contender. */
const MEGABYTES = { quick: 32, full: 64 } as const;

/** Runs `bench-transcode.js` of `dist` to its end and gives its lines. Throws where it fails. */
export async function runTranscodeBench(dist: string, quick: boolean): Promise<string> {
  const args = [join(dist, 'bench-transcode.js'), '--mb', String(quick ? MEGABYTES.quick : MEGABYTES.full)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const [lines, exitCode] = await Promise.all([text(child.stdout), ended]);
  if (exitCode !== 0) throw new Error(`The transcoder's bench ended with ${exitCode}: ${lines}`);
  return lines.trimEnd();
}
