/** What must not leave the process in any text that a person or a log may see. */
import spec from '../../spec.json' with { type: 'json' };
import { isJsonObject } from '../json/value.ts';

export type Redact = (text: string) => string;

const REDACTED = '[redacted]';

/**
 * Shorter secrets are not looked for: they would tear every text to pieces, and Salesforce's shortest password has five
 * characters (Salesforce Help, "Set Password Policies").
 */
const SHORTEST_SECRET = 4;
/** Shorter pieces of base64 occur by chance. */
const SHORTEST_BASE64 = 8;

/** Texts that are secret by their shape, whoever made them. */
const SHAPES = [
  // Session id or access token: organization id, "!", some 96 characters more. Percent-encoded in URLs.
  String.raw`00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?(?:!|%21|\\u0021)[\w.~-]+`,
  // The same in base64, by the form that "00D" has there after 0, 1 or 2 bytes of something else ("Bearer "): too long for a
  // mere organization id.
  String.raw`(?:MDBE|AwR|wME[QR])[\w+/%-]{60,}=*`,
  // Refresh token of a connected app.
  String.raw`5Aep[\w.~!-]{20,}`,
  // JWT: assertion, or access token in JWT form.
  String.raw`eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*`,
  String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`,
];
/** Values of form fields, JSON members and headers that carry secrets; the name stays. */
const NAMED = new RegExp(
  String.raw`((?:(?:client_secret|refresh_token|access_token|assertion|password|security_token|private_key)(?:=|\\?"\s*:\s*\\?")` +
    String.raw`|authorization\\?["']?\s*[:=]\s*\\?["']?(?:bearer|oauth|basic)\s+))[^&\s"'\\]+`,
  'gi',
);

/** The names of all properties that spec.json marks as secret: client_secret, refresh_token, … */
const SECRET_NAMES: ReadonlySet<string> = secretNames(spec.connectionSpecification);

/**
 * The secrets in a configuration of any shape: every text under a name that spec.json marks as secret, at any depth, so
 * also where the configuration has the login at the top level, or is otherwise wrong.
 */
export function secretsIn(config: unknown): string[] {
  if (Array.isArray(config)) return config.flatMap(secretsIn);
  if (!isJsonObject(config)) return [];
  return Object.entries(config).flatMap(([name, value]) =>
    SECRET_NAMES.has(name) ? textsIn(value) : secretsIn(value),
  );
}

/**
 * Makes the function that takes the given secrets out of a text: as they are, without the white space round them, line by
 * line, and JSON-escaped, URL-encoded and base64 forms of these (also inside a longer base64 text, as in Basic
 * authorization). Session ids, refresh tokens, JWTs and PEM keys go by their shape, known or not.
 */
export function createRedaction(secrets: readonly string[]): Redact {
  const forms = new Set(secrets.flatMap(partsOf).flatMap(formsOf));
  const literals = [...forms].sort((one, other) => other.length - one.length).map(escaped);
  const pattern = new RegExp([...literals, ...SHAPES].join('|'), 'g');
  return (text) => text.replace(pattern, REDACTED).replace(NAMED, `$1${REDACTED}`);
}

function secretNames(schema: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (value: unknown, name: string) => {
    if (Array.isArray(value)) for (const member of value) visit(member, name);
    if (!isJsonObject(value)) return;
    if (value['airbyte_secret'] === true) names.add(name);
    for (const [key, member] of Object.entries(value)) visit(member, key);
  };
  visit(schema, '');
  return names;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** A secret, and the lines of one that has several, since logs are cut at line ends. PEM's first and last line are no secret. */
function partsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n|\\n/).filter((line) => !line.startsWith('-----'));
  return [secret, secret.trim(), ...lines, ...lines.map((line) => line.trim())].filter(
    (part) => part.length >= SHORTEST_SECRET,
  );
}

function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeUrl(secret);
  const form = new URLSearchParams({ x: secret }).toString().slice(2);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    ...[url, form, strictly(url), strictly(form)].flatMap((text) => [
      text,
      text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ]),
    ...base64Forms(Buffer.from(secret, 'utf8')),
  ];
}

/** encodeURIComponent throws on half a surrogate pair; such a text goes by U+FFFD, as UTF-8 writes it. */
function encodeUrl(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}

/** Also the characters that encodeURIComponent leaves alone and form encoders don't. */
function strictly(url: string): string {
  return url.replace(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * How the bytes look in base64 and base64url after 0, 1 or 2 bytes of something else: without the characters at either end
 * that also hold bits of their neighbours.
 */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString('base64');
  const inner = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const before = Math.ceil((shift * 8) / 6);
    return text.slice(before, Math.floor(((shift + bytes.length) * 8) / 6));
  });
  return [whole, ...inner.filter((text) => text.length >= SHORTEST_BASE64)].flatMap((text) => [
    text,
    text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
  ]);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
