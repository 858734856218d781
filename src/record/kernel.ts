/**
 * The compiled hot path (kernel/ has its source), one instance for each page in hand. It works in a memory of its own, in
 * which `layout.ts` and `intake.ts` say what lies where.
 */
import wasm from '../../dist/kernel.wasm';
import { compileOptimized } from '../process/heap.ts';

/** What kernel/kernel.ts exports; all numbers but counts are addresses. */
export interface KernelCalls {
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
  readRows(from: number, to: number, linesAt: number, skipped: number): number;
  keep(): void;
  readRecord(object: number, start: number, to: number): number;
  writeLine(rowBytes: number, to: number): number;
  /** Where the look for the end of the row in hand goes on. */
  readonly at: WebAssembly.Global;
  /** Where the last `readRecord` that found none ended. */
  readonly stop: WebAssembly.Global;
  /** Of the last `readRows`: rows seen whole, the end of the last of them, and the end of the lines. */
  readonly rows: WebAssembly.Global;
  readonly rowsEnd: WebAssembly.Global;
  readonly linesEnd: WebAssembly.Global;
}

/** What the kernel calls while it runs: see kernel/host.ts. */
export interface KernelHost {
  writeOddValue(step: number, to: number): number;
  writeRemarks(to: number): number;
}

export interface Kernel {
  readonly calls: KernelCalls;
  host: KernelHost;
  /** The whole memory. Another array after it has grown: `bytesOf` gives the one that is valid. */
  bytes: Uint8Array<ArrayBuffer>;
}

const PAGE_BYTES = 65_536;
/** Kernels beyond it are not kept: one long row would hold its memory for the rest of the run. */
const IDLE_BYTES_MAX = 4 * 1024 * 1024;

/** As in kernel/program.ts; the cells begin behind the longest name. */
const SCRATCH = 64;
const NAME_BYTES_MAX = 512;

let compiled: WebAssembly.Module | undefined;
const idle: Kernel[] = [];

/** A kernel that nobody else uses; to be given back when its page is done. */
export function takeKernel(): Kernel {
  return idle.pop() ?? createKernel();
}

/** Gives a kernel back; what it wrote is not valid any more. */
export function giveBack(kernel: Kernel): void {
  if (bytesOf(kernel).length <= IDLE_BYTES_MAX) idle.push(kernel);
}

/** The kernel's memory as it is now. */
export function bytesOf(kernel: Kernel): Uint8Array<ArrayBuffer> {
  // A memory that grows leaves its former array without bytes.
  if (kernel.bytes.length === 0) kernel.bytes = new Uint8Array(kernel.calls.memory.buffer);
  return kernel.bytes;
}

/** Makes the memory end at `end` or later. What is in it stays in its place. Throws a RangeError beyond 4 GiB. */
export function growTo(kernel: Kernel, end: number): void {
  const missing = Math.ceil((end - bytesOf(kernel).length) / PAGE_BYTES);
  if (missing > 0) kernel.calls.memory.grow(missing);
}

function createKernel(): Kernel {
  compiled ??= compileOptimized(wasm);
  const host = {
    writeOddValue: (step: number, to: number) => kernel.host.writeOddValue(step, to),
    writeRemarks: (to: number) => kernel.host.writeRemarks(to),
    unescapeName: (start: number, end: number) => {
      const escaped = Buffer.from(bytesOf(kernel).subarray(start, end)).toString();
      const name = Buffer.from(String(JSON.parse(`"${escaped}"`))).subarray(0, NAME_BYTES_MAX);
      bytesOf(kernel).set(name, SCRATCH);
      return SCRATCH + name.length;
    },
    refuseEscape: (at: number) => {
      throw new SyntaxError(`JSON text has an escape that does not exist at ${at}`);
    },
    refuseGrowth: (bytes: number) => {
      throw new RangeError(`a row whose line needs ${bytes} bytes of memory`);
    },
  };
  const calls = new WebAssembly.Instance(compiled, { host }).exports as unknown as KernelCalls;
  const unused: KernelHost = { writeOddValue: (_step, to) => to, writeRemarks: (to) => to };
  const kernel: Kernel = { calls, host: unused, bytes: new Uint8Array(calls.memory.buffer) };
  return kernel;
}
