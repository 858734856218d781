/** Writes what was measured into the docs: tables between marks in performance.md, curves beside it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { drawChart, type Panel } from './chart.ts';
import type { Growth } from './growth.ts';
import { floorTable, format, markdownTable } from './report.ts';
import type { Standing, WorkResult } from './work.ts';

export interface Measured {
  /** Lines of the transcoder's bench. */
  readonly transcoding: string | undefined;
  readonly works: readonly WorkResult[];
  readonly growths: readonly { readonly growth: Growth; readonly results: readonly WorkResult[] }[];
}

const MEMORY_MIB = 150;

/** Writes `performance.md`'s marked parts and `performance/*.svg` below `folder`. Throws where a mark is missing. */
export async function publish(folder: string, { transcoding, works, growths }: Measured): Promise<void> {
  const path = join(folder, 'performance.md');
  let text = await readFile(path, 'utf8');
  if (works.length > 0) {
    text = replacePart(text, 'machine', describeMachine(works));
    text = replacePart(text, 'table', markdownTable(works));
    text = replacePart(text, 'floor', floorTable(works));
  }
  if (transcoding !== undefined) text = replacePart(text, 'transcode', `\n\`\`\`\n${transcoding}\n\`\`\`\n`);
  await writeFile(path, text);
  await mkdir(join(folder, 'performance'), { recursive: true });
  for (const { growth, results } of growths) {
    await writeFile(join(folder, 'performance', `${growth.name}.svg`), drawGrowth(growth, results));
  }
}

/** Replaces what stands between `<!-- bench:name -->` and `<!-- /bench:name -->`. */
export function replacePart(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`There is no part ${name} to put the figures in`);
  return `${text.slice(0, from + open.length)}\n${content}\n${text.slice(to)}`;
}

function describeMachine(works: readonly WorkResult[]): string {
  const rounds = (name: string) => {
    const counts = works.flatMap(({ standings }) => standings.filter((one) => one.name === name));
    return Math.max(0, ...counts.map(({ rounds }) => rounds));
  };
  const loads = works.map(({ loadBefore }) => loadBefore).sort((a, b) => a - b);
  const peers = Math.max(rounds('official'), rounds('tap'));
  return (
    `One run on ${availableParallelism()} cores, Node ${process.versions.node}: medians of ${rounds('modstamp')} runs ` +
    `of ours (of 1 to 3 where only memory is the question) and of ${peers} of each peer, in turns. The load of the machine ` +
    `before a work began was between ${format(loads[0] ?? 0)} and ${format(loads.at(-1) ?? 0)}.`
  );
}

function drawGrowth({ name, title }: Growth, results: readonly WorkResult[]): string {
  const panel = (title: string, scale: Panel['scale'], value: (ours: Standing) => number): Panel => ({
    title,
    scale,
    points: results.flatMap(({ work: { at }, standings: [ours] }) => (ours && at ? [{ x: at, y: value(ours) }] : [])),
  });
  return drawChart(`modstamp: ${title}`, name, [
    panel('seconds', 'log', ({ seconds }) => seconds),
    {
      ...panel('peak memory, MiB', 'linear', ({ peakMiB }) => peakMiB),
      limit: { y: MEMORY_MIB, text: `${MEMORY_MIB} MiB` },
    },
    panel('API calls', 'log', ({ calls }) => calls),
  ]);
}
