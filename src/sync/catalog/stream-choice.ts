/**
 * The language of `--select` and `--exclude`. Pure.
 *
 *     accounts,tasks                       two collections with all their properties
 *     accounts;contacts:id,email;tasks     contacts with two properties, accounts and tasks whole
 *     contacts:id+email,tasks              a list joined by + ends at the next comma
 *     acc*;contacts:mailing_*              what begins so, of collections and of properties
 *     all;contacts:id,email                everything, of contacts two properties
 *
 * After a colon, words are properties of that collection and nothing else, up to the next semicolon or the next word with a
 * colon of its own: what a word means does not depend on what the org happens to have. Collections and properties may be
 * called by their names in the warehouse or by their API names, upper or lower case alike.
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

/** Every word that stands for a collection: what must be described before `readChoice` can tell. */
export function wordsOf(text: string): string[] {
  return itemsOf(text).map(({ stream }) => stream);
}

/** True where the text asks for everything. */
export function asksForAll(text: string): boolean {
  return wordsOf(text).some(isAll);
}

/** The API names that a word means: one, or those that fit its `*`. */
export function findStreams(word: string, streams: ReadonlyMap<string, string>): string[] {
  if (isAll(word)) return [...streams.keys()];
  return findNames(
    word,
    [...streams].map(([name, stream]) => ({ name, warehouse: stream, api: name })),
  );
}

/** The API name behind a word, or undefined. */
export function findStream(word: string, streams: ReadonlyMap<string, string>): string | undefined {
  return findStreams(word, streams)[0];
}

/** The property behind a word, or undefined. */
export function findProperty(word: string, properties: ReadonlyMap<string, string | undefined>): string | undefined {
  return findProperties(word, properties)[0];
}

function findProperties(word: string, properties: ReadonlyMap<string, string | undefined>): string[] {
  return findNames(
    word,
    [...properties].map(([property, field]) => ({ name: property, warehouse: property, api: field })),
  );
}

interface Named {
  /** What is found. */
  readonly name: string;
  readonly warehouse: string;
  readonly api: string | undefined;
}

/** A name in the warehouse goes before an API name; a word with `*` finds all that fit by either. */
function findNames(word: string, known: readonly Named[]): string[] {
  if (word.includes('*')) {
    const pattern = new RegExp(`^${word.split('*').map(escaped).join('.*')}$`, 'i');
    return known.flatMap(({ name, warehouse, api }) =>
      pattern.test(warehouse) || pattern.test(api ?? '') ? [name] : [],
    );
  }
  const wanted = word.toLowerCase();
  const found =
    known.find(({ warehouse }) => warehouse.toLowerCase() === wanted) ??
    known.find(({ api }) => api?.toLowerCase() === wanted);
  return found ? [found.name] : [];
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, '\\$&');
}

/**
 * Reads a choice. Throws one config_error that names every word that the org doesn't have, with near matches.
 * `option` is the option's name for the sentence.
 */
export function readChoice(text: string, vocabulary: Vocabulary, option: string): StreamChoice {
  const choice = new Map<string, 'whole' | Set<string>>();
  const complaints: string[] = [];
  for (const { stream, properties } of itemsOf(text)) {
    const found = findStreams(stream, vocabulary.streams);
    if (found.length === 0) {
      complaints.push(`the org has no collection ${stream}${didYouMean(stream, vocabulary.streams.values())}`);
    } else if (properties === undefined) {
      // A list is more exact than the whole, whichever comes first.
      for (const sobject of found) if (!choice.has(sobject)) choice.set(sobject, 'whole');
    } else if (properties.length === 0) {
      complaints.push(`no column is named after ${stream}:`);
    } else {
      complaints.push(...properties.flatMap((word) => takeProperty(choice, found, word, vocabulary)));
    }
  }
  if (complaints.length > 0) {
    throw new ModstampError(`${option}: ${complaints.join('; ')}.`, { failureType: 'config_error' });
  }
  return choice;
}

function isAll(word: string): boolean {
  return word.toLowerCase() === 'all';
}

interface Item {
  readonly stream: string;
  /** Absent where the collection is taken whole. */
  readonly properties?: string[];
}

function itemsOf(text: string): Item[] {
  return text.split(';').flatMap((group) => {
    const items: Item[] = [];
    /** The list that the next comma continues. */
    let open: string[] | undefined;
    for (const part of group.split(',').map((each) => each.trim())) {
      const colon = part.indexOf(':');
      if (colon >= 0) {
        const properties = part
          .slice(colon + 1)
          .split(/[+|]/)
          .flatMap((word) => word.trim() || []);
        items.push({ stream: part.slice(0, colon).trim(), properties });
        open = properties.length > 1 ? undefined : properties;
      } else if (part !== '') {
        if (open) open.push(part);
        else items.push({ stream: part });
      }
    }
    return items;
  });
}

/** Takes a property of each of the collections that have it; gives the complaint where none has. */
function takeProperty(
  choice: Map<string, 'whole' | Set<string>>,
  sobjects: readonly string[],
  word: string,
  vocabulary: Vocabulary,
): string[] {
  const found = sobjects.flatMap((sobject) =>
    findProperties(word, vocabulary.properties.get(sobject) ?? new Map()).map((property) => ({ sobject, property })),
  );
  for (const { sobject, property } of found) add(choice, sobject, property);
  const [first] = sobjects;
  return found.length > 0 || first === undefined ? [] : [unknownProperty(word, first, vocabulary)];
}

/** A list is more exact than the whole, whichever comes first. */
function add(choice: Map<string, 'whole' | Set<string>>, sobject: string, property: string): void {
  const chosen = choice.get(sobject);
  if (chosen === undefined || chosen === 'whole') choice.set(sobject, new Set([property]));
  else chosen.add(property);
}

function unknownProperty(word: string, sobject: string, { streams, properties }: Vocabulary): string {
  const stream = streams.get(sobject) ?? sobject;
  const known = properties.get(sobject);
  if (!known) return `${stream} can't be described, so nothing can be said of its property ${word}`;
  const collection = findStreams(word, streams).length > 0 && !word.includes('*');
  const hint = collection ? `; to select the collection ${word}, end the list of columns with a semicolon` : '';
  return `${stream} has no property ${word}${didYouMean(word, known.keys())}${hint}`;
}
