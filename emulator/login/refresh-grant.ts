/** The refresh tokens of the practice app, and their rotation. */
import { practiceApp } from './credential.ts';

/**
 * Refresh tokens: those that are valid, one for each authorization, and those that rotation has replaced. Presenting a
 * replaced one ends the valid ones and their sessions (Help, "OAuth 2.0 Refresh Token Flow", refresh token rotation).
 */
export class RefreshGrant {
  readonly #valid = new Set<string>([practiceApp.refreshToken]);
  readonly #replaced = new Set<string>();

  /** Says whether a token is a valid one, a replaced one, or neither. */
  judge(token: string): 'current' | 'replaced' | 'unknown' {
    if (this.#valid.has(token)) return 'current';
    return this.#replaced.has(token) ? 'replaced' : 'unknown';
  }

  /** Another authorization: the tokens of the earlier ones stay valid (five for a user and an app, on the service). */
  issue(token: string): void {
    this.#valid.add(token);
  }

  /** Replaces a valid token. */
  rotate(presented: string, next: string): void {
    this.#valid.delete(presented);
    this.#replaced.add(presented);
    this.#valid.add(next);
  }

  revoke(): void {
    this.#valid.clear();
  }
}
