/** JSON files that a user or a host hands over: read whole, or refused in one sentence that names the file. */
import { readFile } from 'node:fs/promises';
import { upperFirst } from './sentence.ts';
import { ModstampError } from '../errors.ts';

/** A line that holds a whole JSON object. */
const OBJECT_LINE = /^\s*\{.*\}\s*$/;

/**
 * The content of a file that must hold one JSON document in UTF-8, with or without a byte order mark. `title` names what it
 * should be ("configuration"). Throws ModstampError (config_error): not there, not readable, empty, cut off, no JSON, with
 * the line where that shows; nothing of the content is quoted, since it may be secret.
 */
export async function readJsonFile(path: string, title: string): Promise<unknown> {
  const text = await readText(path, title);
  if (text.trim() === '') throw refusal(`The ${title} file ${path} is empty; it must hold JSON`);
  return parse(text, `The ${title} file ${path}`);
}

/**
 * As `readJsonFile`; but JSON objects that stand line by line come as a list, so that the output of this or another
 * connector will do as it is.
 */
export async function readJsonLines(path: string, title: string): Promise<unknown> {
  return (await readJsonForm(path, title)).content;
}

/** As `readJsonLines`; `isLines` tells whether the file holds objects line by line, one included, so that it can be written alike. */
export async function readJsonForm(path: string, title: string): Promise<{ content: unknown; isLines: boolean }> {
  const text = await readText(path, title);
  if (text.trim() === '') throw refusal(`The ${title} file ${path} is empty; it must hold JSON`);
  return { content: parseLines(text, `the ${title} file ${path}`), isLines: beginsWithObjectLine(text) };
}

/** As `readJsonLines`; but a file that is empty or not there is undefined, since hosts name one before the first sync. */
export async function readStateFile(path: string): Promise<unknown> {
  const text = await readText(path, 'state').catch((error: unknown) => {
    if (error instanceof ModstampError && error.fault === 'ENOENT') return '';
    throw error;
  });
  return text.trim() === '' ? undefined : parseLines(text, `the state file ${path}`);
}

async function readText(path: string, title: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'does not exist; check the path, and in a container that its folder is mounted',
      EISDIR: 'is a folder; name the file in it',
      EACCES: `may not be read by user ${process.getuid?.() ?? ''}; change its owner or its mode`,
      ERR_ENCODING_INVALID_ENCODED_DATA: 'is not text in UTF-8; save it as that',
    };
    throw refusal(`The ${title} file ${path} ${reasons[code] ?? `could not be read (${code})`}`, code);
  }
}

function beginsWithObjectLine(text: string): boolean {
  return OBJECT_LINE.test(/^.*$/m.exec(text.trimStart())?.[0] ?? '');
}

function parseLines(text: string, subject: string): unknown {
  // A document of many lines isn't taken apart for nothing.
  if (!beginsWithObjectLine(text)) return parse(text, upperFirst(subject));
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  // The last line may be cut off.
  if (lines.length > 1 && lines.slice(0, -1).every((line) => OBJECT_LINE.test(line))) {
    return lines.map((line, index) => parse(line, `Line ${index + 1} of ${subject}`));
  }
  return parse(text, upperFirst(subject));
}

/** No configuration, catalog or state is nested so deep; code that goes through deeper values would run out of stack. */
const DEPTH_MAX = 100;

function parse(text: string, subject: string): unknown {
  const value = parseText(text, subject);
  if (isDeeper(value, DEPTH_MAX)) {
    throw refusal(`${subject} is nested more than ${DEPTH_MAX} levels deep, which no such file is; write it again`);
  }
  return value;
}

function parseText(text: string, subject: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = failurePosition(error, text);
    if (position === undefined) throw refusal(`${subject} is not valid JSON`);
    if (position >= text.trimEnd().length)
      throw refusal(`${subject} is cut off: its JSON does not end; write it again`);
    const before = text.slice(0, position).split('\n');
    throw refusal(`${subject} is not valid JSON (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`);
  }
}

/** Whether objects and lists are nested deeper than `levels`; it goes no deeper itself. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

/** Where V8 gave up, by its message ("… at position 12"); its quotation of the text stays behind. */
function failurePosition(error: unknown, text: string): number | undefined {
  const message = error instanceof Error ? error.message : '';
  if (/end of JSON input|Unterminated string/.test(message)) return text.length;
  const position = /at position (\d+)/.exec(message)?.[1];
  // Where V8 quotes the text it tells no position.
  return position === undefined ? undefined : Number(position);
}

function refusal(sentence: string, fault?: string): ModstampError {
  return new ModstampError(`${sentence}.`, { failureType: 'config_error', ...(fault === undefined ? {} : { fault }) });
}
