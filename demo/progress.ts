/** What is going on, on stderr: a bar on a terminal, a line at a time elsewhere. */
import { Presets, SingleBar } from 'cli-progress';
import { formatCount } from './text-table.ts';
import type { OtherMessage } from './staging.ts';
import type { Watcher } from './warehouse.ts';

export interface Progress {
  /** To be given to the landing. */
  readonly watcher: Watcher;
  stop(): void;
}

/** Writes one step of the demo as a line. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Starts the display of one sync; its total is what the connector estimates. */
export function startProgress(label: string): Progress {
  if (!process.stderr.isTTY) return { watcher: {}, stop: () => undefined };
  const bar = new SingleBar(
    {
      format: `  ${label} {bar} {rows} of about {expected} rows, {seconds} s`,
      hideCursor: true,
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  const startedMs = performance.now();
  const expected = new Map<string, number>();
  let rows = 0;
  const payload = (total: number): object => ({
    rows: formatCount(rows),
    expected: formatCount(total),
    seconds: ((performance.now() - startedMs) / 1000).toFixed(0),
  });
  bar.start(1, 0, payload(0));
  return {
    watcher: {
      record() {
        rows += 1;
        if (rows % 250 === 0) bar.update(rows, payload(bar.getTotal()));
      },
      message(message) {
        const estimate = estimateOf(message);
        if (estimate === undefined) return;
        expected.set(estimate.name, estimate.rows);
        bar.setTotal(
          Math.max(
            1,
            [...expected.values()].reduce((sum, count) => sum + count, 0),
          ),
        );
      },
    },
    stop() {
      bar.setTotal(Math.max(1, rows));
      bar.update(rows, payload(rows));
      bar.stop();
    },
  };
}

function estimateOf(message: OtherMessage): { name: string; rows: number } | undefined {
  if (message.type !== 'TRACE') return undefined;
  const { estimate } = message['trace'] as { estimate?: { name: string; row_estimate: number } };
  return estimate === undefined ? undefined : { name: estimate.name, rows: estimate.row_estimate };
}
