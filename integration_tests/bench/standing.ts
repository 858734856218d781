/** What several runs of one work come to. */
import type { FloorResult } from './floor.ts';
import type { Measurement } from './measured-program.ts';
import type { FloorStanding, Standing, Work } from './work.ts';

export type Run = Measurement & { readonly calls: number; readonly secondsFromReady: number | undefined };

const MEBIBYTE = 1024 * 1024;
const MEGABYTE = 1_000_000;

/** The medians of a contender's runs. */
export function standingOf({ name, title }: Pick<Standing, 'name' | 'title'>, runs: readonly Run[]): Standing {
  const of = (value: (run: Run) => number | undefined) => median(runs.flatMap((run) => value(run) ?? []));
  return {
    name,
    title,
    rounds: runs.length,
    seconds: (of(({ elapsedMs }) => elapsedMs) ?? 0) / 1000,
    firstRecordSeconds: of(({ firstRecordMs }) => firstRecordMs && firstRecordMs / 1000),
    secondsFromReady: of(({ secondsFromReady }) => secondsFromReady),
    peakMiB: (of(({ peakRssBytes }) => peakRssBytes) ?? 0) / MEBIBYTE,
    cpuSeconds: (of(({ cpuMs }) => cpuMs) ?? 0) / 1000,
    records: of(({ records }) => records) ?? 0,
    megabytes: (of(({ bytes }) => bytes) ?? 0) / MEGABYTE,
    calls: of(({ calls }) => calls) ?? 0,
  };
}

/** How fast the org alone was; undefined where it was not measured. */
export function floorStanding(floors: readonly FloorResult[], work: Work): FloorStanding | undefined {
  const [first] = floors;
  if (first === undefined) return undefined;
  const pretendedMs = Number(work.settings?.['jobReadyMs'] ?? 0);
  const speeds = floors.map(({ csvBytes, downloadMs }) => csvBytes / MEGABYTE / (downloadMs / 1000));
  return {
    csvMegabytes: first.csvBytes / MEGABYTE,
    wireMegabytes: first.wireBytes / MEGABYTE,
    // The first one waits for the org to compress its pages; every later one finds them compressed, as ours does.
    megabytesPerSecond: median(speeds.slice(1)) ?? speeds[0] ?? 0,
    renderSeconds: Math.max(0, first.jobMs - pretendedMs) / 1000,
  };
}

/** Of an even number the mean of the two in the middle; undefined of none. */
function median(numbers: readonly number[]): number | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
