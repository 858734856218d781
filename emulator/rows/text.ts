/** Text as people and programs leave it in an org: plain words, and now and then what breaks a careless reader. */
import { mix } from './hash.ts';

const FIRST =
  'Acme,Alpine,Amber,Atlas,Beacon,Birch,Blue,Bright,Cedar,Central,Clear,Cobalt,Copper,Coral,Crown,Delta,Eagle,East,Echo,Ember,Falcon,First,Forest,Global,Golden,Grand,Granite,Green,Harbour,Hawk,Highland,Horizon,Iron,Ivory,Jade,Juniper,Keystone,Lake,Lunar,Maple,Meridian,Metro,Nimbus,North,Nova,Oak,Ocean,Orbit,Pacific,Pine,Prime,Quartz,River,Royal,Sable,Silver,Solar,South,Summit,Swift,Terra,Union,Vertex,West'.split(
    ',',
  );
const SECOND =
  'Advisers,Analytics,Audit,Bakery,Bank,Bearings,Brewing,Bridge,Builders,Cables,Capital,Care,Ceramics,Chemicals,Clinic,Coffee,Components,Consulting,Controls,Dairy,Design,Diagnostics,Energy,Engineering,Express,Farms,Finance,Foods,Foundry,Freight,Glass,Group,Health,Holdings,Hotels,Insurance,Labs,Legal,Lighting,Logistics,Marine,Materials,Media,Motors,Networks,Optics,Packaging,Paper,Partners,Pharma,Plastics,Power,Press,Rail,Research,Robotics,Salvage,Seeds,Software,Steel,Supply,Textiles,Timber,Travel'.split(
    ',',
  );
/** All pairs of the two lists, by 12 bits of a hash: no text is put together for a common value. */
const PAIRS = FIRST.flatMap((first) => SECOND.map((second) => `${first} ${second}`));

const GIVEN =
  'Ada,Amélie,Bao,Björn,Chloë,Dmitri,Elif,Fatima,Grace,Hiro,Inês,Jo,Kateryna,Lars,Mei,Noor,Olu,Priya,Quentin,Rosa,Sven,Tomás,Uma,Víctor,Wanjiru,Xin,Yusuf,Zoë,Ann-Marie,Jean Luc,Aoife,Łukasz'.split(
    ',',
  );
const FAMILY =
  "Ångström,Brown,Chen,D'Angelo,Eriksen,Fernández,García,Hassan,Ivanova,Jones,Kowalski,Lee,Müller,Nakamura,O'Brien,Patel,Quinn,Rossi,Smith,Tanaka,Underwood,van der Berg,Weiß,Xu,Yılmaz,Zhang,Smith-Jones,Þórsdóttir,O’Neill,Nguyễn,de la Cruz,Øst".split(
    ',',
  );
const PLACES =
  'London,New York,São Paulo,Zürich,Köln,München,Tokyo,東京,Москва,Kraków,Montréal,Reykjavík,Nairobi,Mumbai,Sydney,Cork'.split(
    ',',
  );
const REGIONS = 'CA,New South Wales,Île-de-France,Bayern,São Paulo,東京都,Kerala,Ontario'.split(',');
const COUNTRIES =
  "United Kingdom,United States,Brazil,Switzerland,Germany,Japan,Poland,Canada,Iceland,Kenya,India,Australia,Ireland,France,Côte d'Ivoire,New Zealand".split(
    ',',
  );

/** One line each: what CSV, JSON, type guessers and trimmers get wrong. */
const ODD_LINES = [
  'She said "yes"',
  '"quoted"',
  '"',
  'a, b, c',
  ',',
  ' leading blank',
  'trailing blank ',
  ' ',
  'tab\there',
  'back\\slash \\n \\',
  'NA',
  'N/A',
  'null',
  'None',
  'nan',
  'true',
  '01234',
  '0',
  '1e5',
  '2020-01-31',
  '-',
  '=1+1',
  'naïve café',
  'Grüße 👋',
  '👩‍👩‍👧‍👦',
  '𠜎𠜱',
  'e\u0301 combining',
  'עברית',
  '\u200bzero width',
  'non\u00a0breaking',
  "it's; done | ok",
  '<b>&amp;</b>',
  '{"a": [1]}',
  'bell\u0007 and unit\u001f',
  'nul\u0000inside',
  'next\u0085line\u2028separator',
  '\ufeffmark',
  '\u007f',
];
/** What only long text can hold. */
const ODD_TEXTS = [
  ...ODD_LINES,
  'first\nsecond',
  'first\r\nsecond\r\n',
  '\n',
  'a "quoted\nline", and\r\nmore',
  'trailing newline\n',
  '\r',
  '",\n"',
  '🙂\n🙂\r\n🙂',
];

