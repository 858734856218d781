// Compiles the WebAssembly module, with vectors and without them, unless that is newer than its source: two seconds of work.
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const builds = { 'transcoder.wasm': ['--enable', 'simd'], 'transcoder-scalar.wasm': [] };
// Nothing is ever allocated, so there is no garbage collector.
const always = ['--runtime', 'stub'];
const optimized = ['-O3', '--converge', '--noAssert'];

/** Where the compiled modules are. */
export function outputFolder(debug) {
  return join(folder, '..', 'dist', ...(debug ? ['debug'] : []));
}

/**
 * Compiles both builds into `outputFolder(debug)`. A debug build has assertions (check.ts), the names of functions, and source
 * maps, and is not optimized. Throws what the compiler has to say where the source is wrong.
 */
export async function compileTranscoder(debug = false) {
  for (const [name, features] of Object.entries(builds)) {
    const output = join(outputFolder(debug), name);
    if (!(await isFresh(output)))
      await compile(output, [...always, ...features, ...(debug ? forDebugging(output) : optimized)]);
  }
}

function forDebugging(output) {
  // A whole URL: a module that is made of bytes has none of its own, which a shorter one could go on from.
  return ['--debug', '--sourceMap', `${pathToFileURL(output)}.map`];
}

async function compile(output, options) {
  const { default: asc } = await import('assemblyscript/asc');
  const written = new Map();
  const keep = (name, contents) => void written.set(name, contents);
  const source = relative(process.cwd(), join(folder, 'module.ts'));
  const { error, stderr } = await asc.main([source, '--outFile', 'module.wasm', ...options], { writeFile: keep });
  if (error !== null) throw new Error(`the WebAssembly module does not compile:\n${stderr}`, { cause: error });
  await mkdir(dirname(output), { recursive: true });
  for (const [name, contents] of written) {
    if (name.endsWith('.map')) await replaceFile(`${output}.map`, withSources(contents, dirname(output)));
    if (name.endsWith('.wasm')) await replaceFile(output, contents);
  }
}

/** The map with the paths of its sources as the files lie on this machine. */
function withSources(contents, from) {
  const map = JSON.parse(contents);
  const sources = map.sources.map((source) =>
    source.startsWith('~') ? source : relative(from, join(process.cwd(), source)),
  );
  return JSON.stringify({ ...map, sources });
}

/** Under another name first: tests and builds may do the same at the same time. */
async function replaceFile(path, contents) {
  await writeFile(`${path}.${process.pid}`, contents);
  await rename(`${path}.${process.pid}`, path);
}

async function isFresh(output) {
  const compiled = await stat(output).catch(() => undefined);
  if (compiled === undefined) return false;
  const sources = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))));
  return sources.every(({ mtimeMs }) => mtimeMs < compiled.mtimeMs);
}
