/** The org's daily allowance of API calls. */
import type { Settings } from '../settings.ts';
import { refusal } from './refusal.ts';

/** Counts calls against DailyApiRequests. */
export class Usage {
  readonly #settings: Settings;
  #apiCalls = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get apiCalls(): number {
    return this.#apiCalls;
  }

  set(apiCalls: number): void {
    this.#apiCalls = apiCalls;
  }

  /** Counts calls. Throws Refusal 403 REQUEST_LIMIT_EXCEEDED, uncounted, where the allowance is used up. */
  count(calls: number): void {
    if (this.#apiCalls + calls > this.#settings.apiMax) {
      throw refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    }
    this.#apiCalls += calls;
  }

  /** The Sforce-Limit-Info header, in the form that the settings ask for. */
  header(): Readonly<Record<string, string>> {
    const { apiMax, limitInfo } = this.#settings;
    if (limitInfo === 'none') return {};
    const plain = `api-usage=${this.#apiCalls}/${apiMax}`;
    if (limitInfo === 'plain') return { 'Sforce-Limit-Info': plain };
    const ofApp = `per-app-api-usage=${this.#apiCalls}/${Math.floor(apiMax / 2)}(appName=practice-app)`;
    return { 'Sforce-Limit-Info': `${plain}; ${ofApp}` };
  }
}
