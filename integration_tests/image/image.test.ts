/** The image as Airbyte's launcher, PyAirbyte and plain Docker run it, against a practice org on the host's network. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { configureAll, recordData } from '../catalog.ts';
import { reasonsOf, runCheck, runDiscover, runProgram, runRead, runSpec } from '../program.ts';
import type { ProgramMessage } from '../program.ts';
import { complaintsOfMessages } from '../protocol.ts';
import { baseImage, buildImage, docker, engineIsThere, imageCommand, imageTag } from './engine.ts';

const bytesAboveBase = 80_000_000;
/** What a pod of the platform allows: uid 1000, no capability, no way to more. */
const pod = ['--user=1000:1000', '--cap-drop=ALL', '--security-opt=no-new-privileges'];

describe.runIf(engineIsThere('the image tests'))('the image', () => {
  let org: OrgUnderTest;

  beforeAll(async () => {
    buildImage();
    org = await openPracticeOrg({ rows: 40, seed: 11 });
  }, 900_000);
  afterAll(() => org?.close());

  const inspect = () =>
    (JSON.parse(docker('image', 'inspect', imageTag)) as { Size: number; Config: ImageConfig }[])[0] ?? {
      Size: 0,
      Config: {},
    };

  test('carries the two labels of a connector, and says where it comes from', () => {
    expect(inspect().Config.Labels).toMatchObject({
      'io.airbyte.name': 'modstamp/source-salesforce',
      'io.airbyte.version': process.env['npm_package_version'] ?? expect.stringMatching(/^\d+\.\d+\.\d+/),
      'org.opencontainers.image.source': 'https://github.com/modstamp/source-salesforce',
      'org.opencontainers.image.revision': 'unknown',
    });
  });

  test('holds the licences of what is bundled and the bill of materials, as the build made them', () => {
    const inside = (file: string) =>
      docker('run', '--rm', '--network=none', ...pod, '--entrypoint=cat', imageTag, `/airbyte/${file}`);
    for (const file of ['THIRD-PARTY-NOTICES.txt', 'sbom.cdx.json']) {
      expect(inside(file), file).toBe(readFileSync(resolve(import.meta.dirname, '../../dist', file), 'utf8'));
    }
  });

  test('AIRBYTE_ENTRYPOINT equals the entrypoint joined by spaces', () => {
    const { Env = [], Entrypoint = [] } = inspect().Config;
    expect(Env).toContain(`AIRBYTE_ENTRYPOINT=${Entrypoint.join(' ')}`);
  });

  test('is less than 80 MB above its base', () => {
    const [base = { Size: 0 }] = JSON.parse(docker('image', 'inspect', baseImage)) as { Size: number }[];
    expect(inspect().Size - base.Size).toBeLessThan(bytesAboveBase);
  });

  test('has the shell and the tools that the launcher calls, and runs as uid 1000', () => {
    const shell = (script: string) =>
      docker('run', '--rm', '--network=host', '--entrypoint=sh', imageTag, '-c', script);
    expect(shell('command -v sh mv sleep && id -u').trim().split('\n').at(-1)).toBe('1000');
  });

  test.each(['/source', '/config'])(
    'spec, as the launcher evaluates it in %s without any capability',
    async (folder) => {
      const command = [
        'docker',
        'run',
        '--rm',
        '--network=none',
        ...pod,
        '-w',
        folder,
        '--entrypoint=sh',
        imageTag,
        '-c',
      ];
      const run = await runProgram(['eval "$AIRBYTE_ENTRYPOINT spec"'], { command });
      expect(run).toMatchObject({ exitCode: 0, tail: '' });
      expect(run.messages[0]?.type).toBe('SPEC');
    },
  );

  test('check says what the program says', async () => {
    const good = await runCheck(org.config(), { command: imageCommand(...pod) });
    expect(good.messages.at(-1)).toEqual({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } });
    const wrong = org.config({
      credentials: { auth_type: 'oauth', client_id: 'a', client_secret: 'b', refresh_token: 'c' },
    });
    const bad = await runCheck(wrong, { command: imageCommand(...pod) });
    const outside = await runCheck(wrong);
    expect(bad.exitCode, reasonsOf(bad)).toBe(0);
    expect(statusOf(bad.messages)).toEqual(statusOf(outside.messages));
  });

  test('spec and discover give the bytes that the program gives', async () => {
    const command = imageCommand(...pod);
    expect((await runSpec({ command })).lines).toEqual((await runSpec()).lines);
    const inside = await runDiscover(org.config(), { command });
    const outside = await runDiscover(org.config());
    expect(catalogLine(inside.lines)).toBe(catalogLine(outside.lines));
  });

  test('read gives the records that the program gives', async () => {
    const catalog = configureAll(await runDiscover(org.config()), [
      'accounts',
      'contacts',
      'leads',
      'opportunities',
      'users',
    ]);
    const input = { config: org.config(), catalog };
    const inside = await runRead(input, { command: imageCommand(...pod) });
    const outside = await runRead(input);
    expect(inside.exitCode, reasonsOf(inside)).toBe(0);
    expect(complaintsOfMessages(inside)).toEqual([]);
    expect(recordData(inside)).toEqual(recordData(outside));
    expect(recordData(inside).length).toBeGreaterThan(0);
  });

  test('read, as the launcher evaluates it by sh in /source, gives them too', async () => {
    const catalog = configureAll(await runDiscover(org.config()), ['accounts', 'users']);
    const command = imageCommand(...pod, '-w', '/source', '--entrypoint=sh');
    const launched = await runProgram(
      ['-c', 'eval "$AIRBYTE_ENTRYPOINT read --config $0 --catalog $1"', 'connectorConfig.json', 'catalog.json'],
      { command, files: { 'connectorConfig.json': org.config(), 'catalog.json': catalog } },
    );
    expect(launched.exitCode, reasonsOf(launched)).toBe(0);
    expect(recordData(launched)).toEqual(recordData(await runRead({ config: org.config(), catalog })));
  });

  test('SIGTERM ends a read at once, with exit code 143 and no half line', async () => {
    const catalog = configureAll(await runDiscover(org.config()), ['accounts']);
    await org.fault({ path: '/query', delayMs: 60_000, times: 0 });
    const name = `modstamp-test-${process.pid}`;
    const started = performance.now();
    const running = runRead({ config: org.config(), catalog }, { command: imageCommand('--name', name) });
    await new Promise((wake) => setTimeout(wake, 3000));
    docker('kill', '--signal=TERM', name);
    const run = await running;
    await org.clearFaults();
    expect(run).toMatchObject({ exitCode: 143, tail: '' });
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

interface ImageConfig {
  readonly Labels?: Record<string, string>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
}

const statusOf = (messages: readonly ProgramMessage[]) =>
  messages.find((message) => message.type === 'CONNECTION_STATUS');
const catalogLine = (lines: readonly string[]) => lines.find((line) => line.startsWith('{"type":"CATALOG"'));
