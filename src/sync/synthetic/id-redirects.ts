/**
 * The id_redirects stream: which Id stands now for one that was merged away. Salesforce puts the winner of a merge into
 * MasterRecordId of the rows that lose (SOAP API guide, "merge"), and forgets them with the recycle bin, after about 15 days;
 * what was seen until then is kept in the state of the stream.
 */
import { isJsonObject, textOf, type JsonObject, type JsonValue } from '../../json/value.ts';
import { canonicalDatetime } from '../../record/moment.ts';
import type { RowHook } from '../../record/row-hook.ts';
import type { SObjectDescribe } from '../../salesforce/metadata.ts';
import { TIMESTAMP } from '../offer/stream-schema.ts';
import { sameOrganization } from '../plan/checkpoint.ts';
import { TEXT, type Gathering, type GatheredStream, type GatherOptions } from './synthetic-stream.ts';

export const idRedirects: GatheredStream = {
  kind: 'gathered',
  sobject: 'modstamp.id_redirects',
  name: 'id_redirects',
  title: 'Id redirects',
  description: 'Ids that merges have replaced: where each leads, and where it was an undelete that took it back.',
  columns: {
    object: { ...TEXT, title: 'Object', description: 'API name of the object.' },
    id: { ...TEXT, title: 'Id', description: 'Of the record that was merged into another.' },
    redirects_to: { ...TEXT, title: 'Redirects to', description: 'The record that it was merged into.' },
    survivor: {
      ...TEXT,
      title: 'Survivor',
      description: 'The record at the end of the chain of merges; the Id itself once the merge was taken back.',
    },
    merged_at: { ...TIMESTAMP, title: 'Merged at', description: 'SystemModstamp of the merged record as it was seen.' },
    revoked_at: {
      ...TIMESTAMP,
      title: 'Revoked at',
      description: 'When it came back from the recycle bin; else null.',
    },
  },
  key: ['object', 'id'],
  cursor: 'merged_at',
  isOn: (config) => config.idRedirects,
  gather: gatherRedirects,
};

/** What a row must carry to tell a merge. */
const FIELDS = ['Id', 'MasterRecordId', 'IsDeleted', 'SystemModstamp'];
/** About 350 KB of state. */
const KNOWN_MAX = 5_000;

interface Redirect {
  readonly to: string;
  readonly mergedAt: string;
  /** As it was written last. */
  readonly survivor: string;
}

/** Redirects of one object by the Id that was merged away. */
type Redirects = Map<string, Redirect>;

function gatherRedirects({ saved, organizationId, startedAt, isAnew, warn }: GatherOptions): Gathering {
  const known = readKnown(saved, organizationId);
  const changed = new Map<string, JsonObject>();
  const unsettled = new Set<string>();
  const note = (object: string, id: string, redirect: Redirect, revokedAt: string | null = null) =>
    changed.set(`${object} ${id}`, rowOf(object, id, redirect, revokedAt));
  if (isAnew) for (const [object, all] of known) for (const [id, redirect] of all) note(object, id, redirect);

  function see(object: string, id: string, master: string | undefined, at: string): void {
    const all = known.get(object) ?? new Map<string, Redirect>();
    known.set(object, all);
    const before = all.get(id);
    if (before?.to === master) return;
    unsettled.add(object);
    if (master !== undefined) {
      const redirect = { to: master, mergedAt: at, survivor: '' };
      all.set(id, redirect);
    } else if (before) {
      all.delete(id);
      note(object, id, { ...before, survivor: id }, at);
    }
  }

  function settle(object: string): void {
    const all = known.get(object) ?? new Map<string, Redirect>();
    for (const [id, redirect] of all) {
      const survivor = survivorOf(id, all);
      if (survivor === redirect.survivor) continue;
      all.set(id, { ...redirect, survivor });
      note(object, id, { ...redirect, survivor });
    }
  }

  return {
    fieldsOf: (describe) => (isMergeable(describe) ? FIELDS.filter((field) => hasField(describe, field)) : []),
    hookOf: (describe) => (isMergeable(describe) ? mergeHook(describe, known, startedAt, see) : undefined),
    take() {
      for (const object of unsettled) settle(object);
      unsettled.clear();
      const rows = [...changed.values()];
      changed.clear();
      return rows;
    },
    state() {
      forgetOldest(known, warn);
      return { merged_at: startedAt, modstamp: { version: 1, organizationId, redirects: knownToJson(known) } };
    },
  };
}

