import type { Connection } from '../../salesforce/connection.ts';
import type { StreamTally } from './stream-tally.ts';

/** The connection as one stream uses it, counting its requests and jobs into the tally. */
export function countCalls(connection: Connection, tally: StreamTally): Connection {
  return {
    ...connection,
    call: (request) => {
      tally.apiCalls += 1;
      return connection.call(request);
    },
    open: (request) => {
      tally.apiCalls += 1;
      return connection.open(request);
    },
    openFor: (request, begin) => {
      tally.apiCalls += 1;
      return connection.openFor(request, begin);
    },
    countBulkJob: () => {
      tally.bulkJobs += 1;
      connection.countBulkJob();
    },
  };
}
