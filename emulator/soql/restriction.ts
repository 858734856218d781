/** Objects that can't be queried freely, with the recorded refusals. */
import type { SObject } from '../model.ts';
import { INDEX_FIELDS, isBigObject } from '../schema/big-object.ts';
import { boundPaths } from './filter.ts';
import { SoqlProblem } from './problem.ts';
import type { Condition, Query } from './syntax.ts';

interface Restriction {
  /** Paths in lower case of which one must be bound; `single` allows one value only. */
  readonly paths: readonly string[];
  readonly single?: boolean;
  readonly errorCode: string;
  readonly message: string;
}

/** Sources: Data Loader logs quoted in public issues, and the SOQL reference's list of object limits. */
const RESTRICTIONS: Readonly<Record<string, Restriction>> = {
  ContentDocumentLink: {
    paths: ['contentdocumentid', 'linkedentityid', 'id'],
    errorCode: 'MALFORMED_QUERY',
    message:
      "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
  },
  ContentFolderItem: {
    paths: ['id', 'parentcontentfolderid'],
    errorCode: 'MALFORMED_QUERY',
    message:
      "Implementation restriction: ContentFolderItem requires a filter by Id or ParentContentFolderId using the equals or 'IN' operator",
  },
  ContentFolderMember: {
    paths: ['id', 'childrecordid', 'parentcontentfolderid'],
    single: true,
    errorCode: 'MALFORMED_QUERY',
    message:
      'Implementation restriction: ContentFolderMember requires a filter by a single Id, ChildRecordId or ParentContentFolderId using the equals operator',
  },
  Vote: {
    paths: ['parentid', 'parent.type', 'id'],
    errorCode: 'MALFORMED_QUERY',
    message:
      "Implementation restriction: When querying the Vote object, you must filter using the following syntax: ParentId = [single ID], Parent.Type = [single Type], Id = [single ID], or Id IN [list of ID's].",
  },
  IdeaComment: {
    paths: ['communityid', 'id', 'ideaid'],
    errorCode: 'MALFORMED_QUERY',
    message:
      'Implementation restriction. When querying the Idea Comment object, you must filter using the following syntax: CommunityId = [single ID], Id = [single ID], IdeaId = [single ID], Id IN [list of IDs], or IdeaId IN [list of IDs].',
  },
  ContentHubItem: {
    paths: ['id', 'externalid', 'contenthubrepositoryid'],
    errorCode: 'MALFORMED_QUERY',
    message: 'ContentHubRepositoryId,ExternalId or Id must be specified in your query',
  },
  DataStatistics: {
    paths: ['stattype'],
    errorCode: 'EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION',
    message: 'Where clauses should contain StatType',
  },
  FlexQueueItem: {
    paths: ['jobtype'],
    errorCode: 'EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION',
    message: 'The WHERE clause must contain a JobType field expression.',
  },
};

/** Virtual objects of the Tooling API that want a filter on one of these columns. */
const REIFIED: Readonly<Record<string, readonly string[]>> = {
  EntityParticle: ['EntityDefinitionId', 'DurableId'],
  FieldDefinition: ['EntityDefinitionId', 'DurableId'],
  OwnerChangeOptionInfo: ['EntityDefinitionId', 'DurableId'],
  PicklistValueInfo: ['EntityParticleId', 'DurableId'],
  RelationshipDomain: ['ParentSobjectId', 'DurableId'],
  RelationshipInfo: ['ParentSobjectId', 'DurableId'],
  SearchLayout: ['EntityDefinitionId', 'DurableId'],
  SiteDetail: ['DurableId'],
  UserEntityAccess: ['UserId', 'DurableId'],
  UserFieldAccess: ['UserId', 'DurableId'],
  RelatedListDefinition: ['ParentEntityDefinitionId', 'DurableId'],
  ApexTypeImplementor: ['InterfaceName', 'DurableId'],
  FlowTestView: ['DurableId'],
};

