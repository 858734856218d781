/** The refresh token of the practice app, and its rotation. */
import { practiceApp } from './credential.ts';

/**
 * Refresh tokens: the one that is valid, and those that rotation has replaced. Presenting a replaced one ends the valid
 * one and its sessions (Help, "OAuth 2.0 Refresh Token Flow", refresh token rotation).
 */
export class RefreshGrant {
  #current: string | undefined = practiceApp.refreshToken;
  readonly #replaced = new Set<string>();

  /** Says whether a token is the valid one, a replaced one, or neither. */
  judge(token: string): 'current' | 'replaced' | 'unknown' {
    if (token === this.#current) return 'current';
    return this.#replaced.has(token) ? 'replaced' : 'unknown';
  }

  /** Replaces the valid token; gives the new one. */
  rotate(token: string): void {
    if (this.#current !== undefined) this.#replaced.add(this.#current);
    this.#current = token;
  }

  revoke(): void {
    this.#current = undefined;
  }
}
