/** Work that must end before something else does. */

/** Work that others may wait for; `settled` resolves when all of it has ended, well or not. */
export function createHold(): { hold(work: Promise<unknown>): void; settled(): Promise<void> } {
  const underWay = new Set<Promise<unknown>>();
  return {
    hold(work) {
      const ended: Promise<unknown> = work.catch(() => undefined).finally(() => underWay.delete(ended));
      underWay.add(ended);
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
