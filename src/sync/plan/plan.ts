/**
 * The plan: from a configured stream, its describe and its saved state to one reading. Every decision falls here, before the
 * first row: full or incremental, whole or backfill, where to resume, what to skip and why. Pure.
 */
import type { ConfiguredStream } from '../../airbyte/protocol.ts';
import type { JsonObject } from '../../json/value.ts';
import type { Config } from '../../config/config.ts';
import type { SObjectDescribe } from '../../salesforce/metadata.ts';
import { backfillCondition } from './backfill.ts';
import { earlierNote, earlierWindow, extentOf, furtherBack, reachesBack } from './extent.ts';
import { finishedState, sameJob, sameOrganization, standingState, usableResume } from './checkpoint.ts';
import {
  backNote,
  damagedNotes,
  deletedNotes,
  forwardNote,
  missingNotes,
  note,
  retypedNotes,
  staleNotes,
} from './notes.ts';
import { whyRead } from './reading-mode.ts';
import { newlySelected, selectProperties, type Selection } from './selection.ts';
import type { Note } from '../run.ts';
import { kindOf, type ObjectKind } from '../offer/object-kind.ts';
import { unmarked, type KeyPrefixes } from '../offer/reference-type.ts';
import { readState } from './saved-state.ts';
import { type Resume, type ResumedJob, type StreamState } from './stream-state.ts';
import { wholeSecond, type Window } from './window.ts';

export interface PlanContext {
  readonly config: Config;
  readonly apiVersion: string;
  readonly organizationId: string;
  /** Start of this run by the server's clock, ISO 8601 on a whole second: upper bound of increments, next lower bound. */
  readonly startedAt: string;
  /** Of the objects that keys point to, where reference types are selected. */
  readonly keyPrefixes?: KeyPrefixes;
}

export interface Reading {
  readonly stream: ConfiguredStream;
  readonly describe: SObjectDescribe;
  /** What the object allows: order, counting, Bulk … */
  readonly kind: ObjectKind;
  readonly selection: Selection;
  /** The object's cursor; `property` where it is selected, which is what keeps a checkpoint. */
  readonly cursorField?: string;
  /** SOQL field of which each value leaves once over all readings of the stream: names, which many lookups point to. */
  readonly distinctBy?: string;
  readonly incremental: boolean;
  /** In words, why it is read whole or in part. */
  readonly why: string;
  /** The whole object is read: a first, full, resynced or resumed whole read. */
  readonly whole: boolean;
  /** To be read one after the other. Empty: finished already in this job. */
  readonly windows: readonly Window[];
  readonly resume?: Resume;
  /** Of a resumed reading: what changed since it began. It is read before, and its rows are left out of this one. */
  readonly catchUp?: Window;
  /** Read before a resumed reading, and anew where it is interrupted: it leaves no resume. */
  readonly isCatchUp?: boolean;
  /** Start of the run that planned the reading (a resumed one: the former run): the bound once it is done. */
  readonly startedAt: string;
  /** A Bulk job of a discarded resume, to be deleted. */
  readonly abandonedJob?: ResumedJob;
  /** The state while the reading is under way: `resume` is added to it. */
  readonly currentState: StreamState;
  /** The state once every window is read. */
  readonly finalState: StreamState;
  readonly notes: readonly Note[];
}

/** Plans one stream. `saved` is the stream's state as the host handed it back. */
export function planReading(
  stream: ConfiguredStream,
  describe: SObjectDescribe,
  saved: JsonObject | undefined,
  context: PlanContext,
): Reading {
  const objectKind = kindOf(describe);
  const { cursorField } = objectKind;
  const { config, startedAt, organizationId, apiVersion } = context;
  const selection = selectProperties(stream, describe, cursorField, {
    ...config,
    apiVersion,
    ...(context.keyPrefixes && { keyPrefixes: context.keyPrefixes }),
  });
  const notes: Note[] = [
    ...missingNotes(stream, selection),
    ...retypedNotes(stream, selection),
    ...deletedNotes(stream, describe, selection),
  ];
  let { state, damaged } = readState(saved ?? {}, selection.cursorProperty, cursorField);
  notes.push(...damagedNotes(stream, damaged));
  if (state.organizationId && !sameOrganization(state.organizationId, organizationId)) {
    notes.push(
      note(
        'WARN',
        `Stream ${stream.name} was last read from org ${state.organizationId} and this is org ${organizationId} (a refreshed sandbox, or another login): its checkpoint is dropped and it is read whole. Rows of the former org stay in the warehouse until that stream is cleared.`,
      ),
    );
    state = {};
  }
  const incremental = stream.syncMode === 'incremental' && !!cursorField && selection.cursorProperty !== undefined;
  const plan = incremental
    ? planIncrement(stream, describe, selection, state, context, notes)
    : planFull(stream, cursorField, selection, state, context);
  const bound = boundOf(plan.resume?.startedAt ?? startedAt, config);
  const catchUp = incremental ? catchUpOf(plan, describe, context) : undefined;
  const reachedAt = catchUp === undefined ? bound : boundOf(startedAt, config);
  const kind = { bound, reachedAt, whole: plan.whole, incremental, hardDeletes: config.hardDeletes, organizationId };
  const since = cursorField === undefined ? undefined : plan.since;
  return {
    stream,
    describe,
    kind: objectKind,
    selection,
    ...(cursorField && { cursorField }),
    incremental,
    ...plan,
    why: plan.why ?? whyRead({ ...plan, stream, selection, cursorField, state }),
    ...(catchUp && { catchUp }),
    startedAt: bound,
    ...(state.resume?.job && !plan.resume?.job && { abandonedJob: state.resume.job }),
    currentState: standingState(stream, state, kind),
    finalState: finishedState(stream, state, selection, {
      ...kind,
      ...(since !== undefined && { since }),
      hidden: hiddenFields(describe, selection, state),
    }),
    notes: [...notes, ...staleNotes(stream, selection, state, startedAt, plan.whole)],
  };
}

