import { expect, test } from 'vitest';
import { createTokenKeeper } from './control.ts';
import type { Message } from './protocol.ts';
import type { JsonObject } from '../json/value.ts';

test.each<[string, JsonObject, JsonObject]>([
  [
    'in credentials',
    { credentials: { auth_type: 'oauth', refresh_token: 'old', mine: 1 }, refresh_token: 'unused', extra: [null] },
    { credentials: { auth_type: 'oauth', refresh_token: 'new', mine: 1 }, refresh_token: 'unused', extra: [null] },
  ],
  [
    'at the top level',
    { auth_type: 'Client', refresh_token: 'old', credentials: null, extra: { a: '' } },
    { auth_type: 'Client', refresh_token: 'new', credentials: null, extra: { a: '' } },
  ],
])('a new refresh token goes where the old one stood, %s, everything else as it came', async (_, raw, config) => {
  const sent: Message[] = [];
  const keep = createTokenKeeper(raw, { send: async (message) => void sent.push(message) });
  await keep('new');
  expect(sent).toEqual([{ type: 'CONTROL', control: { type: 'CONNECTOR_CONFIG', connectorConfig: { config } } }]);
});

test('it is kept only when the message is out', async () => {
  let out: () => void = () => {};
  let kept = false;
  const keep = createTokenKeeper({}, { send: () => new Promise((resolve) => (out = resolve)) });
  const keeping = keep('new').then(() => (kept = true));
  await new Promise((wake) => setTimeout(wake, 10));
  expect(kept).toBe(false);
  out();
  await keeping;
  expect(kept).toBe(true);
});
