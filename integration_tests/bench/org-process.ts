/** The practice org as a process of its own, so that none of its work is done on the event loop that measures. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PracticeOrgOptions } from '../../emulator/model.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { doorOf, type OrgUnderTest } from '../practice-org.ts';

/** Field of the wide object that the benches fill; it is cut to as many columns as are wanted. */
const FILLED_FIELDS = 768;
/** Those that the wide object has besides: Id, OwnerId, Name, the audit fields … */
const OWN_FIELDS = 12;

/** An object of 780 fields and no compound ones, so that every connector may read it by Bulk. */
export const WIDE = 'Wide__c';

export interface OrgSetup extends PracticeOrgOptions {
  /** Settings of the control door: latencyMs, jobReadyMs … */
  readonly settings?: JsonObject;
  /** Fields that the wide object is cut down to. */
  readonly wideColumns?: number;
}

/** Starts `org.js` of `folder` on a free port, sets it up, and gives its control door. The caller closes it. */
export async function startOrgProcess(folder: string, setup: OrgSetup): Promise<OrgUnderTest> {
  const { rows, seed, objects, rowsOf = {} } = setup;
  const sizes = Object.entries(rowsOf).flatMap(([name, count]) => ['--rows-of', `${name}=${count}`]);
  const args = ['--port', '0', '--rows', String(rows), '--seed', String(seed), ...sizes];
  if (objects !== undefined) args.push('--objects', String(objects));
  const child = spawn(process.execPath, [join(folder, 'org.js'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const url = await Promise.race([firstWord(child.stdout), ended.then(() => undefined)]);
  if (url === undefined) throw new Error('The practice org ended before it was there');
  const org = doorOf(url, async () => {
    child.kill('SIGTERM');
    await ended;
  });
  await org.settings({ apiMax: 100_000_000, ...setup.settings });
  if (setup.wideColumns !== undefined) await cutWide(org, setup.wideColumns);
  return org;
}

async function firstWord(output: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface(output)) return line.split(' ')[0];
  return undefined;
}

async function cutWide(org: OrgUnderTest, columns: number): Promise<void> {
  const kept = columns - OWN_FIELDS;
  if (kept < 0 || kept > FILLED_FIELDS) throw new RangeError(`${WIDE} can't have ${columns} columns`);
  const cut = Array.from({ length: FILLED_FIELDS - kept }, (_, i) => {
    const field = `Metric_${String(kept + i + 1).padStart(3, '0')}__c`;
    return { op: 'removeField', sobject: WIDE, field } as const;
  });
  if (cut.length > 0) await org.change(...cut);
}