/** Objects with no way to ask for them at all. */
const REFUSED: Readonly<Record<string, readonly [errorCode: string, message: string]>> = {
  ListViewChartInstance: ['EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION', 'Getting all ListViewChartInstance is unsupported'],
  PlatformAction: ['EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION', 'Getting all PlatformAction is unsupported'],
  OutgoingEmail: [
    'EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION',
    'This query is not supported on the OutgoingEmail object. (OutgoingEmailRelation)',
  ],
  OutgoingEmailRelation: [
    'EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION',
    'This query is not supported on the OutgoingEmailRelation object.',
  ],
  UserRecordAccess: ['INVALID_FIELD', 'Can select only RecordId, a Has*Access field, and MaxAccessLevel'],
  DatacloudAddress: [
    'EXTERNAL_OBJECT_EXCEPTION',
    'SObject - DATACLOUD_ADDRESS : Transient queries are not implemented',
  ],
  DatacloudDandBCompany: [
    'DATACLOUD_API_DISABLED_EXCEPTION',
    "Your organization doesn't have permission to access the Data.com API",
  ],
};

/** Throws SoqlProblem where the object wants a filter that the query lacks. */
export function restrictQuery(query: Query, sobject: SObject): void {
  const never = REFUSED[sobject.name];
  if (never) throw new SoqlProblem(...never);
  if (isVirtual(sobject)) restrictVirtual(query);
  if (isBigObject(sobject.name)) restrictBigObject(query);
  const bound = boundPaths(query.where);
  const columns = REIFIED[sobject.name];
  if (columns && !columns.some((column) => bound.has(column.toLowerCase()))) {
    const message = `${sobject.name}: a filter on a reified column is required [${columns.join(',')}]`;
    throw new SoqlProblem('MALFORMED_QUERY', message);
  }
  const restriction = RESTRICTIONS[sobject.name];
  if (!restriction) return;
  const met = restriction.paths.some((path) => {
    const values = bound.get(path);
    return values !== undefined && (!restriction.single || values === 1);
  });
  if (!met) throw new SoqlProblem(restriction.errorCode, restriction.message);
}

/**
 * Objects that the Tooling API makes up from the org's schema: they take few conditions and ignore LIMIT, and their answers
 * can't be paged, so that everything must fit the first page.
 */
export function isVirtual(sobject: SObject): boolean {
  return sobject.name === 'EntityDefinition' || Object.hasOwn(REIFIED, sobject.name);
}

/** Texts of the Tooling API guide, "UserEntityAccess"; it gives no codes. */
function restrictVirtual({ where, groupBy, select }: Query): void {
  const [only] = select;
  if (groupBy.length > 0) {
    throw unsupported(
      'The requested operation is not yet supported by this SObject storage type, contact salesforce.com support for more information.',
    );
  }
  if (only?.kind === 'aggregate') {
    throw unsupported(
      'The "DurableId" field is of type number, but the value from the external data source is "Account.SearchResult". Contact your administrator for help.',
    );
  }
  if (where) restrictCondition(where);
}

/**
 * A big object answers what its index finds, unordered and uncounted (Big Objects guide, "SOQL with Big Objects"); its code
 * and the first text are recorded, the others follow that guide's words.
 */
function restrictBigObject({ orderBy, groupBy, select, where }: Query): void {
  const refuse = (message: string) => new SoqlProblem('BIG_OBJECT_UNSUPPORTED_OPERATION', message);
  if (orderBy.length > 0) throw refuse('Order by is not supported on this big object');
  if (groupBy.length > 0 || select.some(({ kind }) => kind === 'aggregate')) {
    throw refuse('Aggregate functions not supported');
  }
  if (where && !staysInIndex(where)) throw refuse('Filters may not have any gaps within the composite key');
}

function staysInIndex(condition: Condition): boolean {
  if (condition.kind === 'and') return condition.parts.every(staysInIndex);
  if (condition.kind !== 'comparison' || condition.operand.kind !== 'path') return false;
  return INDEX_FIELDS.has(condition.operand.path.names.join('.').toLowerCase());
}

function restrictCondition(condition: Condition): void {
  if (condition.kind === 'or') throw unsupported('Disjunctions not supported');
  const negative = condition.kind === 'comparison' && ['!=', 'NOT IN', 'EXCLUDES'].includes(condition.operator);
  if (condition.kind === 'not' || negative) throw unsupported('Only equals comparisons permitted');
  if (condition.kind === 'and') condition.parts.forEach(restrictCondition);
}

function unsupported(message: string): SoqlProblem {
  return new SoqlProblem('EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION', message);
}
