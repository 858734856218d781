/**
 * The language of `--select` and `--exclude`. Pure.
 *
 *     accounts,contacts:id,email,tasks     contacts with two properties, accounts and tasks whole
 *     contacts:id+email,tasks              the same; a list joined by + ends at the next comma
 *     contacts:id,email;tasks              the same; a semicolon always ends a list
 *     all,contacts:id,email                everything, of contacts two properties
 *
 * After a colon, a word between commas is a property of that collection as long as the collection has it, and a
 * collection from the first word on that it has not. Collections and properties may be called by their names in the
 * warehouse or by their API names, upper or lower case alike.
 */
import { ModstampError } from '../../errors.ts';
import { didYouMean } from '../../config/near-name.ts';

/** API name -> its chosen properties, or all of them. */
export type StreamChoice = ReadonlyMap<string, 'whole' | ReadonlySet<string>>;

export interface Vocabulary {
  /** API name -> stream name of everything that the org offers. */
  readonly streams: ReadonlyMap<string, string>;
  /** API name -> property -> API name of the field behind it, where there is one. */
  readonly properties: ReadonlyMap<string, ReadonlyMap<string, string | undefined>>;
}

/** Every word that may stand for a collection: what must be described before `readChoice` can tell. */
export function wordsOf(text: string): string[] {
  return text.split(/[,;]/).flatMap((item) => item.split(':')[0]?.trim() || []);
}

/** True where the text asks for everything. */
export function asksForAll(text: string): boolean {
  return wordsOf(text).some(isAll);
}

/** The API name behind a word, or undefined. */
export function findStream(word: string, streams: ReadonlyMap<string, string>): string | undefined {
  const wanted = word.toLowerCase();
  const entries = [...streams];
  return (
    entries.find(([, stream]) => stream.toLowerCase() === wanted) ??
    entries.find(([name]) => name.toLowerCase() === wanted)
  )?.[0];
}

/** The property behind a word, or undefined. */
export function findProperty(word: string, properties: ReadonlyMap<string, string | undefined>): string | undefined {
  const wanted = word.toLowerCase();
  const entries = [...properties];
  return (
    entries.find(([property]) => property.toLowerCase() === wanted) ??
    entries.find(([, field]) => field?.toLowerCase() === wanted)
  )?.[0];
}

/**
 * Reads a choice. Throws one config_error that names every word that the org doesn't have, with near matches.
 * `option` is the option's name for the sentence.
 */
export function readChoice(text: string, vocabulary: Vocabulary, option: string): StreamChoice {
  const choice = new Map<string, 'whole' | Set<string>>();
  const complaints: string[] = [];
  /** The collection whose list a comma may continue. */
  let open: string | undefined;
  for (const { item, continues } of itemsOf(text)) {
    const [head = '', list] = splitOnce(item, ':');
    const property =
      continues && open !== undefined && list === undefined ? propertyOf(vocabulary, open, head) : undefined;
    if (open !== undefined && property !== undefined) {
      add(choice, open, property);
      continue;
    }
    const sobject = findStream(head, vocabulary.streams);
    if (sobject === undefined) {
      if (isAll(head) && list === undefined) takeAll(choice, vocabulary);
      else complaints.push(unknownWord(head, list === undefined && continues ? open : undefined, vocabulary));
      open = undefined;
      continue;
    }
    const words = list
      ?.split(/[+|]/)
      .map((word) => word.trim())
      .filter(Boolean);
    if (!words) {
      if (!choice.has(sobject)) choice.set(sobject, 'whole');
    } else {
      for (const word of words) {
        const found = propertyOf(vocabulary, sobject, word);
        if (found === undefined) complaints.push(unknownProperty(word, sobject, vocabulary));
        else add(choice, sobject, found);
      }
    }
    open = words?.length === 1 ? sobject : undefined;
  }
  if (complaints.length > 0) {
    throw new ModstampError(`${option}: ${complaints.join('; ')}.`, { failureType: 'config_error' });
  }
  return choice;
}

function isAll(word: string): boolean {
  return word.toLowerCase() === 'all' || word === '*';
}

/** The items between separators; `continues` where a comma, not a semicolon, stands before the item. */
function* itemsOf(text: string): Generator<{ item: string; continues: boolean }> {
  for (const group of text.split(';')) {
    let continues = false;
    for (const item of group.split(',')) {
      if (item.trim() !== '') yield { item: item.trim(), continues };
      continues = true;
    }
  }
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text.trim(), undefined] : [text.slice(0, at).trim(), text.slice(at + 1)];
}

function takeAll(choice: Map<string, 'whole' | Set<string>>, { streams }: Vocabulary): void {
  for (const sobject of streams.keys()) if (!choice.has(sobject)) choice.set(sobject, 'whole');
}

/** A list is more exact than the whole, whichever comes first. */
function add(choice: Map<string, 'whole' | Set<string>>, sobject: string, property: string): void {
  const chosen = choice.get(sobject);
  if (chosen === undefined || chosen === 'whole') choice.set(sobject, new Set([property]));
  else chosen.add(property);
}

function propertyOf({ properties }: Vocabulary, sobject: string, word: string): string | undefined {
  const known = properties.get(sobject);
  return known && findProperty(word, known);
}

function unknownProperty(word: string, sobject: string, { streams, properties }: Vocabulary): string {
  const known = properties.get(sobject);
  if (!known)
    return `${streams.get(sobject) ?? sobject} can't be described, so nothing can be said of its property ${word}`;
  return `${streams.get(sobject) ?? sobject} has no property ${word}${didYouMean(word, known.keys())}`;
}

function unknownWord(word: string, open: string | undefined, vocabulary: Vocabulary): string {
  const streams = [...vocabulary.streams.values()];
  if (open === undefined) return `the org has no collection ${word}${didYouMean(word, streams)}`;
  const properties = [...(vocabulary.properties.get(open)?.keys() ?? [])];
  return `${word} is neither a property of ${vocabulary.streams.get(open) ?? open} nor a collection of the org${didYouMean(word, [...properties, ...streams])}`;
}
