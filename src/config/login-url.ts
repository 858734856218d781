/** The login host that a user gives: what people paste, made into an origin. */
import { Complaint } from './complaint.ts';
import { isLoopback } from './loopback.ts';

/** What a browser shows of a logged-in org, and the host of the same org that takes logins. */
const BROWSER_SUFFIXES: readonly (readonly [shown: string, login: string])[] = [
  ['.lightning.force.com', '.my.salesforce.com'],
  ['.my.salesforce-setup.com', '.my.salesforce.com'],
  // Government Cloud Plus, Defense
  ['.lightning.crmforce.mil', '.my.salesforce.mil'],
  // Salesforce on Alibaba Cloud, China
  ['.lightning.sfcrmapps.cn', '.my.sfcrmproducts.cn'],
];

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
  const suffix = BROWSER_SUFFIXES.find(([shown]) => url.hostname.endsWith(shown));
  return suffix === undefined ? url.origin : url.origin.replace(...suffix);
}
