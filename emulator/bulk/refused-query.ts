/** Queries that Bulk refuses when a job is made, though REST would answer them. */
import { isCompound } from '../schema/field.ts';
import { parseQuery } from '../soql/parser.ts';
import type { Plan } from '../soql/plan.ts';
import { planQuery } from '../soql/planner.ts';
import { SoqlProblem } from '../soql/problem.ts';
import type { Query, SelectItem } from '../soql/syntax.ts';
import type { Viewpoint } from '../viewpoint.ts';

/** Objects that the API itself rejects: the lists of Airbyte's connector and of tap-salesforce, learnt from its answers. */
const REFUSED_OBJECTS = new Set([
  'AcceptedEventRelation',
  'ActivityHistory',
  'AssetTokenEvent',
  'AttachedContentNote',
  'Attachment',
  'CaseStatus',
  'ContractStatus',
  'DeclinedEventRelation',
  'EventWhoRelation',
  'FieldSecurityClassification',
  'KnowledgeArticle',
  'KnowledgeArticleVersion',
  'KnowledgeArticleVersionHistory',
  'KnowledgeArticleViewStat',
  'KnowledgeArticleVoteStat',
  'OpenActivity',
  'OrderStatus',
  'OwnedContentDocument',
  'PartnerRole',
  'QuoteTemplateRichTextData',
  'RecentlyViewed',
  'ServiceAppointmentStatus',
  'ShiftStatus',
  'SolutionStatus',
  'TaskPriority',
  'TaskStatus',
  'TaskWhoRelation',
  'UndecidedEventRelation',
  'UserRecordAccess',
  'WorkOrderLineItemStatus',
  'WorkOrderStatus',
  'WorkStepStatus',
]);

/** True for an object that no Bulk job can be made for, whatever the query; tags never can. */
export function isRefusedByBulk(sobject: string): boolean {
  return REFUSED_OBJECTS.has(sobject) || sobject.endsWith('__Tag');
}

/**
 * Plans the query of a job. Throws SoqlProblem: the texts of REST for what no query may do, those
 * of Bulk for what a job may not (Bulk guide, "Understanding Bulk API 2.0 Query", and recorded answers).
 */
export function planJob(view: Viewpoint, text: string): Plan {
  try {
    const query = parseQuery(text);
    const sobject = view.directory.sobject(query.from);
    if (sobject && isRefusedByBulk(sobject.name)) {
      throw new SoqlProblem('INVALIDENTITY', `Entity '${sobject.name}' is not supported by the Bulk API.`);
    }
    refuseForm(query);
    const plan = planQuery(view, text);
    refuseColumns(plan);
    return plan;
  } catch (error) {
    if (!(error instanceof SoqlProblem)) throw error;
    throw new SoqlProblem(jobCode(error), error.message);
  }
}

function refuseForm(query: Query): void {
  if (query.groupBy.length > 0 || query.having) throw apiError('GROUP BY is not supported in Bulk V2 Query');
  if (query.offset !== undefined) throw apiError('OFFSET is not supported in Bulk V2 Query');
  for (const item of query.select) refuseItem(item);
}

function refuseItem(item: SelectItem): void {
  if (item.kind === 'children' || item.kind === 'aggregate') {
    throw apiError('Aggregate Relationships not supported in Bulk V2 Query with CSV content type');
  }
  if (item.kind === 'typeof') throw apiError('TYPEOF is not supported in Bulk V2 Query');
  if (item.kind === 'fields' && item.scope !== 'STANDARD') {
    throw apiError(`The SOQL FIELDS function with ${item.scope} is not supported in Bulk V2 Query`);
  }
}

function refuseColumns(plan: Plan): void {
  for (const selected of plan.select) {
    if (selected.kind !== 'column') continue;
    const { field } = selected.column;
    if (isCompound(field)) throw apiError('Selecting compound data not supported in Bulk Query');
    if (field.type === 'base64') throw apiError('Binary field not supported');
    if (field.type === 'complexvalue') throw apiError(`Cannot serialize value for '${field.name}' in CSV format`);
  }
}

/** Bulk gives restrictions of an object its own code, the rest keeps that of REST. */
function jobCode({ errorCode, message }: SoqlProblem): string {
  return message.startsWith('Implementation restriction') || message.endsWith('does not support query')
    ? 'API_ERROR'
    : errorCode;
}

function apiError(message: string): SoqlProblem {
  return new SoqlProblem('API_ERROR', message);
}
