/** The WebAssembly module (transcoder/ has its source), in the build that this machine can run. */
import scalarBytes from '../../dist/transcoder-scalar.wasm';
import vectorBytes from '../../dist/transcoder.wasm';
import { compileOptimized } from '../process/heap.ts';

/**
 * Both give the same bytes. Vectors need SSE4.1 on x64 (processors since about 2008, but not every emulated one); without
 * them transcoding takes about a fifth longer.
 */
export type WasmBuild = 'vector' | 'scalar';

const BYTES: Readonly<Record<WasmBuild, Uint8Array<ArrayBuffer>>> = { vector: vectorBytes, scalar: scalarBytes };

const compiled = new Map<WasmBuild, WebAssembly.Module>();
let best: WasmBuild | undefined;

/** The faster build that this processor and engine can run. */
export function bestBuild(): WasmBuild {
  best ??= WebAssembly.validate(vectorBytes) ? 'vector' : 'scalar';
  return best;
}

/** The build compiled, once for the process. */
export function compiledModule(build: WasmBuild): WebAssembly.Module {
  const module = compiled.get(build) ?? compileOptimized(BYTES[build]);
  compiled.set(build, module);
  return module;
}
