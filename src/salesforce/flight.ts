/** Several requests in flight at the same time, their outcomes in the order of the requests. */

/**
 * Runs `run` over `items`, at most `limit` at a time, and yields the results in the order of the items. It starts no more
 * than `limit` ahead of the consumer, so a slow one bounds the memory. The first error is thrown in its turn; an error,
 * leaving the loop, and an abort of `signal` abort what is still under way.
 */
export async function* inFlight<T, R>(
  items: Iterable<T>,
  limit: number,
  signal: AbortSignal,
  run: (item: T, signal: AbortSignal) => Promise<R>,
): AsyncGenerator<R> {
  const leaving = new AbortController();
  const runSignal = AbortSignal.any([signal, leaving.signal]);
  const source = items[Symbol.iterator]();
  const flights: Promise<R>[] = [];
  const launch = () => {
    const next = source.next();
    if (next.done === true) return;
    const flight = run(next.value, runSignal);
    // It is awaited only in its turn; until then a failure must not count as unhandled.
    flight.catch(() => {});
    flights.push(flight);
  };
  try {
    while (flights.length < limit) {
      const before = flights.length;
      launch();
      if (flights.length === before) break;
    }
    for (let flight = flights.shift(); flight !== undefined; flight = flights.shift()) {
      const result = await flight;
      launch();
      yield result;
    }
  } finally {
    leaving.abort();
  }
}
