/** The text of a describe: every key that the service sends, in its order. */
import type { ChildRelationship } from '../directory.ts';
import type { SObject } from '../model.ts';

/** The entry of an object in describe global, keys in alphabetical order as recorded. */
export function globalEntry(sobject: SObject, version: string): Record<string, unknown> {
  const entry: Record<string, unknown> = {
    ...sobject.flags,
    ...associations(sobject, version),
    custom: sobject.custom,
    customSetting: sobject.customSetting,
    keyPrefix: sobject.keyPrefix,
    label: sobject.label,
    labelPlural: sobject.labelPlural,
    name: sobject.name,
    queryable: sobject.queryable,
    replicateable: sobject.replicateable,
    retrieveable: sobject.retrieveable,
  };
  return { ...alphabetical(entry), urls: urls(sobject, version) };
}

/** A describe's JSON text before and after the value of `fields`. */
export function describeParts(
  sobject: SObject,
  children: readonly ChildRelationship[],
  version: string,
): { before: string; after: string } {
  const members: Record<string, unknown> = alphabetical({
    ...withoutUrls(globalEntry(sobject, version)),
    actionOverrides: [],
    childRelationships: children.map(childEntry),
    // What has page layouts has the other kinds, too.
    compactLayoutable: sobject.flags['layoutable'] === true,
    dataTranslationEnabled: null,
    defaultImplementation: null,
    extendedBy: null,
    extendsInterfaces: null,
    implementedBy: null,
    implementsInterfaces: null,
    listviewable: null,
    lookupLayoutable: null,
    namedLayoutInfos: [],
    networkScopeFieldName: null,
    recordTypeInfos: [masterRecordType(sobject, version)],
    searchLayoutable: sobject.flags['layoutable'] === true,
    sobjectDescribeOption: 'FULL',
    supportedScopes: [{ label: `All ${sobject.labelPlural}`, name: 'everything' }],
  });
  const entries = Object.entries(members);
  const split = entries.findIndex(([name]) => name > 'fields');
  const text = (part: readonly [string, unknown][]) =>
    part.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',');
  const detail = { ...urls(sobject, version), ...detailUrls(sobject, version) };
  return {
    before: `{${text(entries.slice(0, split))},"fields":`,
    after: `,${text(entries.slice(split))},"urls":${JSON.stringify(detail)}}`,
  };
}

function childEntry({ childSObject, field, relationshipName, cascadeDelete }: ChildRelationship) {
  return {
    cascadeDelete,
    childSObject,
    deprecatedAndHidden: false,
    field,
    junctionIdListNames: [],
    junctionReferenceTo: [],
    relationshipName,
    restrictedDelete: false,
  };
}

/** Since v50; absent before. */
function associations(sobject: SObject, version: string): Record<string, unknown> {
  if (Number(version) < 50) return {};
  const { associateEntityType, associateParentEntity } = sobject;
  return { associateEntityType, associateParentEntity };
}

function masterRecordType(sobject: SObject, version: string) {
  const recordTypeId = '012000000000000AAA';
  return {
    active: true,
    available: true,
    defaultRecordTypeMapping: true,
    developerName: 'Master',
    master: true,
    name: 'Master',
    recordTypeId,
    urls: { layout: `${base(sobject, version)}/describe/layouts/${recordTypeId}` },
  };
}

function urls(sobject: SObject, version: string): Record<string, string> {
  const path = base(sobject, version);
  return {
    compactLayouts: `${path}/describe/compactLayouts`,
    rowTemplate: `${path}/{ID}`,
    approvalLayouts: `${path}/describe/approvalLayouts`,
    describe: `${path}/describe`,
    quickActions: `${path}/quickActions`,
    layouts: `${path}/describe/layouts`,
    sobject: path,
  };
}

function detailUrls(sobject: SObject, version: string): Record<string, string> {
  return { defaultValues: `${base(sobject, version)}/defaultValues?recordTypeId&fields` };
}

function base(sobject: SObject, version: string): string {
  return `/services/data/v${version}/sobjects/${sobject.name}`;
}

function withoutUrls({ urls: _urls, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

function alphabetical(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1)));
}
