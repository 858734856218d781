/** The documents against what they speak of: a page that has fallen behind fails here. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultTable } from './fault-table.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const spec = JSON.parse(read('spec.json')) as {
  connectionSpecification: {
    properties: Record<string, { default?: unknown; oneOf?: { properties: Record<string, { const?: string }> }[] }>;
  };
};

/** The pages of the project: those at its root, and those of the two folders that hold documents. */
async function pages(): Promise<string[]> {
  const folders = ['.', 'docs', 'docs/sources', 'examples'];
  const all = await Promise.all(
    folders.map(async (folder) => (await readdir(join(root, folder))).map((file) => join(folder, file))),
  );
  return all.flat().filter((path) => path.endsWith('.md'));
}

/** Rows of the first table below a heading, as cells without their Markdown marks. */
function tableBelow(page: string, heading: string): string[][] {
  const section = page.slice(page.indexOf(`\n${heading}\n`)).split('\n');
  const start = section.findIndex((line) => line.startsWith('| ---'));
  const end = section.findIndex((line, index) => index > start && !line.startsWith('|'));
  return section.slice(start + 1, end).map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.replaceAll('`', '').trim())); // prettier-ignore
}

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').trim().replaceAll(' ', '-'); // prettier-ignore
}

describe('README', () => {
  const readme = read('README.md');

  test('its configuration table has the keys and defaults of spec.json', () => {
    const rows = tableBelow(readme, '## Configuration').map(([key, value]) => [key, value]);
    const keys = Object.entries(spec.connectionSpecification.properties).map(([key, property]) => [
      key,
      property.default === undefined ? '' : String(property.default),
    ]);
    expect(rows.toSorted()).toEqual(keys.toSorted());
  });

  test('its login table has what spec.json asks for in each way to log in', () => {
    const rows = tableBelow(readme, '### Logging in').map(([type, needs]) => [
      type,
      (needs ?? '').replace(', and login_url', ''),
    ]);
    const ways = spec.connectionSpecification.properties['credentials']?.oneOf ?? [];
    const asked = ways.map(({ properties }) => {
      const { auth_type, ...others } = properties;
      return [auth_type?.const, Object.keys(others).join(', ')];
    });
    expect(rows).toEqual(asked);
  });
});

describe('links', () => {
  test('every relative link of every page leads to a file, and to a heading in it', async () => {
    const broken: string[] = [];
    for (const page of await pages()) {
      for (const [, target = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : join(dirname(page), path);
        const headings = (text: string) => [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => anchorOf(title));
        const ok = existsSync(join(root, file)) && (anchor === undefined || headings(read(file)).includes(anchor));
        if (!ok) broken.push(`${page}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });
});

describe('proofs', () => {
  // `path/of.test.ts` › name of a test
  const proof = /`([\w./-]+\.test\.ts)`(?: › ([^|;\n]+))?/g;

  test.each(['ARCHITECTURE.md', 'docs/segment-behaviours.md'])('every test that %s names is there', (page) => {
    const missing: string[] = [];
    const proofs = [...read(page).matchAll(proof)];
    for (const [, path = '', name] of proofs) {
      const text = existsSync(join(root, path)) ? read(path) : undefined;
      if (text === undefined) missing.push(path);
      else if (name !== undefined && !text.includes(name.trim())) missing.push(`${path} › ${name.trim()}`);
    }
    expect(missing).toEqual([]);
    expect(proofs.length).toBeGreaterThanOrEqual(10);
  });

  test('ARCHITECTURE.md numbers the invariants I1 to I10 and names a test for each', () => {
    const rows = tableBelow(read('ARCHITECTURE.md'), '## Invariants');
    expect(rows.map(([number]) => number)).toEqual(Array.from({ length: 10 }, (_, index) => `I${index + 1}`));
    for (const row of rows) expect(row.at(-1)).toMatch(/\.test\.ts/);
  });
});

describe('faults', () => {
  test('docs/faults.md shows the table of faults.ts (UPDATE_DOCS=1 writes it)', () => {
    const page = read('docs/faults.md');
    const table = page.indexOf('\n| the sentence');
    const written = `${page.slice(0, table < 0 ? page.length : table + 1)}${faultTable()}\n`;
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(join(root, 'docs/faults.md'), written);
    expect(read('docs/faults.md')).toBe(written);
  });
});

describe('releases', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };

  test('the version of package.json has its entry in the changelog and in the connector page', () => {
    expect(read('CHANGELOG.md')).toMatch(new RegExp(`^## \\[${version}\\] - \\d{4}-\\d{2}-\\d{2}$`, 'm'));
    expect(read('docs/sources/salesforce.md')).toMatch(new RegExp(`^\\| ${version} \\| \\d{4}-\\d{2}-\\d{2} \\|`, 'm'));
  });

  test('the connector page has the headings of Airbyte, in their order', () => {
    const headings = [...read('docs/sources/salesforce.md').matchAll(/^(#+ .*)$/gm)].map(([line]) => line);
    expect(headings).toEqual([
      '# Salesforce',
      '## Prerequisites',
      '## Setup guide',
      '## Set up Salesforce',
      '### For Airbyte Open Source',
      '### For Airbyte Cloud',
      '## Supported sync modes',
      '## Supported Streams',
      '### Performance considerations',
      '## Data type map',
      '## Limitations & Troubleshooting',
      '### Tutorials',
      '## Changelog',
    ]);
  });
});
