/**
 * Objects whose reading has limits that describe does not tell. Sources: the SOQL and SOSL reference ("SOQL Object
 * Limits and Limitations"), the Object Reference, and what orgs answered to other replication tools.
 */

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

/**
 * Their cursor can't stand in a WHERE or an ORDER BY, whatever describe says: big objects of event monitoring filter by
 * EventDate only, the others are not stored as rows. They are read whole.
 */
const NOT_FILTERABLE = words(`
  ActivityFieldHistory ApiEvent BulkApiResultEventStore EmbeddedServiceDetail EmbeddedServiceLabel FormulaFunction
  FormulaFunctionAllowedType FormulaFunctionCategory IdentityProviderEventStore IdentityVerificationEvent
  LightningUriEvent ListViewEvent LoginAsEvent LoginEvent LogoutEvent Name Publisher RecordActionHistory ReportEvent
  TabDefinition UriEvent`);

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
export function parentRead(sobject: string): ParentRead | undefined {
  return sobject === 'ContentDocumentLink' ? { parent: 'ContentDocument', field: 'ContentDocumentId' } : undefined;
}

/** True for objects that no query without a person's help can read; change events are messages, not rows. */
export function isExcluded(sobject: string): boolean {
  return QUERY_RESTRICTED.has(sobject) || QUERY_INCOMPATIBLE.has(sobject) || sobject.endsWith('ChangeEvent');
}

/** True for objects that can be read whole only. Custom big objects (`__b`) filter by the prefix of their index only. */
export function isUnfilterable(sobject: string): boolean {
  return NOT_FILTERABLE.has(sobject) || sobject.endsWith('__b');
}

/** True for objects that go by REST whatever their size; the tags of custom settings are refused too. */
export function isRefusedByBulk(sobject: string): boolean {
  return BULK_REFUSES.has(sobject) || sobject.endsWith('__Tag');
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/**
 * True for objects whose list of deletions is not their own: `deleted` of one field history lists those of all of them, and
 * their Ids look alike (SOAP API guide, "getDeleted"; OpportunityHistory, which holds stages, lists its own only).
 */
export function sharesDeletions(sobject: string): boolean {
  return sobject.endsWith('History') && sobject !== 'OpportunityHistory';
}
