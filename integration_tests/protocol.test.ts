/** The judge of messages is judged: each rule of the protocol has a message that breaks it, and is caught. */
import { describe, expect, test } from 'vitest';
import type { AirbyteStream } from '../src/airbyte/protocol.ts';
import type { ProgramMessage, ProgramRun } from './program.ts';
import { complaintsOfMessages, complaintsOfOrder, complaintsOfRecords } from './protocol.ts';

const stamp = 1_790_000_000_000;
const accounts: AirbyteStream = {
  name: 'accounts',
  json_schema: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: true,
    properties: {
      id: { type: ['null', 'string'] },
      employees: { type: ['null', 'integer'] },
      system_modstamp: { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' },
      opens: { type: ['null', 'string'], format: 'time', airbyte_type: 'time_without_timezone' },
    },
  },
  supported_sync_modes: ['full_refresh', 'incremental'],
  source_defined_primary_key: [['id']],
};
const catalog = { streams: [accounts] };

function runOf(...lines: readonly string[]): ProgramRun {
  const messages = lines.map((line) => JSON.parse(line) as ProgramMessage);
  return { args: [], exitCode: 0, signal: null, lines, tail: '', messages, stderr: '', elapsedMs: 0, peakRssBytes: 0 };
}

const record = (data: string, stream = 'accounts', at = stamp) =>
  `{"type":"RECORD","record":{"stream":"${stream}","data":${data},"emitted_at":${at}}}`;
const status = (value: string, stream = 'accounts') =>
  `{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":${stamp},"stream_status":{"stream_descriptor":{"name":"${stream}"},"status":"${value}"}}}`;
const state = (count: number, cursor = 'a', stream = 'accounts') =>
  `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"${stream}"},"stream_state":{"system_modstamp":"${cursor}"}},"sourceStats":{"recordCount":${count}.0}}}`;

describe('messages', () => {
  test.each([
    ['a record', record('{"id":"1"}')],
    ['a state', state(3)],
    ['a status', status('RUNNING')],
    [
      'a rate limit',
      status('RUNNING').replace(
        '"RUNNING"',
        '"RUNNING","reasons":[{"type":"RATE_LIMITED","rate_limited":{"quota_reset":1}}]',
      ),
    ],
    ['a log', '{"type":"LOG","log":{"level":"WARN","message":"x"}}'],
    ['a failed check', '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"x"}}'],
    ['a member that nobody knows', '{"type":"LOG","log":{"level":"WARN","message":"x","colour":"red"},"future":1}'],
  ])('%s is accepted', (_, line) => {
    expect(complaintsOfMessages(runOf(line))).toEqual([]);
  });

  test.each([
    ['an unknown type', '{"type":"RECORDS"}'],
    ['a record without payload', '{"type":"RECORD"}'],
    ['a record with empty data', record('{}')],
    ['a null namespace', record('{"id":"1"}').replace('"stream"', '"namespace":null,"stream"')],
    ['emitted_at in seconds', record('{"id":"1"}', 'accounts', 1_790_000_000)],
    ['a legacy state', '{"type":"STATE","state":{"type":"LEGACY","data":{}}}'],
    ['a state without type', state(1).replace('"type":"STREAM",', '')],
    ['a state without count', state(1).replace(/,"sourceStats":.*\}\}\}/, '}}')],
    ['an empty state', state(1).replace('{"system_modstamp":"a"}', '{}')],
    ['an unknown status', status('DONE')],
    ['a log level of another world', '{"type":"LOG","log":{"level":"WARNING","message":"x"}}'],
    [
      'an error without failure type',
      `{"type":"TRACE","trace":{"type":"ERROR","emitted_at":${stamp},"error":{"message":"x"}}}`,
    ],
    ['a FAILED without a word', '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED"}}'],
    ['the payload under the wrong key', '{"type":"CONNECTION_STATUS","connection_status":{"status":"SUCCEEDED"}}'],
    [
      'a catalog stream without modes',
      '{"type":"CATALOG","catalog":{"streams":[{"name":"a","json_schema":{"type":"object","properties":{}},"supported_sync_modes":[]}]}}',
    ],
    [
      'protocol version 1',
      '{"type":"SPEC","spec":{"protocol_version":"1.0.0","connectionSpecification":{"type":"object","properties":{}}}}',
    ],
  ])('%s is caught', (_, line) => {
    expect(complaintsOfMessages(runOf(line))).toHaveLength(1);
  });

  test('half a line, and messages on stderr, are caught', () => {
    expect(complaintsOfMessages({ ...runOf(), tail: '{"type":' })).toHaveLength(1);
    expect(complaintsOfMessages({ ...runOf(), stderr: `x\n${state(1)}\n` })).toHaveLength(1);
  });
});

