/** Keeps every request at home: the login host and the instance that it named, over https (loopback excepted). */
import { isLoopback } from '../config/loopback.ts';
import { raise } from './refusal.ts';
import type { Send, WireRequest } from './wire.ts';

export interface Fence {
  /**
   * Admits the host of a URL, e.g. the instance_url of a login, and returns its origin. Throws fault `fenced` where it is no
   * URL, or not https.
   */
  admit(url: string): string;
  wrap<A>(send: Send<WireRequest, A>): Send<WireRequest, A>;
}

/** A fence that admits nothing yet. The wrapped `send` throws `fenced` before anything leaves. */
export function raiseFence(): Fence {
  const origins = new Set<string>();
  return {
    admit(url) {
      const { protocol, hostname, origin } = parse(url);
      if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname))) {
        throw raise('fenced', { host: origin, purpose: 'use that host' });
      }
      origins.add(origin);
      return origin;
    },
    wrap: (send) => async (request) => {
      const inside = origins.has(request.origin) && request.path.startsWith('/services/');
      if (!inside) throw raise('fenced', { host: `${request.origin}${request.path}`, purpose: request.purpose });
      return send(request);
    },
  };
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw raise('fenced', { host: url, purpose: 'use that host', cause });
  }
}
