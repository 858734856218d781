/** Assertions of a debug build. They are numbers, since texts would need a place in the memory that JavaScript lays out. */
import { failCheck } from './host.ts';

/** Stops the program where the condition does not hold; `what` is a number of memory-map.ts. Not there in a normal build. */
export function check(condition: bool, what: i32): void {
  if (!ASC_NO_ASSERT && !condition) failCheck(what);
}
