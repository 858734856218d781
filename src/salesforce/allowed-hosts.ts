/** Keeps every request at home: the login host and the instance that it named, over https (loopback excepted). */
import { isLoopback } from '../config/loopback.ts';
import { makeFault } from './refusal.ts';
import type { Send, WireRequest } from './wire.ts';

export interface AllowedHosts {
  /**
   * Admits the host of a URL, e.g. the instance_url of a login, and returns its origin. Throws fault `host_not_allowed` where it is no
   * URL, or not https.
   */
  allow(url: string): string;
  wrap<A>(send: Send<WireRequest, A>): Send<WireRequest, A>;
}

/** A list of hosts that is empty at first. The wrapped `send` throws `host_not_allowed` before anything leaves. */
export function createAllowedHosts(): AllowedHosts {
  const origins = new Set<string>();
  return {
    allow(url) {
      const { protocol, hostname, origin } = parse(url);
      if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname))) {
        throw makeFault('host_not_allowed', { host: origin, purpose: 'use that host' });
      }
      origins.add(origin);
      return origin;
    },
    wrap: (send) => async (request) => {
      const inside = origins.has(request.origin) && request.path.startsWith('/services/');
      if (!inside)
        throw makeFault('host_not_allowed', { host: `${request.origin}${request.path}`, purpose: request.purpose });
      return send(request);
    },
  };
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw makeFault('host_not_allowed', { host: url, purpose: 'use that host', cause });
  }
}
