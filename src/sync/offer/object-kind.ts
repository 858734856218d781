/**
 * Kinds of objects: what tells an object's rows apart, what tells that they changed, and what the org allows in a query of
 * them. Decided from the describe and the name, here and nowhere else; what this table does not know is learnt from the
 * org's refusals. Sources: the SOQL and SOSL reference ("SOQL Object Limits and Limitations"), the Object Reference, the Big
 * Objects guide, and what orgs answered to other replication tools. Pure.
 */
import type { FieldDescribe, SObjectDescribe } from '../../salesforce/metadata.ts';

export type KindName =
  | 'table'
  | 'big object'
  | 'external object'
  | 'custom metadata'
  | 'single batch'
  | 'children of a parent';

export interface ObjectKind {
  readonly name: KindName;
  /** The field whose value no two rows share; undefined where there is none, so that rows can only be appended. */
  readonly keyField?: string;
  /** The date that tells which rows are new or changed; undefined where none does, or none can be asked for. */
  readonly cursorField?: string;
  /** Whether `Id` tells rows apart: a query can be ordered by it, gone on with after a row, and split. */
  readonly ordersById: boolean;
  /** Whether COUNT() is answered; where it is not, only the size that a query itself tells is proof. */
  readonly counts: boolean;
  /** Whether two conditions on different fields may be joined by OR. */
  readonly allowsOr: boolean;
  /** Whether Bulk is worth a try. */
  readonly bulk: boolean;
  /** Whether a query may be one of five in a composite. */
  readonly sharesCalls: boolean;
  /** Whether the org lists the deletions of this object, and of it alone. */
  readonly listsDeletions: boolean;
  /** Read in windows of this key, `LIMIT 2000` each. */
  readonly windowKey?: string;
  readonly parent?: ParentRead;
}

/**
 * Queries on them must filter by something that only a person can name ("a filter on a reified column is required",
 * "requires a filter by a single Id …"), so they are not offered.
 */
const QUERY_RESTRICTED = words(`
  Announcement ApexTypeImplementor AppTabMember CollaborationGroupRecord ColorDefinition ContentFolderItem
  ContentFolderMember ContentHubItem DataStatistics DatacloudCompany DatacloudContact DatacloudDandBCompany
  EntityParticle FieldDefinition FieldHistoryArchive FlexQueueItem FlowTestView FlowVariableView FlowVersionView
  IconDefinition IdeaComment NetworkUserHistoryRecent OwnerChangeOptionInfo PicklistValueInfo PlatformAction
  RelatedListDefinition RelationshipDomain RelationshipInfo SearchLayout SiteDetail UserEntityAccess UserFieldAccess
  UserProfileFeed Vote`);

/** describe global says queryable, the query is refused; or the object exists only inside other objects' answers. */
const QUERY_INCOMPATIBLE = words(`
  AIPredictionEvent ActivityHistory ActivityMetric ActivityMetricRollup AggregateResult ApiAnomalyEvent ApiEventStream
  AssetTokenEvent AsyncOperationEvent AsyncOperationStatus AttachedContentDocument AttachedContentNote
  BatchApexErrorEvent BulkApiResultEvent CombinedAttachment ConcurLongRunApexErrEvent ContentBody
  CredentialStuffingEvent DataType DatacloudAddress EmailStatus FeedLike FeedSignal FeedTrackedChange
  FlowExecutionErrorEvent FolderedContentDocument LightningUriEventStream ListViewChartInstance ListViewEventStream
  LoginAsEventStream LoginEventStream LogoutEventStream LookedUpFromActivity Name NoteAndAttachment OpenActivity
  OrgLifecycleNotification OutgoingEmail OutgoingEmailRelation OwnedContentDocument PlatformStatusAlertEvent
  ProcessExceptionEvent ProcessInstanceHistory QuoteTemplateRichTextData RemoteKeyCalloutEvent ReportAnomalyEvent
  ReportEventStream SessionHijackingEvent UriEventStream UserRecordAccess`);

/** Not stored as rows, so that no date of theirs can stand in a WHERE, whatever describe says. */
const NOT_FILTERABLE = words(`
  EmbeddedServiceDetail EmbeddedServiceLabel FormulaFunction FormulaFunctionAllowedType FormulaFunctionCategory Name
  Publisher RecordActionHistory TabDefinition`);

/**
 * Big objects of event monitoring and of field history: found by the index of the object only, and every row carries the
 * same empty Id. Others of the kind are known by their names: `LoginEvent`, `BulkApiResultEventStore`.
 */
const STANDARD_BIG_OBJECTS = words(`
  ActivityFieldHistory ApiEvent FieldHistoryArchive IdentityVerificationEvent LightningUriEvent ListViewEvent LoginAsEvent
  LoginEvent LogoutEvent ReportEvent UriEvent`);

/** One batch of 2,000 rows and no more ("does not support queryMore(), use LIMIT to restrict the results to a single batch"). */
const SINGLE_BATCH = words('EntityDefinition');

/**
 * Rows that appear once and never change, so that their date of creation tells all that is new. Objects that have no other
 * date and are none of these (AsyncApexJob, CronTrigger, OauthToken …) change without a trace.
 */
const INSERT_ONLY =
  /(?:History|Feed|FeedTrackedChange|EventLogFile|Tag)$|^(?:LoginHistory|LoginGeo|LoginIp|SetupAuditTrail|VerificationHistory|CaseArticle|FeedComment)$/;

