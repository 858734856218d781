/** WebAssembly, which reading HTTP (undici) and transcoding rows both need. */
import { ModstampError } from '../errors.ts';

/**
 * Throws a config_error where this Node.js has no WebAssembly: V8's `--jitless` and `--no-expose-wasm` take it away, which
 * hardened hosts set. Without the check the first request would fail in words of undici's own.
 */
export function requireWebAssembly(): void {
  if (typeof WebAssembly === 'object') return;
  throw new ModstampError(
    'This Node.js runs without WebAssembly, which Modstamp needs to read from Salesforce; start it without --jitless (or --no-expose-wasm), also in NODE_OPTIONS.',
    { failureType: 'config_error' },
  );
}
