/** Rows of a plan as REST shows them: JSON text with attributes, nested parents, child results. */
import { EMPTY_ID, isBigObject } from '../schema/big-object.ts';
import type { Field, Row, SObject, Value } from '../model.ts';
import { isCompound } from '../schema/field.ts';
import { compoundJson } from '../wire/compound.ts';
import { jsonBlob, jsonValue, recordUrl } from '../wire/value.ts';
import type { Plan, Selected } from './plan.ts';
import { matchingRows } from './scan.ts';
import { readRelated, resolveSteps, type Column, type Step } from './scope.ts';

export interface RecordWriter {
  /** One record's JSON text. */
  write(row: Row): string;
  /** What the record weighs in a page: itself and its children (REST API guide, Query Options Header). */
  weight(row: Row): number;
}

/** How the result of a child query that is larger than a page goes on. */
export interface ChildPaging {
  /** Children of one record on its page. */
  readonly pageRows: number;
  /** Opens a locator on all children of a record; gives the URL of its second page. */
  more(plan: Plan, children: readonly Row[], writer: RecordWriter): string;
}

/** Writes a member's value, given the row and the object that it belongs to. */
type Write = (row: Row, sobject: SObject) => string;

interface Branch {
  readonly step: Step | undefined;
  readonly members: Map<string, Write | Branch>;
}

/** Compiles the SELECT list of a plan of rows; `version` ("58.0") goes into the urls. Without paging, children come whole. */
export function recordWriter(plan: Plan, version: string, paging?: ChildPaging): RecordWriter {
  const root: Branch = { step: undefined, members: new Map() };
  const families: Family[] = [];
  for (const selected of plan.select) {
    if (selected.kind === 'children') {
      const family = new Family(selected, recordWriter(selected.plan, version, paging), paging);
      families.push(family);
      root.members.set(selected.key, (row) => family.write(row));
    } else if (selected.kind === 'typeof') {
      root.members.set(selected.step.relationship, typeofWriter(selected, version));
    } else {
      plant(root, plan, selected, version);
    }
  }
  const write = branchWriter(root, version);
  return {
    write: (row) => write(row, plan.sobject),
    weight: (row) => families.reduce((sum, family) => sum + family.weight(row), 1),
  };
}

/** Compiles a grouped plan: one AggregateResult, which has no url. */
export function aggregateWriter(grouping: NonNullable<Plan['grouping']>): (group: Row) => string {
  const members = grouping.output.map(({ name, slot, field }) => {
    const json = jsonValue(field);
    return (group: Row) => `,${JSON.stringify(name)}:${json(group[slot] ?? null)}`;
  });
  return (group) => `{"attributes":{"type":"AggregateResult"}${members.map((member) => member(group)).join('')}}`;
}

function plant(root: Branch, plan: Plan, { column, key }: Selected & { kind: 'column' }, version: string): void {
  let branch = root;
  for (const step of resolveSteps(plan.scope, column.names.slice(0, -1), 0)) {
    const known = branch.members.get(step.relationship);
    const next: Branch = typeof known === 'object' ? known : { step, members: new Map() };
    branch.members.set(step.relationship, next);
    branch = next;
  }
  branch.members.set(key, leafWriter(column, branch.step, version));
}

function leafWriter(column: Column, step: Step | undefined, version: string): Write {
  const { field, owner, shape } = column;
  if (isCompound(field)) return compoundJson(owner, field);
  if (field.type === 'base64') return blobWriter(field, version);
  const json = jsonValue(field);
  const write = shape ? (value: Value) => json(shape(value)) : json;
  if (step) return (row, sobject) => write(readRelated({ sobject, row }, field, step.polymorphic));
  return (row) => write(row[field.name] ?? null);
}

function blobWriter(field: Field, version: string): Write {
  return (row, sobject) =>
    jsonBlob(field, { sobject: sobject.name, version })(row[field.name] ?? null, String(row['Id']));
}

