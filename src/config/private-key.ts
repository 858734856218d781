/** The private key of a JWT login: what people paste, made into one PEM form. */
import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Complaint } from './complaint.ts';

/**
 * The key as PKCS #8 PEM (`-----BEGIN PRIVATE KEY-----`), which is what JOSE libraries take, from PKCS #8 or PKCS #1,
 * also where a form or an environment variable has turned its line ends into spaces or into a literal `\n`.
 * Throws Complaint; no part of the key is in it.
 */
export function pkcs8Pem(text: string): string {
  const [, label, body] = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/.exec(text) ?? [];
  if (label === undefined || body === undefined) {
    throw new Complaint('must be a whole private key in PEM form, from its BEGIN line to its END line');
  }
  if (label.startsWith('ENCRYPTED') || body.includes('Proc-Type')) {
    throw new Complaint('is encrypted: give it without its passphrase (openssl pkey -in key.pem -out plain.pem)');
  }
  if (!label.endsWith('PRIVATE KEY')) throw new Complaint(`is a ${label.toLowerCase()}; the private key is needed`);
  const base64 = body.replace(/\\r|\\n|\s/g, '').replace(/(.{64})/g, '$1\n');
  const key = keyOf(`-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`);
  if (key.asymmetricKeyType !== 'rsa')
    throw new Complaint('must be an RSA key: Salesforce takes RS256 signatures only');
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function keyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // OpenSSL's own words ("DECODER routines::unsupported") help nobody.
    throw new Complaint('is not a whole private key: copy it again, with its first and last line');
  }
}
