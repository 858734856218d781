import type { Connection } from '../../salesforce/connection.ts';

export interface CountedConnection extends Connection {
  /** Requests that went through here. */
  callCount(): number;
}

/** The connection as one stream uses it, counting its requests for the bill. */
export function countCalls(connection: Connection): CountedConnection {
  let calls = 0;
  return {
    ...connection,
    call: (request) => {
      calls += 1;
      return connection.call(request);
    },
    open: (request) => {
      calls += 1;
      return connection.open(request);
    },
    openFor: (request, begin) => {
      calls += 1;
      return connection.openFor(request, begin);
    },
    callCount: () => calls,
  };
}
