/** What was measured, as text for a terminal and as Markdown for the docs. */
import { judge, type Goal, type Standing, type WorkResult } from './work.ts';

/** The lines of one work: each contender, how much slower than ours it is, the org alone, the goals. */
export function describeResult(result: WorkResult): string {
  const { work, standings, floor, loadBefore, leftOut } = result;
  const [ours] = standings;
  const lines = [`${work.title}   (load of the machine before: ${loadBefore.toFixed(1)})`];
  for (const standing of standings) {
    const times = ours && standing !== ours ? `  ${format(standing.seconds / ours.seconds)} times ours` : '';
    lines.push(`  ${standing.title.padEnd(32)} ${figuresOf(standing).join(', ')}${times}`);
  }
  if (floor) {
    const ratio = ours ? floor.megabytesPerSecond / (floor.csvMegabytes / ours.seconds) : 0;
    lines.push(
      `  ${'the org alone'.padEnd(32)} ${format(floor.megabytesPerSecond)} MB/s of CSV (${format(floor.csvMegabytes)} MB, ` +
        `${format(floor.wireMegabytes)} MB compressed) to a line counter: ${format(ratio)} times ours from start to end; ` +
        `it makes a new result in ${format(floor.renderSeconds)} s`,
    );
  }
  for (const { goal, reached, met } of judge(result)) {
    const verdict = reached === undefined ? 'not measured' : met ? 'met' : 'MISSED';
    lines.push(`  goal: ${sentenceOf(goal)}: ${reached === undefined ? '-' : format(reached)}, ${verdict}`);
  }
  return [...lines, ...leftOut].join('\n');
}

/** A Markdown table of all works, one row each: peers, ours, what is asked of ours. */
export function markdownTable(results: readonly WorkResult[]): string {
  const titles = ['airbyte-source-salesforce 2.10.3', 'tap-salesforce 2.8.1', 'modstamp', 'asked of modstamp'];
  const rows = results.map((result) => {
    const { work, standings } = result;
    const cell = (name: Standing['name']) => {
      const standing = standings.find((one) => one.name === name);
      return standing ? figuresOf(standing).join(', ') : '–';
    };
    const goals = judge(result).map(({ goal, reached, met }) => {
      const figure = reached === undefined ? 'not measured' : `${met ? '' : '**missed**: '}${format(reached)}`;
      return `${sentenceOf(goal)} (${figure})`;
    });
    const node = standings.find(({ name }) => name === 'node -e 0');
    const ours = cell('modstamp') + (node ? `; \`node -e 0\`: ${format(node.seconds)} s` : '');
    return [work.title, cell('official'), cell('tap'), ours, goals.join('; ')];
  });
  return table([['work', ...titles], ...rows]);
}

/** A Markdown table of how fast the org serves alone. */
export function floorTable(results: readonly WorkResult[]): string {
  const rows = results.flatMap(({ work, floor, standings: [ours] }) => {
    if (!floor || !ours) return [];
    const cpu = floor.csvMegabytes / ours.cpuSeconds;
    return [
      [
        work.title,
        `${format(floor.csvMegabytes)} MB`,
        `${format(floor.megabytesPerSecond)} MB/s`,
        `${format(floor.csvMegabytes / ours.seconds)} MB/s`,
        `${format(cpu)} MB`,
      ],
    ];
  });
  const head = ['work', 'CSV', 'the org to a line counter', 'modstamp, start to end', 'modstamp, in a second of CPU'];
  return table([head, ...rows]);
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((row) => `| ${row.join(' | ')} |`);
  return [head, `|${' --- |'.repeat(rows[0]?.length ?? 0)}`, ...body].join('\n');
}

function figuresOf({ seconds, firstRecordSeconds, peakMiB, records, calls, cpuSeconds }: Standing): string[] {
  return [
    `${format(seconds)} s`,
    ...(cpuSeconds > 0 ? [`${format(cpuSeconds)} s CPU`] : []),
    ...(firstRecordSeconds !== undefined && records > 5000 ? [`first row after ${format(firstRecordSeconds)} s`] : []),
    ...(records > 5000 ? [`${Math.round(records / seconds).toLocaleString('en')} rows/s`] : []),
    ...(records > 0 && records <= 5000 ? [`${records} rows`] : []),
    ...(calls > 0 ? [`${calls} calls`] : []),
    // A process that is gone within a few looks of the kernel's watch was not seen.
    ...(peakMiB > 0 ? [`${Math.round(peakMiB)} MiB`] : []),
  ];
}

function sentenceOf(goal: Goal): string {
  switch (goal.of) {
    case 'ratio':
      return `>= ${goal.least} times as fast as the faster peer`;
    case 'seconds':
      return `<= ${goal.most} s`;
    case 'secondsAboveNode':
      return `<= ${goal.most} s above \`node -e 0\``;
    case 'secondsFromReady':
      return `first row within ${goal.most} s of the ready job`;
    case 'calls':
      return `<= ${goal.most} calls`;
    case 'peakMiB':
      return `< ${goal.most} MiB`;
    default:
      return goal satisfies never;
  }
}

/** Three significant digits, no exponent. */
export function format(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return digits === 0 ? Math.round(value).toLocaleString('en') : value.toFixed(Math.min(digits, 3));
}
