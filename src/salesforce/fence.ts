/** Keeps every request at home: the login host and the instance that it named, over https (loopback excepted). */
import { raise } from './refusal.ts';
import { isLoopback, type Send, type WireRequest } from './wire.ts';

export interface Fence {
  /** Admits the host of a URL, e.g. the instance_url of a login. Throws fault `fenced` where it is not https. */
  admit(url: string): string;
  wrap<A>(send: Send<WireRequest, A>): Send<WireRequest, A>;
}

/** A fence that admits nothing yet. `admit` returns the origin. The wrapped `send` throws `fenced` before anything leaves. */
export function raiseFence(): Fence {
  const origins = new Set<string>();
  return {
    admit(url) {
      const origin = originOf(url);
      if (!origin.startsWith('https://') && !isLoopback(origin))
        throw raise('fenced', { host: origin, purpose: 'use that host' });
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

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch (cause) {
    throw raise('fenced', { host: url, purpose: 'use that host', cause });
  }
}
