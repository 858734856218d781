/** Whether anything that a run has said gives a secret away. */
import type { JsonObject, JsonValue } from '../src/json/value.ts';
import type { ProgramRun } from './program.ts';

/** Members of a config whose values must never be seen, as spec.json marks them. */
const secretMembers = new Set(['client_secret', 'refresh_token', 'private_key', 'password', 'security_token']);

/**
 * Complaints about secrets of `config`, and about anything shaped like a Salesforce session id or a JWT, in stdout and
 * stderr; as they are, URL-encoded and in base64. CONTROL messages carry the whole config by design and are left out.
 */
export function complaintsOfSecrets(run: ProgramRun, config: JsonObject): string[] {
  const said = [...run.lines.filter((line) => !line.startsWith('{"type":"CONTROL"')), run.tail, run.stderr].join('\n');
  const complaints: string[] = [];
  for (const [member, secret] of secretsOf(config)) {
    const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64(secret)];
    if (forms.some((form) => said.includes(form))) complaints.push(`${run.args[0]} gave ${member} away`);
  }
  if (/00D\w{12,15}![\w.]{8,}/.test(said)) complaints.push(`${run.args[0]} gave a session id away`);
  if (/eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/.test(said)) complaints.push(`${run.args[0]} gave a JWT away`);
  return complaints;
}

function secretsOf(value: JsonValue, member = ''): [string, string][] {
  if (typeof value === 'string') return secretMembers.has(member) && value.trim() !== '' ? [[member, value]] : [];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    secretsOf(inner as JsonValue, Array.isArray(value) ? member : key),
  );
}

/** Without its last characters, which depend on what follows the secret. */
function base64(text: string): string {
  return Buffer.from(text)
    .toString('base64')
    .replace(/.{0,2}={0,2}$/, '');
}
