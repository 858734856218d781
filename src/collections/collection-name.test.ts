import { assert, constantFrom, property, shuffledSubarray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import plurals from '../../catalogs/standard-plurals.json' with { type: 'json' };
import { nameCollections, SEGMENT_COLLECTIONS, sobjectOfCollection } from './collection-name.ts';

const standard = [
  ...SEGMENT_COLLECTIONS.keys(),
  ...Object.values(plurals).flatMap((group) => (Array.isArray(group) ? group : Object.keys(group))),
];
const names = (naming: 'segment' | 'snake' | 'api', ...sobjects: string[]) =>
  [...nameCollections(naming, sobjects.map((name) => ({ name, custom: name.endsWith('__c') }))).values()]; // prettier-ignore

describe('nameCollections', () => {
  it('knows the 48 collections of Segment', () => {
    expect(SEGMENT_COLLECTIONS.size).toBe(48);
    expect(
      names('segment', 'Account', 'Group', 'UserRole', 'OpportunityLineItem', 'Pricebook2', 'Name', 'Profile'),
    ).toEqual(['accounts', '_group', 'role', 'opportunity_product', 'price_books', 'names', 'profile']);
  });

  it('names other standard objects by their English plural label', () => {
    expect(names('segment', 'Order', 'OrderItem', 'EmailMessage', 'AccountHistory', 'Asset', 'ApexLog')).toEqual([
      'orders',
      'order_products',
      'email_messages',
      'account_history',
      'assets',
      'apex_debug_log',
    ]);
  });

  it('falls back to the API name where two objects share a plural label', () => {
    expect(names('segment', 'Calendar', 'CalendarView', 'CaseHistory', 'CaseHistory2')).toEqual([
      'calendar',
      'calendar_view',
      'case_history',
      'case_history_2',
    ]);
    expect(names('segment', 'CalendarView')).toEqual(['calendar_view']);
  });

  it('names custom and newer objects by their API name', () => {
    expect(names('segment', 'Invoice__c', 'npe01__OppPayment__c', 'Trip__Share', 'BrandNewThing')).toEqual([
      'invoice_c',
      'npe_01_opp_payment_c',
      'trip_share',
      'brand_new_thing',
    ]);
  });

  it('keeps the snake and api dialects free of labels', () => {
    expect(names('snake', 'Product2', 'UserRole', 'Group', 'Invoice__c')).toEqual([
      'product_2',
      'user_role',
      'group',
      'invoice_c',
    ]);
    expect(names('api', 'Product2', 'UserRole', 'Group', 'Invoice__c')).toEqual([
      'Product2',
      'UserRole',
      'Group',
      'Invoice__c',
    ]);
  });

  it('never lets an object of the org take a standard name, present or not', () => {
    expect(names('segment', 'Accounts')[0]).toMatch(/^accounts_[0-9a-f]{6}$/);
    // InvoiceShare is a standard object of orgs with billing: both names stay as they are when the feature comes.
    expect(names('segment', 'Invoice__Share')[0]).toMatch(/^invoice_share_[0-9a-f]{6}$/);
    expect(names('segment', 'InvoiceShare')).toEqual(['invoice_share']);
  });

  it('gives every standard object a name of its own in each dialect', () => {
    expect(standard).toHaveLength(1308);
    for (const naming of ['segment', 'snake', 'api'] as const) {
      const all = names(naming, ...standard).map((name) => name.toLowerCase());
      expect(new Set(all).size).toBe(standard.length);
    }
  });

  it('depends neither on the order nor on what else an org has', () => {
    const pool = [
      ...standard.slice(0, 200),
      'Calendar',
      'CalendarView',
      'Foo_Bar__c',
      'FooBar__c',
      'foo_bar__c',
      'Accounts',
      'Site',
      'SiteFeed',
    ];
    const all = nameCollections('segment', pool.map((name) => ({ name, custom: name.endsWith('__c') }))); // prettier-ignore
    assert(
      property(shuffledSubarray(pool, { minLength: pool.length }), constantFrom(true, false), (shuffled, half) => {
        const some = half ? shuffled.filter((name) => name.endsWith('__c') || name.length % 2 === 0) : shuffled;
        const named = nameCollections('segment', some.map((name) => ({ name, custom: name.endsWith('__c') }))); // prettier-ignore
        for (const name of some) expect(named.get(name)).toBe(all.get(name));
      }),
      { numRuns: 50 },
    );
  });
});

describe('sobjectOfCollection', () => {
  it('finds the object behind every name that is the same in all orgs', () => {
    expect(sobjectOfCollection('segment', 'price_books')).toBe('Pricebook2');
    expect(sobjectOfCollection('segment', 'orders')).toBe('Order');
    expect(sobjectOfCollection('snake', 'product_2')).toBe('Product2');
    expect(sobjectOfCollection('api', 'Invoice__c')).toBe('Invoice__c');
    expect(sobjectOfCollection('segment', 'invoice_c')).toBeUndefined();
  });
});