function branchWriter(branch: Branch, version: string): Write {
  const members = [...branch.members].map(([name, member]) => {
    const key = `,${JSON.stringify(name)}:`;
    if (typeof member === 'function') return (row: Row, sobject: SObject) => key + member(row, sobject);
    const write = branchWriter(member, version);
    return (row: Row) => {
      const related = member.step?.follow(row);
      return key + (related ? write(related.row, related.sobject) : 'null');
    };
  });
  return (row, sobject) => {
    let text = `{${attributes(row, sobject, version)}`;
    for (const member of members) text += member(row, sobject);
    return `${text}}`;
  };
}

function typeofWriter(selected: Selected & { kind: 'typeof' }, version: string): Write {
  const writers = new Map(
    [...selected.branches].map(([name, columns]) => [name, columnsWriter(columns, version)] as const),
  );
  const otherwise = columnsWriter(selected.otherwise, version, selected.step);
  return (row) => {
    const related = selected.step.follow(row);
    if (!related) return 'null';
    const write = writers.get(related.sobject.name) ?? otherwise;
    return `{${attributes(related.row, related.sobject, version)}${write(related.row, related.sobject)}}`;
  };
}

function columnsWriter(columns: readonly Column[], version: string, step?: Step): Write {
  const leaves = columns.map((column) => {
    const leaf = leafWriter(column, step, version);
    return (row: Row, sobject: SObject) => `,${JSON.stringify(column.field.name)}:${leaf(row, sobject)}`;
  });
  return (row, sobject) => leaves.map((leaf) => leaf(row, sobject)).join('');
}

function attributes(row: Row, sobject: SObject, version: string): string {
  const id = isBigObject(sobject.name) ? EMPTY_ID : String(row['Id']);
  return `"attributes":{"type":"${sobject.name}","url":"${recordUrl(sobject, id, version)}"}`;
}

/** The children of every parent, read once when the first parent is written: one moment for the whole answer. */
class Family {
  readonly #selected: Selected & { kind: 'children' };
  readonly #writer: RecordWriter;
  readonly #paging: ChildPaging | undefined;
  #byParent: Map<string, Row[]> | undefined;

  constructor(selected: Selected & { kind: 'children' }, writer: RecordWriter, paging: ChildPaging | undefined) {
    this.#selected = selected;
    this.#writer = writer;
    this.#paging = paging;
  }

  /** Children that stand on the parent's page. */
  weight(parent: Row): number {
    return Math.min(this.#of(parent).length, this.#pageRows);
  }

  write(parent: Row): string {
    const rows = this.#of(parent);
    if (rows.length === 0) return 'null';
    const done = rows.length <= this.#pageRows;
    const url = done ? undefined : this.#paging?.more(this.#selected.plan, rows, this.#writer);
    const more = url === undefined ? '' : `"nextRecordsUrl":${JSON.stringify(url)},`;
    const records = rows.slice(0, this.#pageRows).map((row) => this.#writer.write(row));
    return `{"totalSize":${rows.length},"done":${done},${more}"records":[${records.join(',')}]}`;
  }

  get #pageRows(): number {
    return this.#paging?.pageRows ?? Number.POSITIVE_INFINITY;
  }

  #of(parent: Row): readonly Row[] {
    this.#byParent ??= this.#read();
    return this.#byParent.get(String(parent['Id']).slice(0, 15)) ?? [];
  }

  #read(): Map<string, Row[]> {
    const { plan, lookup } = this.#selected;
    const byParent = new Map<string, Row[]>();
    for (const row of matchingRows(plan, [...plan.shownFields, ...plan.orderFields, lookup])) {
      const id = row?.[lookup];
      if (!row || typeof id !== 'string') continue;
      const known = byParent.get(id.slice(0, 15));
      if (known) known.push(row);
      else byParent.set(id.slice(0, 15), [row]);
    }
    for (const [id, rows] of byParent) {
      if (plan.compare) rows.sort(plan.compare);
      byParent.set(id, rows.slice(plan.offset, plan.offset + plan.limit));
    }
    return byParent;
  }
}
