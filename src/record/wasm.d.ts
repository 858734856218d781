/** Build and tests give a compiled module as its bytes. */
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

/** What is used of WebAssembly (W3C, JavaScript interface), which the types of Node leave to those of browsers. */
declare namespace WebAssembly {
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  interface Memory {
    /** Another one, and this one of no length, after the memory has grown. */
    readonly buffer: ArrayBuffer;
    /** Grows by so many pages of 64 KiB; throws a RangeError where that is too much. */
    grow(pages: number): number;
  }
  interface Global {
    value: number;
  }
  type Imports = Readonly<Record<string, Readonly<Record<string, (...numbers: number[]) => number | void>>>>;
  type Module = object;
  /** Whether the engine can compile it, on this processor. */
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;
  const Instance: new (module: Module, imports: Imports) => Instance;
}
