/** `/limits` and `/limits/recordCount`. */
import { json } from '../http/answer.ts';
import type { Service } from '../service.ts';
import type { Respond } from './rest-call.ts';

/** Allowances that nothing here uses up (REST API guide, "Limits", names and values of its example). */
const UNUSED: Readonly<Record<string, number>> = {
  ActiveScratchOrgs: 3,
  AnalyticsExternalDataSizeMB: 40_960,
  ConcurrentAsyncGetReportInstances: 200,
  ConcurrentEinsteinDataInsightsStoryCreation: 5,
  ConcurrentEinsteinDiscoveryStoryCreation: 2,
  ConcurrentSyncReportRuns: 20,
  DailyAnalyticsDataflowJobExecutions: 60,
  DailyAnalyticsUploadedFilesSizeMB: 51_200,
  DailyFunctionsApiCallLimit: 235_000,
  DailyAsyncApexExecutions: 250_000,
  DailyAsyncApexTests: 500,
  DailyBulkApiBatches: 15_000,
  DailyDeliveredPlatformEvents: 10_000,
  DailyDurableGenericStreamingApiEvents: 10_000,
  DailyDurableStreamingApiEvents: 10_000,
  DailyEinsteinDataInsightsStoryCreation: 1000,
  DailyEinsteinDiscoveryPredictAPICalls: 50_000,
  DailyEinsteinDiscoveryPredictionsByCDC: 5_000_000,
  DailyEinsteinDiscoveryStoryCreation: 100,
  DailyGenericStreamingApiEvents: 10_000,
  DailyScratchOrgs: 6,
  DailyStandardVolumePlatformEvents: 10_000,
  DailyStreamingApiEvents: 10_000,
  DailyWorkflowEmails: 100_000,
  DataStorageMB: 1024,
  DurableStreamingApiConcurrentClients: 20,
  FileStorageMB: 1024,
  HourlyAsyncReportRuns: 1200,
  HourlyDashboardRefreshes: 200,
  HourlyDashboardResults: 5000,
  HourlyDashboardStatuses: 999_999_999,
  HourlyLongTermIdMapping: 100_000,
  HourlyManagedContentPublicRequests: 50_000,
  HourlyODataCallout: 20_000,
  HourlyPublishedPlatformEvents: 50_000,
  HourlyPublishedStandardVolumePlatformEvents: 1000,
  HourlyShortTermIdMapping: 100_000,
  HourlySyncReportRuns: 500,
  HourlyTimeBasedWorkflow: 1000,
  MassEmail: 5000,
  MonthlyEinsteinDiscoveryStoryCreation: 500,
  Package2VersionCreates: 6,
  Package2VersionCreatesWithoutValidation: 500,
  PlatformEventTriggersWithParallelProcessing: 5,
  PrivateConnectOutboundCalloutHourlyLimitMB: 0,
  SingleEmail: 5000,
  StreamingApiConcurrentClients: 20,
};

/** `GET /limits`. */
export const answerLimits: Respond = (service) => {
  const { settings, usage, jobs } = service;
  const still: Record<string, unknown> = {};
  for (const [name, max] of Object.entries(UNUSED)) still[name] = { Max: max, Remaining: max };
  const limits = {
    ...still,
    DailyApiRequests: {
      Max: settings.apiMax,
      Remaining: Math.max(0, settings.apiMax - usage.apiCalls),
      // Usage by app stands inside, where the org tells it.
      ...(settings.limitInfo === 'perApp' && { 'practice-app': { Max: 0, Remaining: 0 } }),
    },
    DailyBulkV2QueryFileStorageMB: { Max: 976_562, Remaining: 976_562 - Math.ceil(jobs.bytesStored / 2 ** 20) },
    DailyBulkV2QueryJobs: { Max: jobs.maxDaily, Remaining: jobs.maxDaily - jobs.created },
    // Nested, as in real answers: a reader must not take every member for a number.
    PermissionSets: { Max: 1500, Remaining: 1499, CreateCustom: { Max: 1000, Remaining: 999 } },
  };
  return json(Object.fromEntries(Object.entries(limits).sort(([one], [other]) => (one < other ? -1 : 1))));
};

/** `GET /limits/recordCount?sObjects=…`: all objects unless told; unknown and empty ones are left out. */
export const answerRecordCount: Respond = (service, { call }) => {
  const asked = call.query.get('sObjects');
  const names = asked === null ? service.directory.all.map(({ name }) => name) : asked.split(',');
  const sObjects = names.flatMap((name) => {
    const sobject = service.directory.sobject(name.trim());
    const count = sobject && isCounted(service, sobject.name) ? service.org.table(sobject.name).size : 0;
    return sobject && count > 0 ? [{ count, name: sobject.name }] : [];
  });
  return json({ sObjects });
};

/** Setup objects and metadata types have no counts. */
function isCounted(service: Service, name: string): boolean {
  const sobject = service.directory.sobject(name);
  return sobject?.queryable === true && !name.endsWith('__mdt');
}