/** Fields that were written and that the describe does not show, each with the bound up to which its values are known. */
function hiddenFields(
  describe: SObjectDescribe,
  selection: Selection,
  { fields = [], hidden = {}, cursor }: StreamState,
): { readonly [field: string]: string } {
  const shown = new Set(describe.fields.map(({ name }) => name));
  const lost =
    cursor === undefined ? [] : fields.filter((field) => !shown.has(unmarked(field))).map((field) => [field, cursor]);
  const before = Object.entries(hidden).filter(
    ([field]) => !shown.has(unmarked(field)) && !selection.selected.includes(field),
  );
  return Object.fromEntries([...lost, ...before]) as { readonly [field: string]: string };
}

/** What is read for a planned reading, in this order: what changed since an interrupted one began, then the rest of that. */
export function readingsOf(reading: Reading): readonly Reading[] {
  const { catchUp, resume: _resume, abandonedJob: _job, ...plain } = reading;
  return catchUp ? [{ ...plain, windows: [catchUp], whole: false, isCatchUp: true }, reading] : [reading];
}

/**
 * From where an interrupted read began, less the lookback window, to the start of this run; undefined where nothing can have
 * changed since, and where rows have no Id by which they would be told apart from those of the interrupted read.
 */
function catchUpOf(
  { resume }: Plan,
  describe: SObjectDescribe,
  { config, startedAt }: PlanContext,
): Window | undefined {
  if (!resume || kindOf(describe).keyField !== 'Id' || boundOf(startedAt, config) <= resume.startedAt) return undefined;
  const from = wholeSecond(Date.parse(resume.startedAt) - config.lookbackMs);
  return { from, ...upperBound(startedAt, config) };
}

interface Plan {
  readonly whole: boolean;
  readonly windows: readonly Window[];
  /** How far back the stream will have been read: its start_date. Undefined: the whole history. */
  readonly since?: string | undefined;
  readonly resume?: Resume;
  /** Where more is known than that tells. */
  readonly why?: string;
}

function planFull(
  stream: ConfiguredStream,
  cursorField: string | undefined,
  selection: Selection,
  state: StreamState,
  context: PlanContext,
): Plan {
  const since = extentOf(context.config);
  const whole: Plan = { whole: true, windows: [wholeWindow(cursorField, context.startedAt, context.config)], since };
  if (stream.syncMode !== 'full_refresh') return whole;
  // What began under a later start_date lacks rows that a new read brings.
  if (state.finished && sameJob(stream, state.finished) && !reachesBack(since, state.since))
    return { whole: true, windows: [], since: state.since };
  const resume = usableResume(state, selection, false, context.apiVersion);
  if (!resume || reachesBack(since, resume.since)) return whole;
  const appends = stream.destinationSyncMode === 'append' || stream.destinationSyncMode === 'append_dedup';
  return sameJob(stream, resume) || appends
    ? { whole: true, windows: resume.windows, resume, since: resume.since }
    : whole;
}

