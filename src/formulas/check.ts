/**
 * Gives every part of a formula its type, and every operator the operation that the types of its parts make it. Salesforce
 * converts nothing unasked and refuses such formulas when they are saved, so what does not fit here is a reason, not a guess.
 */
import { FormulaProblem } from './formula-problem.ts';
import type { FormulaType } from './formula-type.ts';
import { SIGNATURES, UNTRANSLATABLE, type Signature } from './signature.ts';
import type { BinaryOperator, Syntax } from './syntax.ts';
import type { Resolve, Typed } from './typed.ts';

/** The typed tree of a parsed formula. Throws FormulaProblem for what does not fit or can't be looked up. */
export function checkFormula(syntax: Syntax, resolve: Resolve): Typed {
  const check = (part: Syntax): Typed => checkFormula(part, resolve);
  switch (syntax.kind) {
    case 'number':
      return { kind: 'literal', type: 'number', text: syntax.text };
    case 'string':
      return { kind: 'literal', type: 'text', text: syntax.text };
    case 'boolean':
      return { kind: 'literal', type: 'boolean', text: syntax.value ? 'TRUE' : 'FALSE' };
    case 'null':
      return { kind: 'literal', type: 'null', text: '' };
    case 'reference':
      return resolve(syntax.name);
    case 'unary':
      return checkUnary(syntax.operator, check(syntax.part));
    case 'binary':
      return checkBinary(syntax.operator, check(syntax.left), check(syntax.right));
    case 'call':
      return checkCall(syntax.name, syntax.parts.map(check));
  }
}

function call(name: string, type: FormulaType, ...parts: readonly Typed[]): Typed {
  return { kind: 'call', type, name, parts };
}

function checkUnary(operator: string, part: Typed): Typed {
  if (operator === 'NOT') return call('NOT', 'boolean', fitting(part, ['boolean'], 'NOT'));
  const number = fitting(part, ['number'], operator);
  return operator === '+' ? number : call('negate', 'number', number);
}

function checkBinary(operator: BinaryOperator, left: Typed, right: Typed): Typed {
  const both = (types: readonly FormulaType[]) =>
    [fitting(left, types, operator), fitting(right, types, operator)] as const;
  switch (operator) {
    case '&&':
      return call('AND', 'boolean', ...both(['boolean']));
    case '||':
      return call('OR', 'boolean', ...both(['boolean']));
    case '&':
      return call('concat', 'text', ...both(['text']));
    case '*':
      return call('multiply', 'number', ...both(['number']));
    case '/':
      return call('divide', 'number', ...both(['number']));
    case '^':
      return call('POWER', 'number', ...both(['number']));
    case '+':
    case '-':
      return checkSum(operator, left, right);
    default:
      return checkComparison(operator, left, right);
  }
}

/** What may be added to and taken from what (section "Operators" of Salesforce's formula reference). */
const SUMS: Readonly<Record<string, readonly [name: string, type: FormulaType]>> = {
  'number+number': ['add', 'number'],
  'text+text': ['concat', 'text'],
  'date+number': ['addDays', 'date'],
  'datetime+number': ['addSeconds', 'datetime'],
  'time+number': ['addMillis', 'time'],
  'number-number': ['subtract', 'number'],
  'date-date': ['daysBetween', 'number'],
  'datetime-datetime': ['dayspanBetween', 'number'],
  'time-time': ['millisBetween', 'number'],
  'date-number': ['addDays', 'date'],
  'datetime-number': ['addSeconds', 'datetime'],
  'time-number': ['addMillis', 'time'],
};

function checkSum(operator: '+' | '-', left: Typed, right: Typed): Typed {
  const [one, other] = [left.type, right.type];
  const isMoment = (type: FormulaType) => type === 'date' || type === 'datetime' || type === 'time';
  if (one === 'null' || other === 'null') return checkNullSum(operator, left, right);
  if (operator === '+' && one === 'number' && isMoment(other)) return checkSum('+', right, left);
  const sum = SUMS[`${one}${operator}${other}`];
  if (!sum) throw new FormulaProblem(`${operator} does not go with ${one} and ${other}`);
  const [name, type] = sum;
  const isBack = operator === '-' && isMoment(one) && other === 'number';
  return call(name, type, left, isBack ? call('negate', 'number', right) : right);
}

/** NULL takes the type of what it stands beside; beside a moment it may be a number or another moment, and is blank anyway. */
function checkNullSum(operator: '+' | '-', left: Typed, right: Typed): Typed {
  const type = left.type === 'null' ? right.type : left.type;
  if (type === 'text' && operator === '+') return call('concat', 'text', left, right);
  if (type === 'number' || type === 'null') {
    return call(operator === '+' ? 'add' : 'subtract', 'number', left, right);
  }
  return { kind: 'literal', type: 'null', text: '' };
}

function checkComparison(operator: BinaryOperator, left: Typed, right: Typed): Typed {
  const isEquality = operator === '=' || operator === '<>';
  const type = commonType([left, right], operator);
  const allowed: readonly FormulaType[] = isEquality
    ? ['number', 'text', 'boolean', 'date', 'datetime', 'time', 'null']
    : ['number', 'text', 'date', 'datetime', 'time', 'null'];
  if (!allowed.includes(type)) throw new FormulaProblem(`${operator} does not go with ${type}`);
  if (!isEquality) return call(operator, 'boolean', left, right);
  const equal = call('equal', 'boolean', left, right);
  return operator === '=' ? equal : call('NOT', 'boolean', equal);
}

