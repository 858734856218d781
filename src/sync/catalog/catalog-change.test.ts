import { describe, expect, it } from 'vitest';
import type { AirbyteStream, PropertySchema } from '../../airbyte/protocol.ts';
import { compareCatalog } from './catalog-change.ts';
import { readListed } from './listed-stream.ts';

const text: PropertySchema = { type: ['null', 'string'] };
const now: AirbyteStream = {
  name: 'users',
  json_schema: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: true,
    properties: {
      id: { ...text, 'x-field': 'Id' },
      is_active: { type: ['null', 'boolean'], 'x-field': 'IsActive' },
      last_login_date: { ...text, format: 'date-time', 'x-field': 'LastLoginDate' },
    },
    'x-sobject': 'User',
  },
  supported_sync_modes: ['full_refresh'],
};
const offer = new Map([
  ['User', 'users'],
  ['Lead', 'leads'],
]);
const changesOf = (catalog: unknown) => {
  const listed = readListed(catalog);
  return compareCatalog(
    new Map(listed.map((stream) => [stream, stream.name.toLowerCase().startsWith('user') ? 'User' : undefined])),
    offer,
    [now],
  );
};
const catalog = (name: string, properties: Record<string, unknown>) => ({
  streams: [{ stream: { name, json_schema: { properties } }, sync_mode: 'full_refresh' }],
});

describe('compareCatalog', () => {
  it('finds what came, what went and what changed its type', () => {
    expect(
      changesOf(
        catalog('users', { id: text, is_active: text, user_permissions_mobile_user: { type: ['null', 'boolean'] } }),
      ),
    ).toEqual([
      { change: 'added', collection: 'leads' },
      { change: 'retyped', collection: 'users', property: 'is_active', before: 'string', after: 'boolean' },
      { change: 'added', collection: 'users', property: 'last_login_date', after: 'string date-time' },
      { change: 'removed', collection: 'users', property: 'user_permissions_mobile_user', before: 'boolean' },
    ]);
  });

  it('finds collections that the org no longer has', () => {
    expect(changesOf(catalog('assistant_recommendations', {}))).toContainEqual({
      change: 'removed',
      collection: 'assistant_recommendations',
    });
  });

  it('matches by the field behind a property, so that another dialect is a renaming', () => {
    const api = catalog('User', {
      Id: text,
      IsActive: { type: ['null', 'boolean'] },
      LastLoginDate: { type: ['string', 'null'], format: 'date-time' },
    });
    expect(
      changesOf(api)
        .filter(({ collection }) => collection === 'users')
        .map(({ change, before, after }) => [change, before, after]),
    ).toEqual([
      ['renamed', 'User', 'users'],
      ['renamed', 'Id', 'id'],
      ['renamed', 'IsActive', 'is_active'],
      ['renamed', 'LastLoginDate', 'last_login_date'],
    ]);
  });

  it('does not take nullability for a change of type', () => {
    const all = {
      id: { type: 'string' },
      is_active: { type: 'boolean' },
      last_login_date: { type: ['string', 'null'], format: 'date-time' },
    };
    expect(changesOf(catalog('users', all))).toEqual([{ change: 'added', collection: 'leads' }]);
  });
});

describe('readListed', () => {
  it('takes what discover printed as well', () => {
    const plain = { streams: [{ name: 'users', json_schema: { properties: {} } }] };
    expect(readListed(plain)[0]?.name).toBe('users');
    expect(readListed({ type: 'CATALOG', catalog: plain })[0]?.name).toBe('users');
  });

  it.each([[null], [[]], [{}], [{ streams: {} }], [{ streams: [{}] }], [{ streams: [null] }]])(
    'refuses %j in one sentence',
    (raw) => {
      expect(() => readListed(raw)).toThrowError(expect.objectContaining({ failureType: 'config_error' }));
    },
  );
});
