/**
 * How V8 trades memory for time. Left alone it takes the whole machine for its own; a connector runs in a small container
 * beside a destination. The flags are read when they matter, so they may be set while running.
 */
import { setFlagsFromString } from 'node:v8';

/**
 * New objects stay in their first megabyte or so, where they would spread over three times 16. What lives long moves out
 * of there at once, and the rest is gone sooner: 20 MB less for every command, and a read by Bulk takes a tenth less CPU.
 */
export function shrinkNursery(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * WebAssembly stays as the first compiler leaves it, unless `compileOptimized` asks for more. What else is of that kind is the
 * HTTP parser, one function so large that optimizing it takes a core 100 ms and the process up to 30 MB, in the middle of
 * whatever else is going on: that made the highest peaks. Without it discover takes a twelfth less CPU on Node 20.
 */
export function keepParserSimple(): void {
  // With dynamic tiering alone switched off, V8 optimizes everything at once.
  setFlagsFromString('--no-wasm-tier-up');
  setFlagsFromString('--no-wasm-dynamic-tiering');
}

/** Compiles with all optimizations at once: 5 KB take 6 ms and run at their full speed from the first row, without any tiers. */
export function compileOptimized(wasm: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  setFlagsFromString('--no-liftoff');
  setFlagsFromString('--no-wasm-lazy-compilation');
  try {
    return new WebAssembly.Module(wasm);
  } finally {
    setFlagsFromString('--liftoff');
    setFlagsFromString('--wasm-lazy-compilation');
  }
}

/**
 * While `often`, the next full collection comes when the heap is half as large again as the last one left it, else at up to
 * four times that, which is V8's own way. Often is for whatever describes a large org: its answers grow old while they wait
 * for each other, and 1,114 plans fill the heap. Discover takes 97 MB instead of 110, such a read 113 instead of 129 (at
 * twice the heap: 100 and 125), for a fifteenth more CPU. A read of few streams would pay a tenth more CPU for nothing, since
 * what its buffers hold stands outside of the heap.
 */
export function collectOften(often: boolean): void {
  setFlagsFromString(`--heap-growing-percent=${often ? 50 : 0}`);
}
