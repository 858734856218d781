/** Lets only so many pieces of work in at a time, in the order in which they came. */
export interface ConcurrencyLimit {
  /** Runs `work` as soon as there is room; resolves with its result. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Starts `work` as soon as there is room; resolves when it has started, not when it has ended. */
  start(work: () => Promise<void>): Promise<{ readonly ended: Promise<void> }>;
}

export function limitConcurrency(width: number): ConcurrencyLimit {
  let inside = 0;
  const waiting: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (inside < width) inside += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  /** The place goes straight to the one who waits longest. */
  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else inside -= 1;
  }

  return {
    async run(work) {
      await enter();
      return work().finally(leave);
    },
    async start(work) {
      await enter();
      return { ended: work().finally(leave) };
    },
  };
}
