/** Which of our own fields a refusal names, in whatever language the org writes. */
import { ModstampError } from '../errors.ts';

/** Quotation marks of the languages that Salesforce speaks; which of them opens and which closes differs between them. */
const QUOTE = String.raw`['"\u0060\u00b4‘’‚‛“”„‟«»‹›「」『』《》＇＂]`;
/** A name, or a path of them, in quotation marks; the closing mark stays, since it may open the next pair. */
const QUOTED = new RegExp(`${QUOTE}\\s*([\\p{L}\\p{N}_.]+)\\s*(?=${QUOTE})`, 'gu');
/** A line of a query and below it a caret, as in the bodies of INVALID_FIELD and MALFORMED_QUERY. */
const POINTED = /^(.*)\r?\n([^\S\r\n]*)\^[^\S\r\n]*$/gmu;
const ESCAPES: Readonly<Record<string, string>> = { '&#39;': "'", '&apos;': "'", '&quot;': '"', '&laquo;': '«', '&raquo;': '»' }; // prettier-ignore

/**
 * The first of `fields` (API names, or paths such as `Owner.Name`, as our own SELECT has them) that the error's answer points
 * at with a caret or has in quotation marks, spelt as in `fields`. A relationship names the first path that goes over it.
 * Undefined where the error came from no answer, or names none of them. No word of any language is looked at.
 */
export function namedField(error: unknown, fields: readonly string[]): string | undefined {
  if (!(error instanceof ModstampError) || error.internal === undefined) return undefined;
  const text = error.internal.replaceAll(/&(#39|apos|quot|laquo|raquo);/g, (escape) => ESCAPES[escape] ?? escape);
  for (const name of [...pointedNames(text), ...quotedNames(text)]) {
    const field = fieldOf(name.toLowerCase(), fields);
    if (field !== undefined) return field;
  }
  return undefined;
}

function pointedNames(text: string): string[] {
  return [...text.matchAll(POINTED)].flatMap(([, line = '', indent = '']) => {
    const names = line.matchAll(/[\p{L}\p{N}_.]+/gu);
    return [...names].filter(({ index, 0: name }) => index <= indent.length && indent.length < index + name.length).map(([name]) => name); // prettier-ignore
  });
}

function quotedNames(text: string): string[] {
  return [...text.matchAll(QUOTED)].map(([, name = '']) => name);
}

function fieldOf(name: string, fields: readonly string[]): string | undefined {
  return (
    fields.find((field) => field.toLowerCase() === name) ??
    fields.find((field) => field.toLowerCase().startsWith(`${name}.`))
  );
}