/** Keeps every row, and tells of those that were merged away and of those that were and are no more. */
function mergeHook(
  describe: SObjectDescribe,
  known: ReadonlyMap<string, Redirects>,
  startedAt: string,
  see: (object: string, id: string, master: string | undefined, at: string) => void,
): RowHook {
  const { name } = describe;
  const [hasDeleted, hasStamp] = ['IsDeleted', 'SystemModstamp'].map((field) => hasField(describe, field));
  return {
    fields: FIELDS.filter((field) => hasField(describe, field)),
    decide([id, master, third, fourth]) {
      const redirects = known.get(name);
      if (id === undefined || (master === undefined && (redirects === undefined || redirects.size === 0)))
        return 'keep';
      const ownId = textIn(id);
      if (master === undefined && redirects?.has(ownId) !== true) return 'keep';
      // An undeleted row is not merged any more, whether its MasterRecordId was emptied or not. Cases may be kept when they
      // are merged, by a setting of the org: there an Id in the field is all that tells.
      const isBack = hasDeleted && name !== 'Case' && third !== undefined && textIn(third).toLowerCase() === 'false';
      const stamp = hasStamp ? (hasDeleted ? fourth : third) : undefined;
      const at = (stamp && canonicalDatetime(textIn(stamp))) ?? startedAt;
      see(name, ownId, master === undefined || isBack ? undefined : textIn(master), at);
      return 'keep';
    },
  };
}

/**
 * The end of the chain that begins at an Id. A record can't be merged into one that was merged away before, so a step that is
 * older than the one before it is left from an undelete, and the chain ends there.
 */
function survivorOf(id: string, redirects: Redirects): string {
  const visited = new Set([id]);
  let at = id;
  let mergedAt = '';
  for (let next = redirects.get(at); next !== undefined && next.mergedAt >= mergedAt; next = redirects.get(at)) {
    if (visited.has(next.to)) break;
    visited.add(next.to);
    at = next.to;
    ({ mergedAt } = next);
  }
  return at;
}

function rowOf(object: string, id: string, { to, survivor, mergedAt }: Redirect, revokedAt: string | null): JsonObject {
  return { object, id, redirects_to: to, survivor, merged_at: mergedAt, revoked_at: revokedAt };
}

/** The state has `{object: {id: [redirects_to, merged_at, survivor]}}`; of another org nothing is known. */
function readKnown(saved: JsonObject | undefined, organizationId: string): Map<string, Redirects> {
  const own = saved?.['modstamp'];
  if (!isJsonObject(own) || !isJsonObject(own['redirects'])) return new Map();
  if (!sameOrganization(textOf(own['organizationId']) ?? '', organizationId)) return new Map();
  return new Map(
    Object.entries(own['redirects']).map(([object, redirects]) => [
      object,
      new Map(Object.entries(isJsonObject(redirects) ? redirects : {}).flatMap(([id, each]) => readRedirect(id, each))),
    ]),
  );
}

function readRedirect(id: string, saved: JsonValue): [string, Redirect][] {
  const [to, mergedAt, survivor] = Array.isArray(saved) ? saved : [];
  if (typeof to !== 'string' || typeof mergedAt !== 'string') return [];
  return [[id, { to, mergedAt, survivor: typeof survivor === 'string' ? survivor : to }]];
}

function knownToJson(known: ReadonlyMap<string, Redirects>): JsonObject {
  return Object.fromEntries(
    [...known]
      .filter(([, redirects]) => redirects.size > 0)
      .map(([object, redirects]) => [
        object,
        Object.fromEntries([...redirects].map(([id, { to, mergedAt, survivor }]) => [id, [to, mergedAt, survivor]])),
      ]),
  );
}

/** A forgotten redirect stays in the warehouse; a later merge of its survivor is not followed there. */
function forgetOldest(known: Map<string, Redirects>, warn: (text: string) => void): void {
  const all = [...known].flatMap(([object, redirects]) =>
    [...redirects].map(([id, { mergedAt }]) => ({ object, id, mergedAt })),
  );
  const surplus = all.length - KNOWN_MAX;
  if (surplus <= 0) return;
  all.sort((a, b) => (a.mergedAt < b.mergedAt ? -1 : 1));
  for (const { object, id } of all.slice(0, surplus)) known.get(object)?.delete(id);
  warn(
    `the state remembers ${KNOWN_MAX} merges, so the ${surplus} oldest are forgotten: their rows stay, and where their survivors are merged again, follow survivor through id_redirects once more.`,
  );
}

function isMergeable(describe: SObjectDescribe): boolean {
  return hasField(describe, 'Id') && hasField(describe, 'MasterRecordId');
}

function hasField({ fields }: SObjectDescribe, wanted: string): boolean {
  return fields.some(({ name }) => name === wanted);
}

function textIn(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
