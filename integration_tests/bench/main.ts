/** `npm run bench`: the whole read, ours beside the peers, on a practice org in a process of its own. */
import { dirname, join, resolve } from 'node:path';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { findContenders } from './contenders.ts';
import { readFloor } from './floor.ts';
import { growths, type Growth } from './growth.ts';
import { publish } from './publication.ts';
import { describeResult } from './report.ts';
import { playScene, type SceneOptions } from './scene-run.ts';
import { tableScenes } from './scenes.ts';
import { runTranscodeBench } from './transcode-run.ts';
import type { Scene, WorkResult } from './work.ts';

/** What the connector itself asks for: see its bulk reading. */
const FLOOR_PAGE_ROWS = 100_000;

interface Options {
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly peers: boolean;
  readonly curves: boolean;
  readonly rounds: number;
  readonly peerRounds: number;
  readonly out: string | undefined;
}

const dist = dirname(resolve(process.argv[1] ?? ''));

main(hideBin(process.argv)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

async function main(argv: readonly string[]): Promise<void> {
  const [command, url = '', query = ''] = argv;
  // The line counter that is measured beside the connectors: a process like them.
  if (command === 'floor') console.log(JSON.stringify(await readFloor(url, query, FLOOR_PAGE_ROWS)));
  else await bench(readOptions(argv));
}

function readOptions(argv: readonly string[]): Options {
  const parsed = yargs(argv)
    .scriptName('npm run bench --')
    .usage('$0 [options]\n\nMeasures the connector, and the peers that integration_tests/peers/prepare.sh installed.')
    .option('quick', { type: 'boolean', default: false, describe: 'About ten minutes: each peer once, smaller sizes' })
    .option('only', { type: 'string', array: true, default: [], describe: 'Only works whose name begins so' })
    .option('peers', { type: 'boolean', default: true, describe: '--no-peers: ours alone' })
    .option('curves', { type: 'boolean', default: true, describe: '--no-curves: only the table' })
    .option('rounds', { type: 'number', default: 5, describe: 'Runs of ours in each work' })
    .option('peer-rounds', { type: 'number', describe: 'Runs of each peer; 1 where quick, else 5' })
    .option('out', { type: 'string', describe: 'Folder with performance.md, to write tables and curves into' })
    .version(false)
    .strict()
    .parseSync();
  const { quick, only, peers, curves, rounds, peerRounds = quick ? 1 : 5, out } = parsed;
  return { quick, only, peers, curves, rounds, peerRounds, out };
}

async function bench(options: Options): Promise<void> {
  const { quick, only, peers, curves, rounds, peerRounds, out } = options;
  const integrationTests = join(dist, '../integration_tests');
  const contenders = findContenders({ dist, integrationTests }, peers, (sentence) => console.log(sentence));
  const say = (text: string) => process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${text}\n`);
  const sceneOptions: SceneOptions = { dist, contenders, rounds, peerRounds, say };
  const transcoding = isAsked('transcode', only) ? await runTranscodeBench(dist, quick) : undefined;
  if (transcoding !== undefined) console.log(`The transcoder alone\n${transcoding}`);
  const works: WorkResult[] = [];
  for (const scene of tableScenes(quick).flatMap((scene) => chosen(scene, only))) {
    for await (const result of playScene(scene, sceneOptions)) {
      works.push(result);
      console.log(`\n${describeResult(result)}`);
    }
  }
  const grown: { growth: Growth; results: WorkResult[] }[] = [];
  for (const growth of curves ? growths(quick) : []) {
    const results: WorkResult[] = [];
    for (const scene of growth.scenes.flatMap((scene) => chosen(scene, only))) {
      for await (const result of playScene(scene, { ...sceneOptions, rounds: Math.min(3, rounds) })) {
        results.push(result);
        console.log(`\n${describeResult(result)}`);
      }
    }
    if (results.length > 1) grown.push({ growth, results });
  }
  if (works.length === 0 && grown.length === 0 && transcoding === undefined)
    throw new Error(`No work is called ${only.join(', ')}`);
  if (out !== undefined) await publish(out, { transcoding, works, growths: grown });
}

/** The scene with the works asked for, and those whose states they go on from; none where none is asked for. */
function chosen(scene: Scene, only: readonly string[]): Scene[] {
  const last = scene.works.findLastIndex(({ name }) => isAsked(name, only));
  const needed = scene.works.filter(
    ({ name }, at) => isAsked(name, only) || (at < last && scene.works[at + 1]?.resumes),
  );
  return last < 0 ? [] : [{ ...scene, works: needed }];
}

function isAsked(name: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((start) => name.startsWith(start));
}
