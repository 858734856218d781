/**
 * What lies where in the memory that the WebAssembly module and JavaScript share, and the numbers that they tell each other.
 * Both sides import this file, so that nothing of it stands twice; it has plain constants only, which AssemblyScript and
 * TypeScript read alike. docs/transcoder.md draws the map.
 */

/** So many bytes may be read, or written and written over, after the end of what is copied: copies go in steps of this size. */
export const OVERSHOOT = 16;

/**
 * A memory never ends beyond it: 2 GiB, less a page. Addresses are 32 bits, which JavaScript reads as signed, so that one
 * above 2 GiB would be negative there.
 */
export const MEMORY_BYTES_MAX = 0x7fff0000;

/** Where names are written that JSON escapes; an address of 0 is a mistake that shows, since nothing lies there. */
export const SCRATCH = 64;
/** No field's name is longer than that. */
export const NAME_BYTES_MAX = 512;
/** A cell that is not null and not plain: with it, a replaced value takes the way of the odd ones. */
export const REPLACED_CELL = 640;
/** Where the cells begin. */
export const CELLS = 1024;

/** A cell for each field: the start and the end of its value, which are equal where it is null, and its mark (i32 each). */
export const START = 0;
export const END = 4;
export const MARK = 8;
export const CELL_BYTES = 12;

/** Marks. The bytes between start and end are the value's text as it is. */
export const PLAIN = 0;
/** The inside of a quoted CSV value with something to translate: `""`, a backslash, a control character. */
export const CSV_TEXT = 1;
/** The inside of a JSON string with at least one escape. */
export const JSON_TEXT = 2;
/** A JSON object or array, brackets included. */
export const JSON_STRUCTURE = 3;

/** A step of a line is eight i32; these are their offsets. */
export const KIND = 0;
/** The address of the cell; of a compound, how many of the steps after it are its parts. */
export const CELL = 4;
/** Text before the value: from, to. */
export const BEFORE = 8;
/** What stands inside a url's quotes round the value: from, to. */
export const HEAD = 16;
export const TAIL = 24;
export const STEP_BYTES = 32;

/** Kinds of steps. */
export const STRING = 0;
export const NUMBER = 1;
export const INTEGER = 2;
export const BOOLEAN = 3;
export const DATE = 4;
export const TIME = 5;
export const DATETIME = 6;
export const URL = 7;
export const COMPOUND = 8;
/** A value that a row hook replaces in the row in hand: JavaScript writes it. Its cell is REPLACED_CELL. */
export const REPLACED = 9;
/** The object that an Id is of, found by the first three bytes of the Id in the table that HEAD leads to. */
export const REFERENCE_TYPE = 10;

/** A row of that table: the three bytes as the lower part of a word (0: any), the text that stands for them from and to. */
export const PREFIX = 0;
export const TYPE_FROM = 4;
export const TYPE_END = 8;
export const TYPE_BYTES = 12;

/** An object of a REST record, the record itself or a parent such as `Owner`: the addresses of its members and of their end. */
export const MEMBERS = 0;
export const MEMBERS_END = 4;
export const OBJECT_BYTES = 8;

/** A member: its key with quotes and colon from and to, the cell of its value and the object that it is; 0 for none. */
export const KEY_FROM = 0;
export const KEY_END = 4;
export const MEMBER_CELL = 8;
export const MEMBER_OBJECT = 12;
export const MEMBER_BYTES = 16;

/** How a look for the next row of a CSV ends: its values stand in the cells, its end has not come, or what is wrong with it. */
export const ROW = 0;
export const MORE = 1;
export const TOO_MANY_VALUES = 2;
export const TOO_FEW_VALUES = 3;
export const TEXT_AFTER_QUOTE = 4;
export const QUOTE_INSIDE = 5;

/** What a debug build found broken: see transcoder/check.ts. */
export const COPY_BACKWARDS = 1;
export const COPY_WITHOUT_ROOM = 2;
export const CELL_OUTSIDE_INTAKE = 3;
export const LOOK_BEYOND_FENCE = 4;
export const LINE_BEYOND_ROOM = 5;