const SENTENCES = [
  'Called about the renewal; wants a quote by Friday.',
  'Prefers e-mail.',
  'Met at the trade show, stand 12.',
  'Old system goes in the autumn.',
  'Asked for “net 60” terms.',
  'Site visit done, see the notes.',
  'Budget is with the board.',
  'Two more plants in Köln & Łódź.',
];
const PARAGRAPHS = Array.from({ length: 64 }, (_, n) =>
  Array.from({ length: 1 + (n % 6) }, (_, line) => SENTENCES[mix(n * 8 + line) % SENTENCES.length]).join(
    n % 3 === 0 ? '\n' : ' ',
  ),
);
/** The longest text a field can hold (131,072 characters), of every width that UTF-8 has; cut to each field's length. */
const LONGEST = 'The quick brown fox, "Ä€🙂", jumps over the lazy dog.\r\n'.repeat(2_500).slice(0, 131_072);

/** How often text is odd: once in so many values. */
const ODD_IN = 24;
/** How often long text fills its field. */
const FULL_IN = 1_024;

/** A line of text of at most `length` UTF-16 units (and as many characters), by a hash of 32 bits. */
export function lineOf(hash: number, length: number): string {
  if (hash % ODD_IN === 0) return fitting(ODD_LINES[(hash >>> 8) % ODD_LINES.length] ?? '', length);
  return fitting(PAIRS[hash >>> 20] ?? '', length);
}

/** A text of several lines, of at most `length`; now and then one that is as long as it may be. */
export function paragraphOf(hash: number, length: number): string {
  if (hash % ODD_IN === 0) return fitting(ODD_TEXTS[(hash >>> 8) % ODD_TEXTS.length] ?? '', length);
  if (hash % FULL_IN === 1) return fitting(LONGEST, length);
  return fitting(PARAGRAPHS[hash >>> 26] ?? '', length);
}

/** A company's or thing's name; with its place in the object, so that most names are told apart. */
export function titleOf(hash: number, index: number, length: number): string {
  if (hash % ODD_IN === 0) return lineOf(hash, length);
  return fitting(`${PAIRS[hash >>> 20]} ${index + 1}`, length);
}

/** A given name, of several alphabets, by a hash of 32 bits. */
export function givenNameOf(hash: number): string {
  return GIVEN[hash >>> 27] ?? '';
}

/** A family name, with the apostrophes and blanks that names have. */
export function familyNameOf(hash: number): string {
  return FAMILY[hash >>> 27] ?? '';
}

/** A town, of at most `length`. */
export function placeOf(hash: number, length: number): string {
  return fitting(PLACES[hash >>> 28] ?? '', length);
}

/** A state or province, of at most `length`. */
export function regionOf(hash: number, length: number): string {
  return fitting(REGIONS[hash >>> 29] ?? '', length);
}

/** A country, of at most `length`. */
export function countryOf(hash: number, length: number): string {
  return fitting(COUNTRIES[hash >>> 28] ?? '', length);
}

/** A code of at most `length` digits, often with leading zeros: no number, though it looks like one. */
export function codeOf(hash: number, length: number): string {
  return String(hash % 10 ** Math.min(length, 8)).padStart(Math.min(length, 6), '0');
}

/** The text cut to at most `length` UTF-16 units, never inside a surrogate pair and never to nothing. */
export function fitting(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  const halved = last >= 0xd800 && last < 0xdc00;
  return halved ? text.slice(0, length - 1) || '?' : text.slice(0, length);
}
