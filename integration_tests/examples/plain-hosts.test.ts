/** The examples for cron and Kubernetes, run step by step against a practice org; what their hosts do is stood in for. */
import { execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pythonOf, runPython } from '../peers/python.ts';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { programPath } from '../program.ts';

const root = resolve(import.meta.dirname, '../..');
const destination = join(import.meta.dirname, 'destination.mjs');
const python = pythonOf('examples', 'the judges of the examples (Kubernetes, Terraform, the API of Airbyte)');

let org: OrgUnderTest;
let folder: string;

beforeEach(async () => {
  // An org for each test: what one changes would come again to the next, within the lookback window.
  org = await openPracticeOrg({ rows: 30, seed: 5 });
  folder = mkdtempSync(join(tmpdir(), 'modstamp-host-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(org.config()));
  writeFileSync(join(folder, 'destination.json'), JSON.stringify({ file: join(folder, 'landed.jsonl') }));
});
afterEach(async () => {
  await org.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Rows that have arrived since the last call, by stream. */
function landed(): Map<string, Set<unknown>> {
  const file = join(folder, 'landed.jsonl');
  const byStream = new Map<string, Set<unknown>>();
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const { stream, id } = JSON.parse(line) as { stream: string; id: unknown };
    byStream.set(stream, (byStream.get(stream) ?? new Set()).add(id));
  }
  rmSync(file);
  return byStream;
}

const states = (): unknown[] => JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as unknown[];

describe('examples/cron', () => {
  async function sync(): Promise<{ stderr: string }> {
    const bin = join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    copyFileSync(join(import.meta.dirname, 'docker.mjs'), join(bin, 'docker'));
    chmodSync(join(bin, 'docker'), 0o755);
    const env = {
      PATH: `${bin}:${process.env['PATH']}`,
      MODSTAMP_PROGRAM: programPath,
      DESTINATION_PROGRAM: destination,
      DESTINATION_IMAGE: 'a/destination',
    };
    return promisify(execFile)('sh', [join(root, 'examples/cron/sync.sh'), folder], { env, maxBuffer: 1 << 28 });
  }

  test('the first run brings everything, the second what has changed', async () => {
    await sync();
    const first = landed();
    expect(first.get('accounts')?.size).toBe((await org.rows('Account')).length);
    expect(first.size).toBeGreaterThan(40);
    const [id] = await org.change({ op: 'insert', sobject: 'Account', rows: [{ Name: 'Landed Later' }] });
    await sync();
    const second = landed();
    expect([...(second.get('accounts') ?? [])]).toEqual([id]);
    expect(second.has('contacts')).toBe(false);
    expect(states().length).toBeGreaterThan(40);
  });

  test('a refresh token that is replaced at each login is kept for the next run', async () => {
    await org.settings({ rotateRefreshToken: true });
    const before = readFileSync(join(folder, 'config.json'), 'utf8');
    // The login of the catalog tells its token too, which the next login needs.
    await sync();
    const between = readFileSync(join(folder, 'config.json'), 'utf8');
    await sync();
    const after = readFileSync(join(folder, 'config.json'), 'utf8');
    expect(new Set([before, between, after].map((text) => JSON.parse(text).credentials.refresh_token)).size).toBe(3);
    expect(landed().size).toBeGreaterThan(40);
  });

  test('a stream that fails is told by the exit code; what the others brought and their states are kept', async () => {
    await org.fault({ path: 'FROM(%20|\\+)Contact(%20|\\+|$)', status: 403, times: 0, body: [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'no' }] }); // prettier-ignore
    await expect(sync()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('source: exit code 1') });
    const first = landed();
    expect(first.has('contacts')).toBe(false);
    expect(first.get('accounts')?.size).toBeGreaterThan(20);
    await org.clearFaults();
    await sync();
    const second = landed();
    expect(second.get('contacts')?.size).toBe((await org.rows('Contact')).length);
    expect(second.has('accounts')).toBe(false);
  });

  test('a catalog that could not be made ends the script, and the next run makes it', async () => {
    const config = readFileSync(join(folder, 'config.json'));
    writeFileSync(join(folder, 'config.json'), '{}');
    await expect(sync()).rejects.toMatchObject({ code: 1, stderr: expect.not.stringContaining('number-run.mjs') });
    for (const file of ['catalog.json', 'state.json', 'run-catalog.json', 'landed.jsonl']) {
      expect(existsSync(join(folder, file)), file).toBe(false);
    }
    writeFileSync(join(folder, 'config.json'), config);
    await sync();
    expect(landed().size).toBeGreaterThan(40);
  });

  test('a run that finds the one before still busy leaves it alone', async () => {
    const busy = 'exec flock "$1" sh -c "echo held; read _"';
    const holder = spawn('sh', ['-c', busy, 'sh', join(folder, 'lock')], { stdio: ['pipe', 'pipe', 'inherit'] }); // prettier-ignore
    await new Promise((held) => holder.stdout.once('data', held));
    await expect(sync()).rejects.toMatchObject({ code: 75, stderr: expect.stringContaining('still running') });
    holder.stdin.end('\n');
  });
});

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
}

