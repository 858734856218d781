/** A bare browser for tests: it follows redirects, keeps cookies, and fills in the forms of an authorization. */
import { practiceUser } from './login/credential.ts';

export interface Walk {
  /** The callback with its query, not visited yet; or the page of the org where the walk ended. */
  readonly url: string;
  /** Titles of the pages that were shown. */
  readonly titles: readonly string[];
}

export interface WalkOptions {
  readonly decision?: 'allow' | 'deny';
  readonly password?: string;
}

/** Longer than any way through the pages. */
const MAX_STEPS = 12;

/** Walks from an authorize URL to the end: allows (or denies) what the app asks for, as the practice user. */
export async function walkAuthorization(authorizeUrl: string, options: WalkOptions = {}): Promise<Walk> {
  const { decision = 'allow', password = practiceUser.password } = options;
  const titles: string[] = [];
  let url = new URL(authorizeUrl);
  const { origin } = url;
  let form: URLSearchParams | undefined;
  const cookies = new Map<string, string>();
  for (let step = 0; step < MAX_STEPS; step += 1) {
    if (url.origin !== origin) return { url: url.href, titles };
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: form }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) cookies.set(name, value);
    }
    const html = await answer.text();
    const location = answer.headers.get('location');
    if (location !== null) {
      url = new URL(location, url);
      form = undefined;
      continue;
    }
    titles.push(/<title>(.*?)<\/title>/.exec(html)?.[1] ?? '');
    form = filledIn(html, decision, password);
    if (form === undefined) return { url: url.href, titles };
    url = new URL(/<form[^>]* action="([^"]+)"/.exec(html)?.[1] ?? url.href, url);
  }
  throw new Error(`The walk from ${authorizeUrl} did not end: ${titles.join(', ')}`);
}

function filledIn(html: string, decision: 'allow' | 'deny', password: string): URLSearchParams | undefined {
  const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
  if (html.includes('name="pw"')) {
    if (/id="error">[^<]/.test(html)) return undefined;
    return new URLSearchParams({ username: practiceUser.username, pw: password, startURL: hidden('startURL') });
  }
  if (!html.includes('name="oaapprove"')) return undefined;
  return new URLSearchParams({ source: hidden('source'), [decision === 'allow' ? 'oaapprove' : 'oadeny']: '1' });
}
