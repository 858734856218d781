/** The proxies that the environment names, in the forms in which people write them. */
import { ModstampError } from '../errors.ts';

export interface Proxies {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
}

/** The lower-case name first, as curl has it; ALL_PROXY stands for both where a scheme has none of its own. */
const NAMES = {
  httpProxy: ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
  httpsProxy: ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
} as const;

/**
 * The proxies of an environment as URLs; `host:port` without a scheme means http, as curl, Python and Go take it. Undefined
 * where there is none. Throws a config_error that names the variable for a value that is no URL, and for socks proxies.
 */
export function proxiesOf(environment: Readonly<Record<string, string | undefined>>): Proxies | undefined {
  const found = Object.entries(NAMES).flatMap(([key, names]) => {
    const name = names.find((each) => environment[each]?.trim());
    return name === undefined ? [] : [[key, proxyUrl(name, environment[name] ?? '')]];
  });
  return found.length === 0 ? undefined : (Object.fromEntries(found) as Proxies);
}

function proxyUrl(name: string, value: string): string {
  const text = value.trim();
  const url = text.includes('://') ? text : `http://${text}`;
  if (/^socks/i.test(url)) {
    throw unusable(`${name} names a SOCKS proxy, which is not supported; set it to an HTTP proxy, or leave it out.`);
  }
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw unusable(`${name} is not the address of a proxy; write it as http://host:port, or leave it out.`);
  }
  return url;
}

function unusable(sentence: string): ModstampError {
  return new ModstampError(sentence, { failureType: 'config_error', stopsSync: true });
}