describe.runIf(python !== undefined)('examples/kubernetes', () => {
  let containers: readonly Container[];

  beforeAll(async () => {
    const file = join(root, 'examples/kubernetes/cronjob.yaml');
    const judge = join(import.meta.dirname, 'judge.py');
    const documents = JSON.parse(await runPython(python ?? '', tmpdir(), [judge, 'kubernetes', file])) as {
      kind: string;
      spec: { schedule: string; jobTemplate: { spec: { template: { spec: Record<string, Container[]> } } } };
    }[];
    expect(documents.map(({ kind }) => kind)).toEqual(['PersistentVolumeClaim', 'CronJob']);
    expect(documents[1]?.spec.schedule).toBe('0 */3 * * *');
    const pod = documents[1]?.spec.jobTemplate.spec.template.spec ?? {};
    containers = [...(pod['initContainers'] ?? []), ...(pod['containers'] ?? [])];
  });

  /** Runs the pod's steps in order, as the kubelet would: the next one only after the one before has succeeded. */
  async function runPod(): Promise<number> {
    const mounts = { '/config': folder, '/sync': folder, '/messages': join(folder, 'messages'), '/scripts': join(root, 'examples') }; // prettier-ignore
    rmSync(mounts['/messages'], { recursive: true, force: true });
    mkdirSync(mounts['/messages']);
    for (const { image, command, args } of containers) {
      const program = image.startsWith('modstamp/') ? programPath : destination;
      const local = [...command, ...args].map((arg) => arg.replaceAll(/(?<=^|[\s"'])\/(config|sync|messages|scripts)\b/g, (path) => mounts[path as keyof typeof mounts])); // prettier-ignore
      const env = { PATH: process.env['PATH'] ?? '', AIRBYTE_ENTRYPOINT: `${process.execPath} ${program}` };
      try {
        await promisify(execFile)(local[0] ?? '', local.slice(1), { env, maxBuffer: 1 << 28 });
      } catch (error) {
        return (error as { code: number }).code;
      }
    }
    return 0;
  }

  test('the manifest passes the schemas of Kubernetes, and its steps bring first everything, then what has changed', async () => {
    expect(await runPod()).toBe(0);
    expect(landed().get('accounts')?.size).toBe((await org.rows('Account')).length);
    const [id] = await org.change({ op: 'insert', sobject: 'Account', rows: [{ Name: 'Landed Later' }] });
    expect(await runPod()).toBe(0);
    expect([...(landed().get('accounts') ?? [])]).toEqual([id]);
  });

  test('a failed read fails the job, after what it had has been delivered and its states kept', async () => {
    await org.fault({ path: 'FROM(%20|\\+)Contact(%20|\\+|$)', status: 403, times: 0, body: [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'no' }] }); // prettier-ignore
    expect(await runPod()).toBe(1);
    const first = landed();
    expect(first.get('accounts')?.size).toBeGreaterThan(20);
    expect(states().length).toBeGreaterThan(40);
  });
});

const pyairbyte = pythonOf('pyairbyte', 'the PyAirbyte example');

describe.runIf(pyairbyte !== undefined)('examples/pyairbyte', () => {
  test('runs as it stands: the tables hold what the org has, also after a change', async () => {
    const script = join(root, 'examples/pyairbyte/sync.py');
    const args = [script, join(folder, 'config.json'), '--executable', programPath];
    const env = { AIRBYTE_OFFLINE_MODE: '1', DO_NOT_TRACK: '1' };
    const count = async () => /^accounts: (\d+) rows/m.exec(await runPython(pyairbyte ?? '', folder, args, env))?.[1];
    expect(Number(await count())).toBe((await org.rows('Account')).length);
    await org.change({ op: 'insert', sobject: 'Account', rows: [{ Name: 'One more' }] });
    expect(Number(await count())).toBe((await org.rows('Account')).length);
  }, 300_000);
});
