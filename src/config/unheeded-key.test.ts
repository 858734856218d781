import { expect, test } from 'vitest';
import { unheededKeys } from './unheeded-key.ts';

test('keys that change nothing are named: those of the official connector, and near misses of ours', () => {
  const config = {
    credentials: { auth_type: 'oauth', client_id: 'i', refresh_tokn: 'r' },
    stream_slice_step: 'P30D',
    force_use_bulk_api: false,
    hard_delete: true,
    schemaname: 'x',
    __injected_by_host: 1,
  };
  expect(unheededKeys(config)).toEqual([
    expect.stringMatching(/^The configuration's stream_slice_step has no effect: /),
    expect.stringMatching(/^The configuration's force_use_bulk_api has no effect: /),
    'The configuration has an unknown key hard_delete (did you mean hard_deletes?); it is ignored.',
    'The configuration has an unknown key schemaname (did you mean schema_name?); it is ignored.',
    'The configuration has an unknown key credentials.refresh_tokn (did you mean refresh_token?); it is ignored.',
  ]);
});

test('a configuration of known keys has none, also with the login at the top level', () => {
  expect(unheededKeys({ auth_type: 'Client', client_id: 'i', refresh_token: 'r', num_workers: 3 })).toEqual([]);
});
