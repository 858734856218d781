/** The formulas command: views that compute formula fields, for the streams of a catalog. */
import type { Dialect } from '../../formulas/dialect.ts';
import { viewOf, type FormulaView, type Table } from '../../formulas/view.ts';
import type { DescribeDetails } from '../../salesforce/describe-details.ts';
import type { SObjectDescribe } from '../../salesforce/metadata.ts';
import { ModstampError } from '../../errors.ts';
import { describeAll } from '../configured-object.ts';
import { connectRun } from '../connect-run.ts';
import type { Run } from '../run.ts';
import { readListed, type ListedStream } from './listed-stream.ts';

export interface FormulaViewOptions {
  /** A configured catalog, or what discover printed. */
  readonly catalog: unknown;
  readonly dialect: Dialect;
  readonly zone: string;
}

/**
 * A view for each stream of the catalog that has formula fields. Only the objects of the catalog are described: what a formula
 * reads must be synced. Throws config_error where the catalog is none, or names no object at all.
 */
export async function formulaViews(run: Run, options: FormulaViewOptions): Promise<FormulaView[]> {
  const listed = readListed(options.catalog).filter(({ sobject }) => sobject !== undefined);
  if (listed.length === 0) {
    throw new ModstampError('The catalog names no objects (x-sobject); make it with modstamp discover or catalog.', {
      failureType: 'config_error',
    });
  }
  const connection = await connectRun(run, { mode: 'probe' });
  try {
    const details = new Map<string, DescribeDetails>();
    const names = listed.map(({ sobject }) => sobject as string);
    const describes = await describeAll(connection, names, run.signal, details);
    const tables = new Map<string, Table>();
    for (const stream of listed) {
      const describe = describes.get(stream.sobject as string);
      if (describe === undefined || describe instanceof ModstampError || tables.has(describe.name)) continue;
      tables.set(describe.name, tableOf(stream, describe, details.get(describe.name), run.config.schemaName));
    }
    return [...tables.values()].flatMap((table) => viewOf(table, tables, options.dialect, options.zone) ?? []);
  } finally {
    await connection.close();
  }
}

function tableOf(
  { name, properties }: ListedStream,
  describe: SObjectDescribe,
  details: DescribeDetails | undefined,
  schema: string | undefined,
): Table {
  const columns = new Map(
    [...properties].flatMap(([property, { field }]) => (field ? [[field, property] as const] : [])),
  );
  return {
    name,
    schema,
    sobject: describe.name,
    idColumn: columns.get('Id'),
    fields: describe.fields.map((field) => ({
      name: field.name,
      type: field.type,
      scale: field.scale,
      column: columns.get(field.name),
      relationshipName: field.relationshipName,
      referenceTo: field.referenceTo,
      formula: details?.fields.get(field.name)?.formula ?? null,
      treatBlankAsZero: details?.fields.get(field.name)?.treatBlankAsZero ?? true,
    })),
  };
}
