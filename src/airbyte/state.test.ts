import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModstampError } from '../errors.ts';
import { readStates } from './state.ts';

const cursor = { system_modstamp: '2026-01-01T00:00:00.000Z' };
const stream = (name: string, stream_state: unknown = cursor, namespace?: unknown) => ({
  type: 'STREAM',
  stream: { stream_descriptor: { name, ...(namespace === undefined ? {} : { namespace }) }, stream_state },
});
const accounts = [{ stream: { name: 'accounts' }, state: cursor }];

describe('a state', () => {
  test.each([[undefined], [null], [''], [[]], [{}], [[null]], [[{}]]])('%j is none', (raw) => {
    expect(readStates(raw)).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['a list of stream states', [stream('accounts')]],
    ['a single message', stream('accounts')],
    ['messages without a type', [{ ...stream('accounts'), type: undefined }]],
    ['null members beside it', [{ ...stream('accounts', cursor, null), global: null, data: null, sourceStats: null }]],
    ['messages in their envelopes, others among them', [
      { type: 'LOG', log: { level: 'INFO', message: 'x' } },
      { type: 'STATE', state: stream('accounts') },
      { type: 'STATE', state: null },
    ]],
    ['a GLOBAL state', [{ type: 'GLOBAL', global: { shared_state: { lsn: 1 }, stream_states: [stream('accounts').stream] } }]],
    ['a LEGACY state', [{ type: 'LEGACY', data: { accounts: cursor } }]],
    ['a LEGACY state without a type', [{ data: { accounts: cursor } }]],
    ['the plain object of old', { accounts: cursor, tasks: null }],
    ['a stream more than once, the last one counting', [stream('accounts', { old: 1 }), stream('accounts')]],
    ['a stream without a state beside it', [stream('tasks', null), stream('accounts')]],
  ])('is understood as %s', (_, raw) => {
    expect(readStates(raw)).toEqual(accounts);
  }); // prettier-ignore

  test('keeps namespaces apart and what is in a state as it is', () => {
    const odd = { state_type: 'date-range', slices: [{ start: 'a', end: null }] };
    expect(readStates([stream('accounts', odd, 'a'), stream('accounts', cursor, 'b'), stream('accounts')])).toEqual([
      { stream: { name: 'accounts', namespace: 'a' }, state: odd },
      { stream: { name: 'accounts', namespace: 'b' }, state: cursor },
      ...accounts,
    ]);
  });

  test.each<[unknown, string]>([
    ['state', 'The state must be a list of state messages, got a string;'],
    [42, 'got a number;'],
    [[1, 2], 'Entry 0 of the state must be a state message, got a number;'],
    [
      [stream('accounts', 'x')],
      'The state of the stream accounts in entry 0 of the state must be an object, got a string;',
    ],
    [[{ type: 'STREAM', stream: { stream_descriptor: {} } }], 'The stream in entry 0 of the state has no name;'],
    [[{ type: 'STREAM', stream: 'accounts' }], 'The stream in entry 0 of the state must be an object, got a string;'],
    [{ accounts: 5 }, 'The state of the stream accounts in the state must be an object, got a number;'],
  ])('%j is refused in a sentence', (raw, sentence) => {
    expect(() => readStates(raw)).toThrow(sentence);
    expect(() => readStates(raw)).toThrow(expect.objectContaining({ failureType: 'config_error' }));
  });

  test("of any shape is read or refused as the configuration's fault", () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const type = fc.constantFrom('STREAM', 'GLOBAL', 'LEGACY', 'STATE', 'LOG', null, 7);
    const one = fc.record({
      stream_descriptor: fc.oneof(fc.record({ name: json, namespace: json }), json),
      stream_state: json,
    });
    const message = fc.record(
      {
        type,
        stream: fc.oneof(one, json),
        global: fc.oneof(fc.record({ stream_states: fc.array(one) }), json),
        data: json,
        state: json,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(json, message, fc.array(fc.oneof(message, json))), (raw) => {
        try {
          for (const { stream, state } of readStates(raw))
            expect([typeof stream.name, typeof state]).toEqual(['string', 'object']);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ModstampError);
          expect(thrown).toMatchObject({ failureType: 'config_error', message: expect.stringMatching(/^[A-Z].*\.$/s) });
        }
      }),
      { numRuns: 500 },
    );
  });
});
