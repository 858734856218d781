/** The example for Airbyte's API, run against a server that answers as Airbyte does; the one for Terraform, parsed. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import segmentCollections from '../../catalogs/segment-collections.json' with { type: 'json' };
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import { pythonOf, runPython } from '../peers/python.ts';
import { openPracticeOrg } from '../practice-org.ts';
import { discoverStreams } from '../sync/sync.ts';

interface Sent {
  readonly path: string;
  readonly authorization: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const root = resolve(import.meta.dirname, '../..');
const script = join(root, 'examples/airbyte-api/add-to-airbyte.sh');
const python = pythonOf('examples', 'the judges of the examples (Kubernetes, Terraform, the API of Airbyte)');
/** What the source offers: two of the 48 are missing. */
const offered = Object.values(segmentCollections).filter((name) => name !== 'account_tags' && name !== 'users');
const everyThreeHours = '0 0 0/3 * * ?';

let server: Server;
let folder: string;
let sent: Sent[];

const answers: Readonly<Record<string, object>> = {
  'applications/token': { access_token: 'token-1', token_type: 'Bearer', expires_in: 900 },
  'workspaces/workspace-1/definitions/sources': { id: 'definition-1', name: 'Salesforce (Modstamp)' },
  sources: { sourceId: 'source-1', name: 'Salesforce' },
  connections: { connectionId: 'connection-1', sourceId: 'source-1' },
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'modstamp-airbyte-'));
  sent = [];
  server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') return answerStreams(request, response);
  const path = (request.url ?? '').replace('/api/public/v1/', '');
  const body = JSON.parse(await text(request)) as Sent['body'];
  sent.push({ path, authorization: request.headers.authorization ?? '', body });
  response.writeHead(path in answers ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answers[path] ?? { detail: `no ${path}` }, null, 2));
}

/** As Airbyte lists the streams of a source: minified, streams that nobody has asked for among them. */
function answerStreams(request: IncomingMessage, response: ServerResponse): void {
  const isAllowed = request.headers.authorization === 'Bearer token-1';
  const isKnown = request.url === '/api/public/v1/streams?sourceId=source-1&destinationId=destination-1';
  response.writeHead(isAllowed && isKnown ? 200 : 404, { 'content-type': 'application/json' });
  const streams = [...offered, 'dashboards_of_mine'].map((streamName) => ({ streamName, syncModes: ['full_refresh_overwrite'], propertyFields: [['id']] })); // prettier-ignore
  response.end(JSON.stringify(streams));
}

async function addToAirbyte(workspace = 'workspace-1'): Promise<{ stdout: string }> {
  const { port } = server.address() as AddressInfo;
  const env = {
    PATH: process.env['PATH'] ?? '',
    AIRBYTE_URL: `http://127.0.0.1:${port}`,
    AIRBYTE_CLIENT_ID: 'id',
    AIRBYTE_CLIENT_SECRET: 'secret',
    WORKSPACE_ID: workspace,
    DESTINATION_ID: 'destination-1',
  };
  return promisify(execFile)('sh', [script, join(root, 'examples/config.json')], { env });
}

/** In the words of Airbyte's public API. */
function syncModeOf({ supported_sync_modes, source_defined_primary_key }: AirbyteStream): string {
  if (!supported_sync_modes.includes('incremental')) return 'full_refresh_overwrite';
  return source_defined_primary_key ? 'incremental_deduped_history' : 'incremental_append';
}

function specComplaints(configuration: unknown): unknown {
  const spec = JSON.parse(readFileSync(join(root, 'spec.json'), 'utf8')) as { connectionSpecification: object };
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
    spec.connectionSpecification,
  );
  return validate(configuration) ? null : validate.errors;
}

