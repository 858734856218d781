/** Fields that follow from others of the same row: formulas, names of people, the size of a file, what a stage implies. */
import type { Value } from '../model.ts';
import setup from '../schema/setup.json' with { type: 'json' };

/** Reads another field of the row. */
export type Get = (field: string) => Value;
type Rule = (get: Get) => Value;

const STAGE_NAMES = setup.OpportunityStage.MasterLabel.split('|');
const stageColumn = (column: 'DefaultProbability' | 'ForecastCategory' | 'ForecastCategoryName') =>
  setup.OpportunityStage[column].split('|');
const PROBABILITIES = stageColumn('DefaultProbability').map(Number);
const CATEGORIES = stageColumn('ForecastCategory');
const CATEGORY_NAMES = stageColumn('ForecastCategoryName');

const personName: Rule = (get) => [get('FirstName'), get('LastName')].filter((part) => part !== null).join(' ') || null;
const bytesOf =
  (field: string): Rule =>
  (get) =>
    Buffer.byteLength(textOf(get(field)));
const closed =
  (...closing: readonly string[]): Rule =>
  (get) =>
    closing.includes(textOf(get('Status')));

const RULES: Readonly<Record<string, Rule>> = {
  'Contact.Name': personName,
  'Lead.Name': personName,
  'User.Name': personName,
  'Individual.Name': personName,
  'Attachment.BodyLength': bytesOf('Body'),
  'Document.BodyLength': bytesOf('Body'),
  'StaticResource.BodyLength': bytesOf('Body'),
  'ContentVersion.ContentSize': bytesOf('VersionData'),
  'Case.IsClosed': closed('Closed'),
  'Task.IsClosed': closed('Completed'),
  'Task.IsHighPriority': (get) => get('Priority') === 'High',
  'Lead.IsConverted': closed('Closed - Converted'),
  'Opportunity.IsClosed': (get) => textOf(get('StageName')).startsWith('Closed'),
  'Opportunity.IsWon': (get) => get('StageName') === 'Closed Won',
  'Opportunity.Probability': byStage(PROBABILITIES),
  'Opportunity.ForecastCategory': byStage(CATEGORIES),
  'Opportunity.ForecastCategoryName': byStage(CATEGORY_NAMES),
  'Opportunity.FiscalYear': (get) => Number(textOf(get('CloseDate')).slice(0, 4)),
  'Opportunity.FiscalQuarter': (get) => Math.ceil(Number(textOf(get('CloseDate')).slice(5, 7)) / 3),
  'Opportunity.Fiscal': (get) => `${get('FiscalYear')} ${get('FiscalQuarter')}`,
  'Opportunity.Weighted__c': (get) => rounded(times(get('Amount'), get('Probability')), 2, 100),
  'Opportunity.ExpectedRevenue': (get) => rounded(times(get('Amount'), get('Probability')), 2, 100),
  'Invoice__c.Balance__c': minus('Amount__c', 'Paid__c'),
  'Invoice__c.Overdue__c': (get) => get('Is_Paid__c') !== true && textOf(get('Due_Date__c') ?? '9999') < '2025-01-01',
  'Invoice__c.Summary__c': (get) => `${get('Name')}: ${textOf(get('Status__c'))}`,
  'Invoice_Line__c.Amount__c': (get) => rounded(times(get('Quantity__c'), get('Unit_Price__c')), 2, 1),
  'Project__c.Remaining__c': minus('Budget__c', 'Spent__c'),
};

/** How a field follows from others of its row; undefined for one that holds its own value. */
export function derivation(sobject: string, field: string): Rule | undefined {
  return RULES[`${sobject}.${field}`];
}

function byStage(values: readonly (string | number)[]): Rule {
  return (get) => values[STAGE_NAMES.indexOf(textOf(get('StageName')))] ?? null;
}

/** As a formula with blank fields left blank: null where either is. */
function minus(from: string, less: string): Rule {
  return (get) => {
    const [whole, part] = [get(from), get(less)];
    return typeof whole === 'number' && typeof part === 'number' ? rounded(whole - part, 2, 1) : null;
  };
}

function times(left: Value, right: Value): number | null {
  return typeof left === 'number' && typeof right === 'number' ? left * right : null;
}

/** To the digits of the field, half away from zero, as the decimal that the number is written as. */
function rounded(value: number | null, digits: number, divisor: number): number | null {
  if (value === null) return null;
  const [digitsOf, exponent = '0'] = String(Math.abs(value / divisor)).split('e');
  const whole = Math.round(Number(`${digitsOf}e${Number(exponent) + digits}`));
  return Math.sign(value) * Number(`${whole}e-${digits}`);
}

function textOf(value: Value): string {
  return value === null ? '' : String(value);
}
