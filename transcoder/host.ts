/** What the WebAssembly module leaves to JavaScript: the few values of a sync that need more than a look at their bytes. */

/** Writes at `to` the value of step `step`, which fits no rule for bytes; gives the end of what it wrote. */
export declare function writeOddValue(step: usize, to: usize): usize;

/** Writes at `to` what the row hook puts in the place of the value of step `step`; gives the end of what it wrote. */
export declare function writeReplacement(step: usize, to: usize): usize;

/** Adds to a line that ended at `to` what there is to say of its odd and replaced values; gives its new end. */
export declare function writeRemarks(to: usize): usize;

/** Throws: the JSON text has no valid escape at `at`. */
export declare function refuseEscape(at: usize): void;

/** Throws: the memory can't grow to `bytes`. */
export declare function refuseGrowth(bytes: usize): void;

/** Writes the name of a member that has JSON escapes at `SCRATCH`, without them; gives its end, cut where it is longer than any field's. */
export declare function unescapeName(start: usize, end: usize): usize;

/** Throws: what is true in every run of a right program is not; `what` is a number of memory-map.ts. Debug builds only. */
export declare function failCheck(what: i32): void;