describe('examples/airbyte-api', () => {
  test('makes definition, source and connection, each with what the one before answered', async () => {
    const { stdout } = await addToAirbyte();
    expect(stdout).toBe('connection-1\n');
    expect(sent.map(({ path }) => path)).toEqual(Object.keys(answers));
    expect(sent.slice(1).map(({ authorization }) => authorization)).toEqual(Array(3).fill('Bearer token-1'));
    const [, definition, source, connection] = sent.map(({ body }) => body);
    expect(definition).toMatchObject({ dockerRepository: 'modstamp/source-salesforce', dockerImageTag: 'latest' });
    expect(source).toMatchObject({ workspaceId: 'workspace-1', definitionId: 'definition-1' });
    expect(connection).toMatchObject({
      sourceId: 'source-1',
      destinationId: 'destination-1',
      schedule: { scheduleType: 'cron', cronExpression: everyThreeHours },
    });
  });

  test('its configuration is valid by spec.json, and its streams are collections that the connector has', async () => {
    await addToAirbyte();
    expect(specComplaints(sent[2]?.body['configuration'])).toBeNull();
    const { streams } = (sent[3]?.body['configurations'] ?? { streams: [] }) as { streams: { name: string }[] };
    expect(streams.map(({ name }) => name).toSorted()).toEqual(offered.toSorted());
  });

  test('streams.json has what streams_preset: segment offers, merged by key where it can be (UPDATE_DOCS=1 writes it)', async () => {
    const org = await openPracticeOrg({ rows: 1, seed: 1 });
    const streams = await discoverStreams(org.config({ streams_preset: 'segment' })).finally(org.close);
    expect([...streams.keys()].toSorted()).toEqual(Object.values(segmentCollections).toSorted());
    const lines = [...streams.values()].map((stream) => {
      const syncMode = syncModeOf(stream);
      return `    { "name": "${stream.name}", "syncMode": "${syncMode}" }`;
    });
    const written = `{\n  "streams": [\n${lines.join(',\n')}\n  ]\n}\n`;
    const file = join(root, 'examples/airbyte-api/streams.json');
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, written);
    expect(readFileSync(file, 'utf8')).toBe(written);
  });

  test('stops at the first refusal and shows the answer', async () => {
    const refused = addToAirbyte('workspace-2');
    await expect(refused).rejects.toMatchObject({ stderr: expect.stringContaining('404') });
    expect(sent).toHaveLength(2);
  });

  test.runIf(python !== undefined)('Airbyte knows every member that it sends', async () => {
    await addToAirbyte();
    const file = join(folder, 'requests.jsonl');
    writeFileSync(file, sent.map((request) => `${JSON.stringify(request)}\n`).join(''));
    const judged = await runPython(python ?? '', folder, [join(import.meta.dirname, 'judge.py'), 'airbyte', file]);
    expect(JSON.parse(judged)).toEqual(Object.keys(answers).slice(1));
  });
});

describe('examples/terraform', () => {
  test.runIf(python !== undefined)('parses; its configuration has keys of spec.json only', async () => {
    const file = join(root, 'examples/terraform/main.tf');
    const parsed = await runPython(python ?? '', folder, [join(import.meta.dirname, 'judge.py'), 'terraform', file]);
    const { resource } = JSON.parse(parsed.replaceAll('\\"', '')) as {
      resource: Record<string, Record<string, Record<string, string>>>[];
    };
    const [source, connection] = resource.map((each) => Object.values(Object.values(each)[0] ?? {})[0] ?? {});
    const keys = [...(source?.['configuration'] ?? '').replaceAll(/= \{[^}]*\}/g, '=').matchAll(/(\w+) =/g)];
    const spec = JSON.parse(readFileSync(join(root, 'spec.json'), 'utf8')) as {
      connectionSpecification: { properties: object };
    };
    expect(keys.length).toBeGreaterThan(2);
    for (const [, key = ''] of keys) expect(Object.keys(spec.connectionSpecification.properties)).toContain(key);
    expect(connection?.['schedule']).toMatchObject({ cron_expression: everyThreeHours });
  });
});
