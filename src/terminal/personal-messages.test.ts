import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../airbyte/protocol.ts';
import type { JsonObject } from '../json/value.ts';
import { createRedaction } from '../airbyte/redaction.ts';
import { createPersonalMessages } from './personal-messages.ts';

let folder: string;
let path: string;
let said: string[];
let secrets: readonly string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'personal-'));
  path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ refresh_token: 'old-token' }));
  said = [];
  secrets = ['old-token'];
});
afterEach(() => rmSync(folder, { recursive: true }));

const messages = (configPath = path) =>
  createPersonalMessages(configPath, {
    messages: {
      redact: (text) => createRedaction(secrets)(text),
      addSecrets: (more) => (secrets = [...secrets, ...more]),
    },
    print: async (_, text) => void said.push(text),
    level: 'INFO',
  });

const control = (config: JsonObject): Message => ({
  type: 'CONTROL',
  control: { type: 'CONNECTOR_CONFIG', connectorConfig: { config } },
});

describe('a person', () => {
  test('reads logs and errors in words, redacted and not below the level', async () => {
    const out = messages();
    out.log('DEBUG', 'unseen');
    out.log('WARN', 'the old-token is old');
    await out.send({
      type: 'TRACE',
      trace: { type: 'ERROR', error: { message: 'It broke.', failure_type: 'config_error' } },
    });
    expect(said).toEqual(['WARN: the [redacted] is old\n', 'ERROR: It broke.\n']);
  });

  test('finds a rotated refresh token in the configuration file, its mode kept, no other file left', async () => {
    chmodSync(path, 0o600);
    await messages().send(control({ refresh_token: 'new-token', kept: 1 }));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ refresh_token: 'new-token', kept: 1 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['config.json']);
    expect(said.join('')).toContain(path);
    expect(secrets).toEqual(expect.arrayContaining(['old-token', 'new-token']));
  });

  test('finds it in the file that a link points to', async () => {
    const link = join(folder, 'link.json');
    symlinkSync(path, link);
    await messages(link).send(control({ refresh_token: 'new-token' }));
    expect(readFileSync(path, 'utf8')).toContain('new-token');
    expect(readFileSync(link, 'utf8')).toContain('new-token');
  });

  test('hears of a token that could not be kept as an error', async () => {
    rmSync(path);
    const sending = messages(join(folder, 'gone', 'config.json')).send(control({ refresh_token: 'new-token' }));
    await expect(sending).rejects.toMatchObject({ failureType: 'config_error' });
    await expect(sending).rejects.toThrow('could not be written to');
  });
});
