/**
 * Instances of the WebAssembly module, one for each page in hand. Each works in a memory of its own, in which `layout.ts` and
 * `intake.ts` say what lies where.
 */
import { MEMORY_BYTES_MAX, NAME_BYTES_MAX, SCRATCH } from '../../transcoder/memory-map.ts';
import { ModstampError } from '../errors.ts';
import { bestBuild, compiledModule, type WasmBuild } from './wasm-module.ts';

/** What transcoder/module.ts exports; all numbers but counts are addresses. */
export interface WasmExports {
  readonly memory: WebAssembly.Memory;
  bind(
    columns: number,
    columnsEnd: number,
    steps: number,
    stepsEnd: number,
    closingFrom: number,
    closingTo: number,
    fixedBytes: number,
    copies: number,
    keptAt: number,
    id: number,
    cursor: number,
  ): void;
  startAt(first: number): void;
  follow(distance: number): void;
  columnCount(): number;
  nextRow(to: number): number;
  readRows(from: number, to: number, linesAt: number, skipped: number): number;
  keep(): void;
  readRecord(object: number, start: number, to: number): number;
  writeLine(rowBytes: number, to: number): number;
  /** Where the look for the end of the row in hand goes on. */
  readonly at: WebAssembly.Global;
  /** Where the last `readRecord` that found none ended. */
  readonly stop: WebAssembly.Global;
  /** 1 where the record that `readRecord` read last has no Id, or not all of its members. */
  readonly lacking: WebAssembly.Global;
  /** Of the last `readRows`: rows seen whole, the end of the last of them, and the end of the lines. */
  readonly rows: WebAssembly.Global;
  readonly rowsEnd: WebAssembly.Global;
  readonly linesEnd: WebAssembly.Global;
  /** The memory never ends beyond it; lowered by tests. */
  readonly memoryLimit: WebAssembly.Global;
}

/** What the module calls while it works on a page: see transcoder/host.ts. */
export interface WasmHost {
  writeOddValue(step: number, to: number): number;
  writeReplacement(step: number, to: number): number;
  writeRemarks(to: number): number;
  /** Throws: a row needs more memory than there can be. */
  refuseGrowth(bytes: number): never;
}

export interface WasmInstance {
  readonly build: WasmBuild;
  readonly exports: WasmExports;
  host: WasmHost;
  /** The complete memory. Another array after it has grown: `bytesOf` gives the one that is valid. */
  bytes: Uint8Array<ArrayBuffer>;
}

const PAGE_BYTES = 65_536;
/** Instances beyond it are not kept: one long row would hold its memory for the rest of the run. */
const IDLE_BYTES_MAX = 4 * 1024 * 1024;

const idle: Readonly<Record<WasmBuild, WasmInstance[]>> = { vector: [], scalar: [] };

const NO_PAGE: WasmHost = {
  writeOddValue: (_step, to) => to,
  writeReplacement: (_step, to) => to,
  writeRemarks: (to) => to,
  refuseGrowth: (bytes) => {
    throw new RangeError(`${bytes} bytes of memory are wanted and no page is in hand`);
  },
};

/** An instance that nobody else uses; to be given back when its page is done. */
export function takeInstance(build: WasmBuild = bestBuild()): WasmInstance {
  return idle[build].pop() ?? createInstance(build);
}

/** Gives an instance back; what it wrote is not valid any more. */
export function giveBack(wasm: WasmInstance): void {
  wasm.host = NO_PAGE;
  if (bytesOf(wasm).length <= IDLE_BYTES_MAX) idle[wasm.build].push(wasm);
}

/** The instance's memory as it is now. */
export function bytesOf(wasm: WasmInstance): Uint8Array<ArrayBuffer> {
  // A memory that grows leaves its former array without bytes.
  if (wasm.bytes.length === 0) wasm.bytes = new Uint8Array(wasm.exports.memory.buffer);
  return wasm.bytes;
}

/** Makes the memory end at `end` or later. What is in it stays in its place. Throws what the host's `refuseGrowth` throws. */
export function growTo(wasm: WasmInstance, end: number): void {
  const missing = Math.ceil((end - bytesOf(wasm).length) / PAGE_BYTES);
  if (missing <= 0) return;
  const limit = Math.min(wasm.exports.memoryLimit.value, MEMORY_BYTES_MAX);
  if (end > limit) wasm.host.refuseGrowth(end);
  try {
    wasm.exports.memory.grow(missing);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    wasm.host.refuseGrowth(end);
  }
}

function createInstance(build: WasmBuild): WasmInstance {
  const module = compiledModule(build);
  const host = {
    writeOddValue: (step: number, to: number) => wasm.host.writeOddValue(step, to),
    writeReplacement: (step: number, to: number) => wasm.host.writeReplacement(step, to),
    writeRemarks: (to: number) => wasm.host.writeRemarks(to),
    unescapeName: (start: number, end: number) => {
      const escaped = Buffer.from(bytesOf(wasm).subarray(start, end)).toString();
      const name = Buffer.from(String(JSON.parse(`"${escaped}"`))).subarray(0, NAME_BYTES_MAX);
      bytesOf(wasm).set(name, SCRATCH);
      return SCRATCH + name.length;
    },
    refuseEscape: (at: number) => {
      throw new SyntaxError(`JSON text has an escape that does not exist at ${at}`);
    },
    refuseGrowth: (bytes: number) => wasm.host.refuseGrowth(bytes >>> 0),
    failCheck: (what: number) => {
      throw new Error(`check ${what} of transcoder/memory-map.ts failed; the stack names the functions`);
    },
  };
  const exports = instantiate(module, { host });
  const wasm: WasmInstance = { build, exports, host: NO_PAGE, bytes: new Uint8Array(exports.memory.buffer) };
  return wasm;
}

/** V8 reserves about 10 GiB of addresses for each memory, so that it need not check bounds; no memory is used by that. */
function instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WasmExports {
  try {
    return new WebAssembly.Instance(module, imports).exports as unknown as WasmExports;
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new ModstampError(
      'This machine refused the address space that reading rows needs; lift its limit on virtual memory (ulimit -v), or lower num_workers.',
      { failureType: 'config_error', internal: thrown.message, stopsSync: true, cause: thrown },
    );
  }
}
