/** The login host that a user gives: what people paste, made into an origin. */
import { Complaint } from './complaint.ts';

/**
 * The origin to log in at, of an address with or without scheme, path and query (`acme.my.salesforce.com/home` ->
 * `https://acme.my.salesforce.com`). Addresses of Lightning and Setup, which is what a browser shows, become the My Domain
 * host that takes logins (Salesforce Help, "My Domain URL Formats").
 * Only https leaves the machine: plain http is for loopback hosts, where a practice org listens. Throws Complaint.
 */
export function loginOrigin(address: string): string {
  const bare = !/^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  const text = bare ? `https://${address}` : address;
  if (!URL.canParse(text)) {
    throw new Complaint(`must be an address such as https://acme.my.salesforce.com, got ${JSON.stringify(address)}`);
  }
  const url = new URL(text);
  if (url.username || url.password) throw new Complaint('must not contain a user name or password');
  const loopback = isLoopback(url.hostname);
  if (bare && loopback) return `http://${url.host}`;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    throw new Complaint(`must begin with https://, since secrets are sent there, got ${JSON.stringify(address)}`);
  }
  return url.origin
    .replace(/\.lightning\.force\.com(?=:|$)/, '.my.salesforce.com')
    .replace(/\.my\.salesforce-setup\.com(?=:|$)/, '.my.salesforce.com');
}

/** `localhost`, its subdomains, 127.0.0.0/8 and ::1, as `URL` spells them. */
function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