describe('records', () => {
  test('values of the declared types are accepted, nulls too', () => {
    const lines = [
      record('{"id":"1","employees":12,"system_modstamp":"2026-11-23T10:00:00.000Z","opens":"10:00:00.000"}'),
      record('{"id":"2","employees":null,"system_modstamp":null,"opens":null}'),
      record('{"id":"\\"employees\\":1.5"}'),
    ];
    expect(complaintsOfRecords(runOf(...lines), catalog)).toEqual([]);
  });

  test.each([
    ['a fraction where an integer is declared', record('{"id":"1","employees":12.5}')],
    ['12.0 where an integer is declared', record('{"id":"1","employees":12.0}')],
    ["Salesforce's own offset", record('{"id":"1","system_modstamp":"2026-11-23T10:00:00.000+0000"}')],
    ['a day that does not exist', record('{"id":"1","system_modstamp":"2026-13-23T10:00:00.000Z"}')],
    ['a time with zone', record('{"id":"1","opens":"10:00:00.000Z"}')],
    ['a column that is not declared', record('{"id":"1","colour":"red"}')],
    ['a null key', record('{"id":null}')],
    ['a stream that is not in the catalog', record('{"id":"1"}', 'leads')],
  ])('%s is caught', (_, line) => {
    expect(complaintsOfRecords(runOf(line), catalog)).toHaveLength(1);
  });

  test('columns that are not declared pass where that is asked', () => {
    expect(complaintsOfRecords(runOf(record('{"id":"1","colour":"red"}')), catalog, { extraColumns: 'allow' })).toEqual(
      [],
    );
  });
});

describe('order', () => {
  const whole = [
    status('STARTED'),
    status('RUNNING'),
    record('{"id":"1"}'),
    state(1),
    state(0, 'b'),
    status('COMPLETE'),
  ];

  test('a whole life is accepted', () => {
    expect(complaintsOfOrder(runOf(...whole), catalog)).toEqual([]);
  });

  test('a failed life may end after its start', () => {
    expect(complaintsOfOrder(runOf(status('STARTED'), status('INCOMPLETE')), catalog)).toEqual([]);
  });

  test.each<[string, readonly number[] | readonly string[]]>([
    ['without STARTED', [1, 2, 3, 4, 5]],
    ['without RUNNING', [0, 2, 3, 4, 5]],
    ['without end', [0, 1, 2, 3, 4]],
    ['with a record after its last state', [0, 1, 2, 3, 2, 5]],
    ['with a record after COMPLETE', [0, 1, 2, 3, 4, 5, 2]],
    ['with a state after COMPLETE', [0, 1, 2, 3, 5, 4]],
    ['with a wrong count', [0, 1, 2, 2, 3, 4, 5]],
    ['without a state', [0, 1, 5]],
    ['with the same state twice and records between', [0, 1, 2, 3, 2, 3, 5]],
    ['never started', []],
  ])('a life %s is caught', (_, picks) => {
    const lines = picks.map((pick) => whole[Number(pick)] ?? '');
    expect(complaintsOfOrder(runOf(...lines), catalog)).not.toEqual([]);
  });

  test('times that go back are caught', () => {
    const lines = [
      status('STARTED'),
      status('RUNNING'),
      record('{"id":"1"}'),
      record('{"id":"2"}', 'accounts', stamp - 1),
      state(2),
      status('COMPLETE'),
    ];
    expect(complaintsOfOrder(runOf(...lines), catalog)).toEqual(['line 4, accounts: emitted_at goes back']);
  });
});
