/** The functions of the formula language whose parts and result have fixed types. The others are typed in check.ts. */
import type { FormulaType } from './formula-type.ts';

export interface Signature {
  readonly parameters: readonly Parameter[];
  readonly returns: FormulaType;
}

interface Parameter {
  readonly types: readonly FormulaType[];
  readonly isOptional: boolean;
  /** May come any number of times. */
  readonly isRepeated: boolean;
}

const TYPES: Readonly<Record<string, FormulaType>> = {
  n: 'number',
  t: 'text',
  b: 'boolean',
  d: 'date',
  s: 'datetime',
  i: 'time',
  p: 'picklist',
  m: 'multipicklist',
  l: 'location',
};

/**
 * Name, then the letters of its parts (several for one that takes several types; `?` may be left out, `*` may be repeated),
 * then its result.
 */
const TABLE = `
  ABS n n | SQRT n n | EXP n n | LN n n | LOG n n | CEILING n n | FLOOR n n | MCEILING n n | MFLOOR n n
  SIN n n | COS n n | TAN n n | ASIN n n | ACOS n n | ATAN n n | ATAN2 n,n n | PI - n
  ROUND n,n n | TRUNC n,n? n | MOD n,n n | POWER n,n n | MAX n* n | MIN n* n | VALUE t n
  GEOLOCATION n,n l | DISTANCE l,l,t n
  LEN t n | FIND t,t,n? n | ASCII t n | PICKLISTCOUNT m n
  LEFT t,n t | RIGHT t,n t | MID t,n,n t | SUBSTITUTE t,t,t t | TRIM t t | UPPER t,t? t | LOWER t,t? t
  LPAD t,n,t? t | RPAD t,n,t? t | CASESAFEID t t | BR - t | CHR n t | INITCAP t t | REVERSE t t
  HYPERLINK t,t,t? t | IMAGE t,t,n?,n? t
  CONTAINS t,t b | BEGINS t,t b | ISNUMBER t b | ISPICKVAL p,t b | INCLUDES m,t b
  AND b* b | OR b* b | NOT b b
  TODAY - d | NOW - s | TIMENOW - i | DATE n,n,n d | DATEVALUE tsd d | DATETIMEVALUE tds s | TIMEVALUE tsi i
  YEAR d n | MONTH d n | DAY d n | WEEKDAY d n | DAYOFYEAR d n | ISOWEEK d n | ISOYEAR d n
  HOUR i n | MINUTE i n | SECOND i n | MILLISECOND i n
  UNIXTIMESTAMP dsi n | FROMUNIXTIME n s`;

export const SIGNATURES: ReadonlyMap<string, Signature> = new Map(
  TABLE.split(/[|\n]/).flatMap((entry) => {
    const [name, parts, result] = entry.trim().split(' ');
    return name && parts && result ? [[name, readSignature(parts, result)] as const] : [];
  }),
);

function readSignature(parts: string, result: string): Signature {
  const parameters = parts === '-' ? [] : parts.split(',').map(readParameter);
  return { parameters, returns: TYPES[result] as FormulaType };
}

function readParameter(text: string): Parameter {
  const types = [...text.replace(/[?*]/, '')].map((letter) => TYPES[letter] as FormulaType);
  return { types, isOptional: text.endsWith('?'), isRepeated: text.endsWith('*') };
}

const AT_SAVE = 'works only at the moment when a record is saved, which a warehouse does not see';
const OF_SESSION = 'depends on the session of a person';

/** Functions that no view can have, and why. */
export const UNTRANSLATABLE: Readonly<Record<string, string>> = {
  ISNEW: AT_SAVE,
  ISCHANGED: AT_SAVE,
  ISCLONE: AT_SAVE,
  PRIORVALUE: AT_SAVE,
  VLOOKUP: 'is a function of validation rules',
  REGEX: 'is a function of validation rules',
  GETSESSIONID: OF_SESSION,
  CURRENCYRATE: "needs the org's exchange rates of the day",
  RAND: 'is another number each time',
  URLENCODE: 'is a function of buttons and pages',
  HTMLENCODE: 'is a function of buttons and pages',
  JSENCODE: 'is a function of buttons and pages',
  JSINHTMLENCODE: 'is a function of buttons and pages',
  URLFOR: 'is a function of buttons and pages',
  LINKTO: 'is a function of buttons and pages',
  INCLUDE: 'is a function of buttons and pages',
  REQUIRESCRIPT: 'is a function of buttons and pages',
  GETRECORDIDS: 'is a function of buttons and pages',
  PARENTGROUPVAL: 'is a function of reports',
  PREVGROUPVAL: 'is a function of reports',
  PREDICT: 'asks a service',
};
