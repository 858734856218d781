/** The fault table as Markdown: what docs/faults.md shows. */
import { FAULT_TABLE, type FaultRow } from '../../src/salesforce/faults.ts';

const mender = {
  config_error: 'you',
  transient_error: 'time',
  system_error: 'us',
} as const satisfies Record<FaultRow['failureType'], string>;

/** One line for each different sentence, in the order of the table; conditions of rows that share one are joined. */
export function faultTable(): string {
  const bySentence = new Map<string, FaultRow[]>();
  for (const row of FAULT_TABLE) bySentence.set(row.sentence, [...(bySentence.get(row.sentence) ?? []), row]);
  const lines = [...bySentence].map(([sentence, rows]) => {
    const conditions = rows.map(conditionOf).filter((condition) => condition !== '');
    const whens = conditions.length === 0 ? 'noticed by the connector itself' : conditions.join('; ');
    const remedies = [...new Set(rows.map((row) => row.remedy))].join(', ');
    const menders = [...new Set(rows.map((row) => mender[row.failureType]))].join(', ');
    return `| ${cell(sentence)} | ${cell(whens)} | ${remedies} | ${menders} |`;
  });
  return ['| the sentence | when | what is done | who mends it |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function conditionOf(row: FaultRow): string {
  const parts = [
    row.place === undefined ? undefined : [row.place].flat().join(' or '),
    row.status === undefined ? undefined : [row.status].flat().join(' or '),
    row.code === undefined ? undefined : codeOf(row.code),
    row.message === undefined ? undefined : `message ${codeOf(row.message)}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function codeOf(pattern: string | RegExp): string {
  return `\`${typeof pattern === 'string' ? pattern : pattern.source}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('{', '‹').replaceAll('}', '›');
}
