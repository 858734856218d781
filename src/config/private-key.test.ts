import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { pkcs8Pem } from './private-key.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const locked = { cipher: 'aes-256-cbc', passphrase: 'x', format: 'pem' } as const;
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

test.each([
  ['PKCS #8', pkcs8],
  ['PKCS #1', pkcs1],
  ['line breaks as \\n', pkcs8.replaceAll('\n', '\\n')],
  ['line breaks as \\r\\n', pkcs8.replaceAll('\n', '\\r\\n')],
  ['Windows line breaks', pkcs8.replaceAll('\n', '\r\n')],
  ['line breaks as blanks', pkcs1.replaceAll('\n', ' ')],
  ['no line breaks', pkcs8.replaceAll('\n', '')],
  ['white space round it', `\n  ${pkcs8}  \n`],
  ['text round it', `Bag Attributes\n  x: y\n${pkcs8}\ntrailing`],
])('a private key is read however it was pasted: %s', (_, text) => {
  expect(pkcs8Pem(text)).toBe(pkcs8);
});

test.each([
  ['a word', 'abc', 'must be a whole private key'],
  ['its first half', pkcs8.slice(0, 200), 'must be a whole private key'],
  ['a key without one of its lines', pkcs8.replace(/\n.{64}\n/, '\n'), 'is not a whole private key'],
  ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', 'is a certificate'],
  ['PKCS #8 with a passphrase', privateKey.export({ type: 'pkcs8', ...locked }).toString(), 'is encrypted'],
  ['PKCS #1 with a passphrase', privateKey.export({ type: 'pkcs1', ...locked }).toString(), 'is encrypted'],
  ['an elliptic key', elliptic.export({ type: 'pkcs8', format: 'pem' }).toString(), 'must be an RSA key'],
])('%s is no private key for a login, and the complaint says why', (_, text, complaint) => {
  expect(() => pkcs8Pem(text)).toThrow(complaint);
});
