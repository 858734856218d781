/** Airbyte's own generated models of the protocol parse everything that the program says: a second judge beside our schema. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configureAll } from '../catalog.ts';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { runCheck, runDiscover, runRead, runSpec } from '../program.ts';
import type { ProgramRun } from '../program.ts';
import { pythonOf, runPython } from './python.ts';

const python = pythonOf('pyairbyte', "Airbyte's own protocol models");
const script = join(import.meta.dirname, 'protocol_models.py');

describe.runIf(python !== undefined)("Airbyte's protocol models", () => {
  let org: OrgUnderTest;
  let folder: string;
  beforeAll(async () => {
    org = await openPracticeOrg({ rows: 4, seed: 101 });
    await org.settings({ rotateRefreshToken: true });
    folder = mkdtempSync(join(tmpdir(), 'modstamp-models-'));
  });
  afterAll(async () => {
    await org?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The models' verdict on the lines of runs; rejects with what they refuse. */
  async function judge(...lines: readonly string[]): Promise<void> {
    const path = join(folder, 'lines.jsonl');
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
    await runPython(python ?? '', folder, [script, path]);
  }

  test('parse every message of spec, check, discover, a whole read and a failed one', async () => {
    let config = org.config();
    const check = await runCheck(config);
    config = rotated(check, config);
    const discovered = await runDiscover(config);
    config = rotated(discovered, config);
    const catalog = configureAll(discovered);
    const read = await runRead({ config, catalog }, { env: { LOG_LEVEL: 'DEBUG' } });
    await org.fault({
      path: 'FROM Lead\\b',
      times: 0,
      status: 400,
      body: [{ errorCode: 'INVALID_TYPE', message: 'gone' }],
    });
    const failed = await runRead({ config: rotated(read, config), catalog });
    const runs = [await runSpec(), check, discovered, read, failed];
    const kinds = new Set(runs.flatMap(({ messages }) => messages.map(({ type }) => type)));
    expect([...kinds].sort()).toEqual([
      'CATALOG',
      'CONNECTION_STATUS',
      'CONTROL',
      'LOG',
      'RECORD',
      'SPEC',
      'STATE',
      'TRACE',
    ]);
    await judge(...runs.flatMap(({ lines }) => lines));
  });

  test('refuse a message that is none, or this would prove nothing', async () => {
    await expect(judge('{"type":"RECORD","record":{"stream":"a","data":[],"emitted_at":1}}')).rejects.toThrow(/line 1/);
  });
});

/** The config with the refresh token of the run's last CONTROL, as a host keeps it. */
function rotated(run: ProgramRun, config: ReturnType<OrgUnderTest['config']>): ReturnType<OrgUnderTest['config']> {
  return run.messages.reduce(
    (config, message) => (message.type === 'CONTROL' ? message.control.connectorConfig.config : config),
    config,
  );
}
