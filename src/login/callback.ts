/** What an authorization ends with, in the query of the callback, or of the page where the browser stopped. */

export type CallbackAnswer =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'refused'; readonly error: string; readonly description: string }
  /** Of another attempt, or no answer at all: it ends nothing. */
  | { readonly kind: 'stray'; readonly reason: 'other_state' | 'no_answer' };

/**
 * Reads a query. Salesforce echoes `state` on callbacks; one that differs belongs to another attempt, or was made by
 * somebody who wants a code of theirs to be used. The error pages of the org carry no state.
 */
export function readCallback(query: URLSearchParams, state: string): CallbackAnswer {
  const echoed = query.get('state');
  const error = query.get('error');
  const code = query.get('code');
  if ((code !== null || error !== null) && echoed !== state && !(error !== null && echoed === null)) {
    return { kind: 'stray', reason: 'other_state' };
  }
  if (error !== null) return { kind: 'refused', error, description: query.get('error_description') ?? '' };
  return code === null || code === '' ? { kind: 'stray', reason: 'no_answer' } : { kind: 'code', code };
}

/** Reads what a person copied from the address bar: an address, or the part of it after the question mark. */
export function readPastedAddress(text: string, state: string): CallbackAnswer {
  const mark = text.indexOf('?');
  return readCallback(new URLSearchParams(text.slice(mark + 1).trim()), state);
}
