// Compiles the kernel to dist/kernel.wasm, unless that is newer than its source: a second of work.
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const output = join(folder, '..', 'dist', 'kernel.wasm');
// Vectors are in every WebAssembly that Node 20 and later have. Nothing is ever allocated, so there is no garbage collector.
const options = ['-O3', '--converge', '--enable', 'simd', '--runtime', 'stub', '--noAssert'];

/** Gives the path of the compiled kernel. Throws what the compiler has to say where the source is wrong. */
export async function compileKernel() {
  if (await isFresh()) return output;
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const keep = (_name, contents) => void (binary = contents);
  const source = relative(process.cwd(), join(folder, 'kernel.ts'));
  const { error, stderr } = await asc.main([source, '--outFile', 'kernel.wasm', ...options], { writeFile: keep });
  if (error !== null) throw new Error(`the kernel does not compile:\n${stderr}`, { cause: error });
  await mkdir(dirname(output), { recursive: true });
  // Under another name first: tests and builds may do the same at the same time.
  const written = `${output}.${process.pid}`;
  await writeFile(written, binary);
  await rename(written, output);
  return output;
}

async function isFresh() {
  const compiled = await stat(output).catch(() => undefined);
  if (compiled === undefined) return false;
  const sources = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))));
  return sources.every(({ mtimeMs }) => mtimeMs < compiled.mtimeMs);
}
