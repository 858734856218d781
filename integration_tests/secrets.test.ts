/** The search for secrets finds them in every dress that it names, and nothing else. */
import { describe, expect, test } from 'vitest';
import type { ProgramRun } from './program.ts';
import { complaintsOfSecrets } from './secrets.ts';

const config = {
  credentials: {
    auth_type: 'oauth',
    client_id: 'the-client',
    client_secret: 'p&ss "w=rd"',
    refresh_token: '5Aep861~/x',
  },
};

function runOf(lines: readonly string[], stderr = ''): ProgramRun {
  return {
    args: ['check'],
    exitCode: 0,
    signal: null,
    lines,
    tail: '',
    messages: [],
    stderr,
    elapsedMs: 0,
    peakRssBytes: 0,
  };
}

describe('complaintsOfSecrets', () => {
  test.each<[string, ProgramRun]>([
    ['as it is', runOf([], 'token 5Aep861~/x refused')],
    ['inside JSON', runOf([JSON.stringify({ type: 'LOG', log: { message: 'p&ss "w=rd"' } })])],
    ['URL-encoded', runOf([`{"x":"client_secret=${encodeURIComponent('p&ss "w=rd"')}&a=b"}`])],
    ['in base64, with a neighbour', runOf([Buffer.from('5Aep861~/x:more').toString('base64')])],
    ['a session id', runOf(['{"x":"Bearer 00D5f000000abcdEAA!AQEAQPx8abcdefgh"}'])],
    ['a JWT', runOf(['{"x":"assertion=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJjbGllbnQifQ.c2lnbmF0dXJl"}'])],
  ])('a secret is found %s', (_, run) => {
    expect(complaintsOfSecrets(run, config)).toHaveLength(1);
  });

  test('what is no secret may be said, and CONTROL may carry the config', () => {
    const control = JSON.stringify({ type: 'CONTROL', control: { connectorConfig: { config } } });
    expect(complaintsOfSecrets(runOf([control, '{"x":"the-client of org 00D5f000000abcdEAA"}']), config)).toEqual([]);
  });
});
