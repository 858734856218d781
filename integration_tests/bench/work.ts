/** What is measured: one task of the connectors on one org, and what is asked of ours. */
import type { OrgUnderTest } from '../practice-org.ts';
import type { JsonObject } from '../../src/json/value.ts';
import type { ContenderName } from './contender.ts';
import type { OrgSetup } from './org-process.ts';

/** One org, and the works that are done on it one after the other. */
export interface Scene {
  readonly org: OrgSetup;
  /** What the org can't be started with. */
  readonly prepare?: (org: OrgUnderTest) => Promise<void>;
  readonly works: readonly Work[];
}

export interface Work {
  readonly name: string;
  readonly title: string;
  readonly task: 'spec' | 'discover' | 'read';
  /** Who does it besides ours. */
  readonly peers: readonly Exclude<ContenderName, 'modstamp'>[];
  /** What happens to the org before. */
  readonly before?: (org: OrgUnderTest) => Promise<void>;
  /** Settings of the org while it is measured. */
  readonly settings?: JsonObject;
  /** Objects to read; each contender reads those of them that it has found. All of them unless told. */
  readonly objects?: readonly string[];
  /** Columns to read; all unless told. */
  readonly columns?: readonly string[];
  /** Only the first so many of the objects; where there are fewer, some of them twice. */
  readonly limit?: number;
  /** Place on the axis of a curve: rows, columns, streams. */
  readonly at?: number;
  /** Added to the config of ours. */
  readonly config?: JsonObject;
  /** Which of its ways tap-salesforce takes; the others choose themselves. */
  readonly transport?: 'bulk' | 'rest';
  /** Goes on from the states of the work before it. */
  readonly resumes?: boolean;
  /** Rows that every read must bring, no more and no fewer. */
  readonly records?: number;
  /** The org has made what it answers with before anything is measured: results of Bulk jobs, describes. */
  readonly isWarm?: boolean;
  /** The query of `readFloor`, measured beside them. */
  readonly floor?: string;
  /** The reader stops for so long once it has seen the first record. */
  readonly stallMs?: number;
  /** Times that ours is measured where not as often as usual. */
  readonly rounds?: number;
  readonly goals: readonly Goal[];
}

/** What is asked of ours. */
export type Goal =
  | { readonly of: 'ratio'; readonly least: number }
  | { readonly of: 'seconds' | 'secondsAboveNode' | 'calls' | 'peakMiB' | 'secondsFromReady'; readonly most: number };

/** The medians of one contender. */
export interface Standing {
  readonly name: ContenderName | 'node -e 0';
  readonly title: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly firstRecordSeconds: number | undefined;
  /** From the moment a Bulk job was ready to the first record. */
  readonly secondsFromReady: number | undefined;
  readonly peakMiB: number;
  readonly cpuSeconds: number;
  readonly records: number;
  readonly megabytes: number;
  readonly calls: number;
}

export interface FloorStanding {
  readonly csvMegabytes: number;
  readonly wireMegabytes: number;
  readonly megabytesPerSecond: number;
  /** What the org takes over the job's result when nobody has asked for it before. */
  readonly renderSeconds: number;
}

export interface WorkResult {
  readonly work: Work;
  /** Ours first. */
  readonly standings: readonly Standing[];
  readonly floor: FloorStanding | undefined;
  /** One-minute load of the machine when it began: what others did beside us. */
  readonly loadBefore: number;
  /** Peers that failed, and how. */
  readonly leftOut: readonly string[];
}

/** Each goal with what was reached; undefined where it could not be measured. */
export function judge(result: WorkResult): { goal: Goal; reached: number | undefined; met: boolean }[] {
  const { work, standings, floor } = result;
  const [ours, ...others] = standings;
  // The org's own time over a result is taken off the peers', since ours finds its result made.
  const peers = others
    .filter(({ name }) => name !== 'node -e 0')
    .map(({ seconds }) => seconds - (floor?.renderSeconds ?? 0));
  const fastest = Math.min(...peers);
  const node = others.find(({ name }) => name === 'node -e 0');
  return work.goals.map((goal) => {
    const reached = {
      ratio: ours && Number.isFinite(fastest) ? fastest / ours.seconds : undefined,
      seconds: ours?.seconds,
      secondsAboveNode: ours && node ? ours.seconds - node.seconds : undefined,
      calls: ours?.calls,
      peakMiB: ours?.peakMiB,
      secondsFromReady: ours?.secondsFromReady,
    }[goal.of];
    const met = reached !== undefined && (goal.of === 'ratio' ? reached >= goal.least : reached <= goal.most);
    return { goal, reached, met };
  });
}
