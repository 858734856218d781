import { describe, expect, test } from 'vitest';
import { readStates } from './state.ts';
import { withoutStreams } from './state-file.ts';

const state = { cursor: '2026-01-01T00:00:00.000Z' };
const stream = (name: string, namespace?: string) => ({
  type: 'STREAM',
  stream: { stream_descriptor: { name, ...(namespace && { namespace }) }, stream_state: state },
});
const isAccounts = ({ name }: { name: string }) => name === 'accounts';

describe('a state file without a stream', () => {
  test.each<[string, unknown, unknown]>([
    ['a list', [stream('accounts'), stream('leads', 'crm')], [stream('leads', 'crm')]],
    ['envelopes among other messages', [{ type: 'LOG', log: {} }, { type: 'STATE', state: stream('accounts') }, { type: 'STATE', state: stream('leads') }], [{ type: 'LOG', log: {} }, { type: 'STATE', state: stream('leads') }]],
    ['a single message', stream('accounts'), undefined],
    ['a single message of another stream', stream('leads'), stream('leads')],
    ['a global state', { type: 'GLOBAL', global: { shared_state: {}, stream_states: [stream('accounts').stream, stream('leads').stream] } }, { type: 'GLOBAL', global: { shared_state: {}, stream_states: [stream('leads').stream] } }],
    ['a legacy message', { type: 'LEGACY', data: { accounts: state, leads: state } }, { type: 'LEGACY', data: { leads: state } }],
    ['the old plain object', { accounts: state, leads: state }, { leads: state }],
    ['nothing', null, null],
  ])('keeps the form of %s', (_, before, after) => {
    expect(withoutStreams(before, isAccounts)).toEqual(after);
    expect(readStates(withoutStreams(before, isAccounts)).map((each) => each.stream.name)).not.toContain('accounts');
  }); // prettier-ignore
});
