/** The pages of an authorization, as plain as a browser needs them. */
import { piece, type Answer } from '../http/answer.ts';

/** The form that asks for user and password; `startUrl` is where the browser goes from there. */
export function loginPage(startUrl: string, complaint = ''): Answer {
  return page(
    'Login | Salesforce',
    `<form method="post" action="/"><p id="error">${escapeHtml(complaint)}</p>
<label>Username <input id="username" name="username" autocomplete="username"></label>
<label>Password <input id="password" name="pw" type="password" autocomplete="current-password"></label>
<input type="hidden" name="startURL" value="${escapeHtml(startUrl)}">
<input type="submit" id="Login" name="Login" value="Log In"></form>`,
  );
}

/** The question whether the app may act for the user. */
export function consentPage(username: string, source: string): Answer {
  return page(
    'Allow Access?',
    `<h1>Allow Access?</h1><p>The practice app is asking to access your data via the API, at any time.</p>
<p>Do you want to allow access for ${escapeHtml(username)}?</p>
<form method="post"><input type="hidden" name="source" value="${escapeHtml(source)}">
<input type="submit" id="oadeny" name="oadeny" value=" Deny ">
<input type="submit" id="oaapprove" name="oaapprove" value=" Allow "></form>`,
  );
}

/** What a browser shows where no callback can be made (the words, their spelling too, are the service's). */
export function errorPage(): Answer {
  return page(
    'OAuth Error',
    `<h1>We can't authorize you because of an OAuth error. For more information, contact your Salesforce administrator.</h1>
<p>OAUTH_APPROVAL_ERROR_GENERIC : An unexpected error has occured during authentication. Please try again.</p>`,
  );
}

/** 302, with a cookie if told. */
export function redirect(location: string, cookie?: string): Answer {
  return { status: 302, headers: { Location: location, ...(cookie && { 'Set-Cookie': cookie }) }, body: [] };
}

function page(title: string, body: string): Answer {
  const html = `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head><body>\n${body}\n</body></html>\n`;
  const headers = { 'Content-Type': 'text/html; charset=UTF-8', 'Cache-Control': 'no-cache,must-revalidate,no-store' };
  return { status: 200, headers, body: [piece(html)] };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
