/** Sessions: what an access token stands for. */
import { randomInt } from 'node:crypto';
import { invalidSession } from '../http/refusal.ts';
import type { Settings } from '../settings.ts';

export interface Session {
  readonly token: string;
  readonly openedMs: number;
  calls: number;
  /** Why it is no more; rotation also ends the query locators that it made. */
  ended: 'expired' | 'rotated' | undefined;
}

const TOKEN_LENGTH = 96;
const TOKEN_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._';

/** The sessions of one org. */
export class SessionBook {
  readonly #settings: Settings;
  readonly #organizationId: string;
  readonly #sessions = new Map<string, Session>();

  constructor(settings: Settings, organizationId: string) {
    this.#settings = settings;
    this.#organizationId = organizationId;
  }

  /** A new session; its token has the shape of Salesforce's: organization id, `!`, some 96 characters. */
  open(nowMs: number): Session {
    const secret = Array.from({ length: TOKEN_LENGTH }, () => TOKEN_ALPHABET.charAt(randomInt(TOKEN_ALPHABET.length)));
    const token = `${this.#organizationId.slice(0, 15)}!${secret.join('')}`;
    const session: Session = { token, openedMs: nowMs, calls: 0, ended: undefined };
    this.#sessions.set(token, session);
    return session;
  }

  /** The living session of a token, without using it. */
  peek(token: string): Session | undefined {
    const session = this.#sessions.get(token);
    return session?.ended === undefined ? session : undefined;
  }

  /** The session of a call, used once more. Throws Refusal 401 where there is none or its life is over. */
  use(token: string | undefined): Session {
    const session = token === undefined ? undefined : this.peek(token);
    if (!session) throw invalidSession();
    const { sessionLifeCalls } = this.#settings;
    if (sessionLifeCalls > 0 && session.calls >= sessionLifeCalls) {
      session.ended = 'expired';
      throw invalidSession();
    }
    session.calls += 1;
    return session;
  }

  end(token: string | undefined): void {
    const session = this.#sessions.get(token ?? '');
    if (session) session.ended ??= 'expired';
  }

  endAll(reason: 'expired' | 'rotated'): void {
    for (const session of this.#sessions.values()) session.ended ??= reason;
  }
}

/** The token of an Authorization header (`Bearer …`, `OAuth …`) or of Bulk 1.0's X-SFDC-Session. */
export function tokenOf(headers: Readonly<Record<string, string>>): string | undefined {
  const header = headers['authorization'];
  const bearer = header === undefined ? undefined : /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(header)?.[1];
  return bearer ?? headers['x-sfdc-session'];
}
