// What of other people's code is in the programs that are handed out: their licences want their texts to go along, and whoever
// runs the image wants to ask a scanner about them. Both are made of esbuild's own account of what it bundled.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

// Below a heading "License", in either style of Markdown, up to the next heading, the links at the end of a page, or its end.
const licenceSection = /^(?:#+ *Licen[cs]e\n|Licen[cs]e\n-+\n)(.*?)(?=\n#+ |\n\[[^\]]+\]: |$(?![^]))/ims;

/**
 * The packages of which at least a byte is in one of the outputs, once for each version, ordered by name.
 * @param metafiles esbuild's, of the programs that are handed out
 * @returns {Promise<{ name: string, version: string, license: string, texts: string[], integrity?: string }[]>} `license` as an SPDX
 *   expression, `texts` of the licence and notice files, `integrity` of the tarball as package-lock.json has it
 * @throws Error when a package brings no licence: it must not be handed out
 */
export async function bundledPackages(metafiles) {
  const folders = new Set();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        if (bytesInOutput > 0) folders.add(folderOf(path));
      }
    }
  }
  folders.delete(undefined);
  const lock = JSON.parse(await readFile('package-lock.json', 'utf8'));
  const packages = new Map();
  for (const folder of folders) {
    // node_modules may be a link to a folder elsewhere, which esbuild follows.
    const inLock = folder.slice(folder.indexOf('node_modules/'));
    const found = await packageIn(folder, lock.packages[inLock]?.integrity);
    packages.set(`${found.name}@${found.version}`, found);
  }
  return [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
}

/** The folder of the package that a file belongs to, undefined for our own files. */
function folderOf(path) {
  // Compiled by AssemblyScript, with the constants of its runtime.
  if (path.endsWith('.wasm')) return 'node_modules/assemblyscript';
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

async function packageIn(folder, integrity) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const texts = await licenceTexts(folder);
  if (typeof license !== 'string' || texts.length === 0) {
    throw new Error(`${folder} is bundled and names no licence, or brings no text of it: it can't be handed out`);
  }
  return { name, version, license, texts, integrity };
}

/** Of the licence and notice files; where there is no licence file, of the section in the README that takes its place. */
async function licenceTexts(folder) {
  const files = (await readdir(folder)).sort();
  const read = async (file) => (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
  const licences = files.filter((file) => /^(licen[cs]e|copying)/i.test(file));
  const notices = files.filter((file) => /^notice/i.test(file));
  const texts = await Promise.all([...licences, ...notices].map(read));
  if (licences.length === 0) {
    const readme = files.find((file) => /^readme\.md$/i.test(file));
    const section = readme && licenceSection.exec(await read(readme))?.[1];
    // "MIT" alone would be the name of a licence, not its text.
    if (!section?.includes('Copyright')) return [];
    texts.unshift(section);
  }
  return texts.map((text) => text.trim());
}

/** The texts that go along with the programs. */
export function noticesOf(packages) {
  const parts = packages.map(({ name, version, license, texts }) =>
    [`${name} ${version} (${license})`, ...texts].join('\n\n'),
  );
  return [
    'Modstamp contains code of the following packages, each under its own licence.',
    ...parts.map((part) => `${'-'.repeat(78)}\n${part}`),
    '',
  ].join('\n\n');
}

/**
 * The bill of materials of the programs, in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). The same build gives the same
 * bytes: there is no time and no serial number in it.
 */
export function sbomOf(packages, { name, version, license }) {
  const self = `pkg:npm/${name}@${version}`;
  const components = packages.map((found) => ({
    type: 'library',
    'bom-ref': purlOf(found),
    name: found.name,
    version: found.version,
    purl: purlOf(found),
    licenses: [/ /.test(found.license) ? { expression: found.license } : { license: { id: found.license } }],
    ...(found.integrity === undefined ? {} : { hashes: [hashOf(found.integrity)] }),
  }));
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': self,
        name,
        version,
        purl: self,
        licenses: [{ license: { id: license } }],
      },
    },
    components,
    dependencies: [{ ref: self, dependsOn: components.map(({ purl }) => purl) }],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

/** https://github.com/package-url/purl-spec: the @ of a scope is escaped, its slash is not. */
function purlOf({ name, version }) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** `sha512-<base64>` of a lock file as CycloneDX has it. */
function hashOf(integrity) {
  return { alg: 'SHA-512', content: Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex') };
}
