import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedaction, secretsIn } from './redaction.ts';

describe('the secrets of a configuration', () => {
  test('are the values that spec.json marks, wherever they stand', () => {
    expect(
      secretsIn({
        client_id: 'id',
        client_secret: 's1',
        credentials: { auth_type: 'jwt', username: 'u', private_key: 'k', nested: [{ refresh_token: 's2' }] },
        password: ['s3', { odd: 4 }],
        security_token: 12_345,
      }).sort(),
    ).toEqual(['12345', '4', 'k', 's1', 's2', 's3'].sort());
  });

  test.each([[null], [[]], ['client_secret'], [7]])('of %j there are none', (config) => {
    expect(secretsIn(config)).toEqual([]);
  });
});

describe('redaction', () => {
  const secretText = fc.oneof(
    fc.string({ minLength: 4, maxLength: 60 }),
    fc.string({ minLength: 4, maxLength: 60, unit: 'grapheme' }),
    fc.constantFrom('p&ss w=rd/+', '"quoted"\\', 'zwei\nZeilen', '100%25', 'ключ🔑', "it's(me)*"),
  );
  const around = fc.string({ maxLength: 8, unit: 'binary-ascii' });

  test('takes a secret out of any text, in every form that a server or a library may give it', () => {
    const forms: ((secret: string) => string)[] = [
      (secret) => secret,
      (secret) => JSON.stringify(secret).slice(1, -1),
      (secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3),
      (secret) => encodeURIComponent(secret),
      (secret) => encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
      (secret) => new URLSearchParams({ x: secret }).toString().slice(2),
      (secret) => Buffer.from(secret).toString('base64'),
      (secret) => Buffer.from(secret).toString('base64url'),
    ];
    fc.assert(
      fc.property(secretText, around, around, fc.constantFrom(...forms), (raw, before, after, form) => {
        const secret = Buffer.from(raw).toString();
        // A secret of blanks only counts as absent, and one that the mark itself holds would be found in it.
        fc.pre(secret.trim().length >= 4 && !'[redacted]'.includes(form(secret)));
        const text = createRedaction([secret])(`${before}${form(secret)}${after}`);
        expect(text).not.toContain(form(secret));
        expect(text).toContain('[redacted]');
      }),
      { numRuns: 2000 },
    );
  });

  test('takes a secret out of a longer base64 text, as in Basic authorization', () => {
    const alphabet = fc.string({ minLength: 12, maxLength: 40 });
    fc.assert(
      fc.property(alphabet, fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (secret, before, after) => {
        const token = Buffer.from(`${before}${secret}${after}`).toString('base64');
        const told = createRedaction([secret])(`value ${token}`).replace('value ', '');
        const decoded = told.split('[redacted]').map((part) => Buffer.from(part, 'base64').toString('latin1'));
        expect(decoded.some((part) => part.includes(secret))).toBe(false);
        expect(told).toContain('[redacted]');
      }),
    );
  });

  test('takes each line of a private key out, and leaves ordinary text alone', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n';
    const redact = createRedaction([pem]);
    expect(redact('bad line hkiG9w0BAQEFAASC in key')).toBe('bad line [redacted] in key');
    expect(redact(pem.replaceAll('\n', '\\n'))).not.toMatch(/MIIEvQ|hkiG9/);
    expect(redact('Account has 12 rows.')).toBe('Account has 12 rows.');
  });

  test.each([
    [
      'a session id',
      'sid 00Dx0000000BV7z!AR8AQAxo9UfVkh8AlV0Gomt9Czx9LjHnSSpwBMmbRcgKFmxOtv end',
      'sid [redacted] end',
    ],
    ['a session id in a URL', 'x?sid=00Dx0000000BV7zEAO%21AR8AQAxo9UfVkh8A.l_V0&y=1', 'x?sid=[redacted]&y=1'],
    [
      'a refresh token',
      'got 5Aep8614iLM.Dq661ePDmPEgaAW9Oh_L3JKkDpB4xReb54_pZfVti1dPEk8aimw4Hr9ne7VXXVSIQ==',
      'got [redacted]==',
    ],
    ['a JWT', 'jwt eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIzTVZHOSJ9.c2lnbmF0dXJl_-x end', 'jwt [redacted] end'],
    [
      'a form field',
      'grant_type=password&client_secret=abc&username=u',
      'grant_type=password&client_secret=[redacted]&username=u',
    ],
    ['a JSON member', '{"access_token":"abc","id":1}', '{"access_token":"[redacted]","id":1}'],
    ['an escaped JSON member', '{\\"refresh_token\\":\\"abc\\"}', '{\\"refresh_token\\":\\"[redacted]\\"}'],
    ['a header', 'Authorization: Bearer abc.def', 'Authorization: Bearer [redacted]'],
    ['half a key', 'key -----BEGIN RSA PRIVATE KEY-----\nMIIE', 'key [redacted]'],
  ])('takes %s out by its shape', (_, text, expected) => {
    expect(createRedaction([])(text)).toBe(expected);
  });

  test.each(['', 'x', 'Bearer ', 'OAuth ', '{"sid":"'])(
    'takes a session id out that an org echoes in base64, behind %j',
    (before) => {
      const session = `00D5e000000abcD!AQ${'Ab9._~-x'.repeat(11)}`;
      for (const form of ['base64', 'base64url'] as const) {
        const echoed = Buffer.from(`${before}${session}`).toString(form);
        const text = createRedaction([])(`{"echo":"${echoed}"}`);
        expect(text).toContain('[redacted]');
        const left = text.replace('[redacted]', '').length;
        expect(left, 'characters left').toBeLessThan(before.length * 1.4 + 20);
      }
      const alone = Buffer.from(`${before}00D5e000000abcDEAW`).toString('base64');
      expect(createRedaction([])(alone)).toBe(alone);
    },
  );

  test('leaves record ids, organization ids and words about secrets', () => {
    const text = 'Set client_secret and refresh_token; org 00Dx0000000BV7z, row 001x000003DHPxYAAX, no Bearer token.';
    expect(createRedaction(['abc', ''])(text)).toBe(text);
  });
});