function planIncrement(
  stream: ConfiguredStream,
  describe: SObjectDescribe,
  selection: Selection,
  state: StreamState,
  context: PlanContext,
  notes: Note[],
): Plan {
  const { config, startedAt } = context;
  const { cursorField, allowsOr } = kindOf(describe);
  const resume = usableResume(state, selection, true, context.apiVersion);
  if (resume) {
    notes.push(
      note('INFO', `Stream ${stream.name}: the read of ${resume.startedAt} is resumed, after what changed since.`),
    );
    const earlier = earlierRows(stream, describe, resume.since, resume.since, config, notes);
    return { whole: resume.whole, windows: [...resume.windows, ...earlier.windows], resume, since: earlier.since };
  }
  const whole: Plan = {
    whole: true,
    windows: [wholeWindow(cursorField, startedAt, config)],
    since: extentOf(config),
  };
  if (!state.cursor) return whole;
  const due = refreshDue(selection, state, context);
  if (due) {
    notes.push(note('INFO', `Stream ${stream.name} is read whole: ${due}`));
    return { ...whole, why: due };
  }
  const back = fieldsBack(selection, state);
  const earliest = [state.cursor, ...back.map(([, since]) => since)].sort()[0] as string;
  if (back.length > 0) notes.push(backNote(stream, back));
  const from = wholeSecond(Date.parse(earliest) - config.lookbackMs);
  const earlier = earlierRows(stream, describe, state.since, from, config, notes);
  const increment: Plan = {
    whole: false,
    // The increment comes first: a row that changes after it leaves the earlier windows, so that none comes twice in a run.
    windows: [{ from, ...upperBound(startedAt, config) }, ...earlier.windows],
    since: earlier.since,
  };
  const known = state.fields && [...state.fields, ...back.map(([field]) => field)];
  const added = newlySelected(selection, known);
  if (added.length === 0) return increment;
  if (config.onNewProperty === 'forward') {
    notes.push(forwardNote(stream, added, from));
    return increment;
  }
  const condition = config.onNewProperty === 'backfill' && allowsOr ? backfillCondition(describe, added) : undefined;
  if (!condition || !cursorField) {
    notes.push(note('INFO', `Stream ${stream.name} is read whole once, for newly selected ${added.join(', ')}.`));
    return { ...whole, why: `${added.join(', ')} is newly selected` };
  }
  notes.push(
    note('INFO', `Stream ${stream.name}: rows in which newly selected ${added.join(', ')} has a value are read again.`),
  );
  const untouched = `${condition} AND (${cursorField} < ${from} OR ${cursorField} = null)`;
  // Rows before the start_date of the checkpoint are none that the warehouse has.
  const backfill = { ...(state.since !== undefined && { from: state.since }), where: untouched };
  return { ...increment, windows: [...increment.windows, backfill] };
}

/**
 * What a start_date that was moved back or removed adds to a reading over `known`, up to where `from` begins, and the extent
 * that is then covered. One that was moved forward changes nothing: its rows are there.
 */
function earlierRows(
  stream: ConfiguredStream,
  describe: SObjectDescribe,
  known: string | undefined,
  from: string | undefined,
  config: Config,
  notes: Note[],
): { readonly windows: readonly Window[]; readonly since: string | undefined } {
  const { cursorField, allowsOr } = kindOf(describe);
  const wanted = extentOf(config);
  if (!cursorField || known === undefined || !reachesBack(wanted, known))
    return { windows: [], since: furtherBack(known, wanted) };
  notes.push(earlierNote(stream, wanted, known));
  const seam = from !== undefined && from < known ? from : known;
  return { windows: [earlierWindow(cursorField, wanted, seam, allowsOr)], since: wanted };
}

/** Selected fields that the org shows again after syncs that did not see them, with the bound from which they were lost. */
function fieldsBack(selection: Selection, { hidden = {} }: StreamState): [string, string][] {
  return Object.entries(hidden).filter(([field]) => selection.selected.includes(field));
}

/** Why an incremental stream must be read whole now, or undefined. */
function refreshDue(selection: Selection, state: StreamState, { config, startedAt }: PlanContext): string | undefined {
  const hours = config.formulaRefreshHours;
  if (hours === undefined || selection.calculated.length === 0) return undefined;
  const ageMs = Date.parse(startedAt) - Date.parse(state.wholeReadAt ?? '1970-01-01T00:00:00.000Z');
  return ageMs >= hours * 3_600_000
    ? `its formula and roll-up fields (${selection.calculated.slice(0, 5).join(', ')}) are refreshed every ${hours} h`
    : undefined;
}

/** The cursor that a read up to `startedAt` leaves: no later than the end_date of the configuration. */
function boundOf(startedAt: string, { endDate }: Config): string {
  return endDate !== undefined && endDate < startedAt ? wholeSecond(Date.parse(endDate)) : startedAt;
}

function upperBound(startedAt: string, config: Config): Window {
  const bound = boundOf(startedAt, config);
  return bound === startedAt ? { to: startedAt } : { before: bound };
}

function wholeWindow(cursorField: string | undefined, startedAt: string, config: Config): Window {
  if (cursorField === undefined) return {};
  const bound = boundOf(startedAt, config);
  const from = extentOf(config);
  return {
    ...(from !== undefined && { from }),
    ...(bound !== startedAt && { before: bound }),
  };
}
