/** Which LOG messages leave. */
import type { LogLevel } from './protocol.ts';

/** Airbyte's levels from the loudest to the quietest (airbyte_protocol.yaml, AirbyteLogMessage). */
const LEVELS: readonly LogLevel[] = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'];

/** The level that LOG_LEVEL names, upper or lower case, also by the names of Python and Java; INFO for anything else. */
export function readLogLevel(text: string | undefined): LogLevel {
  const name = (text ?? '').trim().toUpperCase();
  const other: Readonly<Record<string, LogLevel>> = { CRITICAL: 'FATAL', WARNING: 'WARN', FINE: 'DEBUG', ALL: 'TRACE' };
  return LEVELS.find((level) => level === name) ?? other[name] ?? 'INFO';
}

/** True where a message of `level` is to be seen at `threshold`. */
export function isLoudEnough(level: LogLevel, threshold: LogLevel): boolean {
  return LEVELS.indexOf(level) <= LEVELS.indexOf(threshold);
}