function checkCall(name: string, parts: readonly Typed[]): Typed {
  const why = UNTRANSLATABLE[name];
  if (why !== undefined) throw new FormulaProblem(`${name} ${why}`);
  const signature = SIGNATURES.get(name);
  if (signature) return call(name, signature.returns, ...fittingParts(name, parts, signature));
  const special = SPECIALS[name];
  if (!special) throw new FormulaProblem(`the function ${name} is not known`);
  return special(name, parts);
}

function fittingParts(name: string, parts: readonly Typed[], { parameters }: Signature): readonly Typed[] {
  const last = parameters.at(-1);
  const least = parameters.filter(({ isOptional }) => !isOptional).length;
  const most = last?.isRepeated ? Number.POSITIVE_INFINITY : parameters.length;
  takeBetween(name, parts, least, most);
  return parts.map((part, index) => fitting(part, (parameters[index] ?? last)?.types ?? [], name));
}

function takeBetween(name: string, parts: readonly Typed[], least: number, most: number): void {
  if (parts.length >= least && parts.length <= most) return;
  throw new FormulaProblem(`${name} has ${parts.length} parts, which is too ${parts.length < least ? 'few' : 'many'}`);
}

/** Functions whose types depend on those of their parts. */
const SPECIALS: Readonly<Record<string, (name: string, parts: readonly Typed[]) => Typed>> = {
  IF(name, parts) {
    takeBetween(name, parts, 3, 3);
    const [condition, yes, no] = parts as [Typed, Typed, Typed];
    return call(name, commonType([yes, no], name), fitting(condition, ['boolean'], name), yes, no);
  },
  IFS(name, parts) {
    takeBetween(name, parts, 3, Number.POSITIVE_INFINITY);
    if (parts.length % 2 === 0) throw new FormulaProblem('IFS lacks the value for all other cases');
    const isCondition = (index: number) => index % 2 === 0 && index < parts.length - 1;
    const checked = parts.map((part, index) => (isCondition(index) ? fitting(part, ['boolean'], name) : part));
    const values = parts.filter((_, index) => !isCondition(index));
    return call(name, commonType(values, name), ...checked);
  },
  CASE: checkCase,
  ISBLANK: checkBlank,
  ISNULL: checkBlank,
  BLANKVALUE: checkInstead,
  NULLVALUE: checkInstead,
  IFERROR: checkInstead,
  TEXT(name, parts) {
    takeBetween(name, parts, 1, 1);
    const types = ['number', 'date', 'datetime', 'time', 'picklist', 'text'] as const;
    const [part] = parts as [Typed];
    return call(`TEXT ${part.type}`, 'text', fitting(part, types, name));
  },
  ADDMONTHS(name, parts) {
    takeBetween(name, parts, 2, 2);
    const [moment, months] = parts as [Typed, Typed];
    fitting(moment, ['date', 'datetime'], name);
    return call(name, moment.type === 'datetime' ? 'datetime' : 'date', moment, fitting(months, ['number'], name));
  },
  FORMATDURATION(name, parts) {
    takeBetween(name, parts, 1, 2);
    const [first, second] = parts as [Typed, Typed | undefined];
    if (second && second.type !== 'boolean') {
      const span = checkSum('-', fitting(first, ['datetime', 'time'], name), second);
      return call('FORMATSPAN', 'text', span, first.type === 'time' ? literalNumber('0.001') : literalNumber('86400'));
    }
    return call(name, 'text', fitting(first, ['number'], name), ...(second ? [second] : []));
  },
};

function literalNumber(text: string): Typed {
  return { kind: 'literal', type: 'number', text };
}

function checkCase(name: string, parts: readonly Typed[]): Typed {
  takeBetween(name, parts, 4, Number.POSITIVE_INFINITY);
  if (parts.length % 2 === 1) throw new FormulaProblem('CASE lacks the value for all other cases');
  const [subject, ...rest] = parts as [Typed, ...Typed[]];
  const keys = rest.filter((_, index) => index % 2 === 0 && index < rest.length - 1);
  const values = rest.filter((_, index) => index % 2 === 1 || index === rest.length - 1);
  const keyType = subject.type === 'picklist' ? 'text' : subject.type;
  if (keyType === 'boolean') throw new FormulaProblem('CASE does not go with boolean');
  for (const key of keys) fitting(key, [keyType], name);
  return call(name, commonType(values, name), subject, ...rest);
}

function checkBlank(name: string, parts: readonly Typed[]): Typed {
  takeBetween(name, parts, 1, 1);
  const [part] = parts as [Typed];
  if (part.type === 'boolean') throw new FormulaProblem(`${name} does not go with boolean`);
  return call(name, 'boolean', part);
}

function checkInstead(name: string, parts: readonly Typed[]): Typed {
  takeBetween(name, parts, 2, 2);
  const type = commonType(parts, name);
  if (name !== 'IFERROR' && (type === 'boolean' || type === 'location')) {
    throw new FormulaProblem(`${name} does not go with ${type}`);
  }
  return call(name, type, ...parts);
}

/** The part itself, where it is of one of the types. */
function fitting(part: Typed, types: readonly FormulaType[], where: string): Typed {
  if (part.type === 'null' || types.includes(part.type)) return part;
  const hint = part.type === 'picklist' && types.includes('text') ? ': TEXT() makes a text of it' : '';
  throw new FormulaProblem(`${where} does not go with ${part.type}${hint}`);
}

/** The one type of several parts; picklists beside texts count as texts. */
function commonType(parts: readonly Typed[], where: string): FormulaType {
  const types = new Set(
    parts.map(({ type }) => (type === 'picklist' ? 'text' : type)).filter((type) => type !== 'null'),
  );
  if (types.size > 1) throw new FormulaProblem(`${where} does not go with ${[...types].join(' and ')} together`);
  return [...types][0] ?? 'null';
}