/** Bulk refuses them when the job is created ("is not supported by the Bulk API"); knowing it saves the try. */
const BULK_REFUSES = words(`
  AcceptedEventRelation AccountBrandShare AccountFeed AggregateResult AssetFeed AssetTokenEvent AttachedContentDocument
  AttachedContentNote Attachment CaseStatus CaseTeamMember CaseTeamRole CaseTeamTemplate CaseTeamTemplateMember
  CaseTeamTemplateRecord ChannelProgramLevelShare CombinedAttachment ContentFolderItem ContractStatus
  DeclinedEventRelation EventWhoRelation FieldSecurityClassification FolderedContentDocument KnowledgeArticle
  KnowledgeArticleVersion KnowledgeArticleVersionHistory KnowledgeArticleViewStat KnowledgeArticleVoteStat
  LookedUpFromActivity Name NoteAndAttachment OpenActivity OrderStatus OwnedContentDocument PartnerRole
  QuoteTemplateRichTextData RecentlyViewed ServiceAppointmentStatus ShiftStatus SolutionStatus TaskPriority TaskStatus
  TaskWhoRelation UndecidedEventRelation UserRecordAccess WorkOrderLineItemStatus WorkOrderStatus`);

/** An object that is read by the Ids of another one. */
export interface ParentRead {
  readonly parent: string;
  /** The field that holds the parent's Id; it filters with IN. */
  readonly field: string;
}

/**
 * How an object is read that refuses a query without a filter on its parent, or undefined for all others:
 * "ContentDocumentLink requires a filter by a single Id on ContentDocumentId or LinkedEntityId using the equals operator
 * or multiple Id's using the IN operator".
 */
function parentRead(sobject: string): ParentRead | undefined {
  return sobject === 'ContentDocumentLink' ? { parent: 'ContentDocument', field: 'ContentDocumentId' } : undefined;
}

/** True for objects that no query without a person's help can read; change events are messages, not rows. */
export function isExcluded(sobject: string): boolean {
  return QUERY_RESTRICTED.has(sobject) || QUERY_INCOMPATIBLE.has(sobject) || sobject.endsWith('ChangeEvent');
}

/** The kind of a described object. */
export function kindOf(describe: SObjectDescribe): ObjectKind {
  const { name } = describe;
  const parent = parentRead(name);
  const fieldNamed = (wanted: string) => describe.fields.find((field) => field.name === wanted);
  const kind = kindNameOf(name, parent);
  const isStored = kind === 'table' || kind === 'custom metadata' || kind === 'children of a parent';
  const keyField = KEYS[kind].find((key) => fieldNamed(key) !== undefined);
  const cursorField = kind === 'big object' || kind === 'single batch' ? undefined : cursorOf(describe);
  return {
    name: kind,
    ...(keyField !== undefined && { keyField }),
    ...(cursorField !== undefined && { cursorField }),
    ordersById: kind !== 'big object' && kind !== 'single batch' && fieldNamed('Id')?.sortable === true,
    counts: isStored || kind === 'external object',
    allowsOr: kind === 'table' || kind === 'children of a parent',
    bulk: parent === undefined && kind !== 'single batch' && !BULK_REFUSES.has(name) && !name.endsWith('__Tag'),
    sharesCalls: kind === 'table' || kind === 'custom metadata',
    listsDeletions: describe.replicateable && isStored && !sharesDeletions(name),
    ...(kind === 'single batch' && keyField !== undefined && { windowKey: keyField }),
    ...(parent && { parent }),
  };
}

/** In the order of preference. A big object of event monitoring has an identifier of its own, a custom one only its index. */
const KEYS: Readonly<Record<KindName, readonly string[]>> = {
  table: ['Id'],
  'custom metadata': ['Id'],
  'children of a parent': ['Id'],
  'external object': ['Id', 'ExternalId'],
  'big object': ['EventIdentifier'],
  'single batch': ['DurableId', 'QualifiedApiName'],
};

function kindNameOf(name: string, parent: ParentRead | undefined): KindName {
  if (parent) return 'children of a parent';
  if (name.endsWith('__x')) return 'external object';
  if (name.endsWith('__mdt')) return 'custom metadata';
  if (name.endsWith('__b') || STANDARD_BIG_OBJECTS.has(name) || /[a-z]EventStore$/.test(name)) return 'big object';
  return SINGLE_BATCH.has(name) ? 'single batch' : 'table';
}

/** In the order of preference: what moves with the most changes comes first. */
const CHANGE_DATES = ['SystemModstamp', 'LastModifiedDate'];
const CREATION_DATES = ['CreatedDate', 'LoginTime'];

function cursorOf(describe: SObjectDescribe): string | undefined {
  const { name, fields } = describe;
  if (NOT_FILTERABLE.has(name)) return undefined;
  const usable = new Set(fields.filter(isUsableDate).map((field) => field.name));
  const changed = CHANGE_DATES.find((date) => usable.has(date));
  if (changed !== undefined) return changed;
  // A change date that is there and can't be asked for shows that rows change after their creation.
  const changes = fields.some((field) => CHANGE_DATES.includes(field.name));
  return INSERT_ONLY.test(name) && !changes ? CREATION_DATES.find((date) => usable.has(date)) : undefined;
}

function isUsableDate({ filterable, type }: FieldDescribe): boolean {
  return filterable && type === 'datetime';
}

/**
 * True for objects whose list of deletions is not their own: `deleted` of one field history lists those of all of them, and
 * their Ids look alike (SOAP API guide, "getDeleted"; OpportunityHistory, which holds stages, lists its own only).
 */
function sharesDeletions(sobject: string): boolean {
  return sobject.endsWith('History') && sobject !== 'OpportunityHistory';
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
