/** Tells host and user that a quiet sync is alive: hosts count RECORD and STATE only, users read the log. */
import type { Messages } from '../airbyte/messages.ts';
import type { StreamLife } from './reading/stream-life.ts';

const LOOK_MS = 20_000;
/** Hosts give up after hours of silence (Airbyte: three, for a custom connector); Airbyte's own sources speak every 15 min. */
const SILENCE_MAX_MS = 15 * 60_000;

/** Looks every 20 s; returns what ends it. */
export function keepAlive(lives: readonly StreamLife[], messages: Messages): () => void {
  let beats = 0;
  const timer = setInterval(() => {
    const now = Date.now();
    const running = lives.filter((life) => life.phase() === 'running');
    const quiet = running.filter((life) => now - life.lastBeatMs() >= LOOK_MS);
    if (quiet.length > 0 && quiet.length === running.length) {
      messages.log(
        'INFO',
        `Waiting for Salesforce: ${quiet
          .map(({ name }) => name)
          .slice(0, 10)
          .join(', ')} in progress.`,
      );
    }
    if (lives.every((life) => now - life.lastBeatMs() >= SILENCE_MAX_MS)) {
      beats += 1;
      // A beat that can't be written needs no care of its own: the next record or state meets the same end.
      for (const life of running) life.beat(beats).catch(() => {});
    }
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
