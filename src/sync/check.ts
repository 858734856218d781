/** The check command: can this configuration read the org, and if not, what must be done. */
import { asModstampError } from '../errors.ts';
import { describeGlobal } from '../salesforce/describe.ts';
import { connectRun } from './connect-run.ts';
import { isDescribed, offeredStreams } from './discover.ts';
import { isExcluded } from './offer/object-kind.ts';
import type { Run } from './run.ts';

export type CheckResult = { readonly status: 'SUCCEEDED' } | { readonly status: 'FAILED'; readonly message: string };

/**
 * Logs in and asks what the user may see. FAILED comes with one sentence: what is wrong and what to do; the internal
 * text goes to the log. Throws only where the run itself was stopped.
 */
export async function check(run: Run): Promise<CheckResult> {
  try {
    const connection = await connectRun(run, { mode: 'probe' });
    try {
      const sobjects = await describeGlobal(connection, run.signal);
      const readable = sobjects.filter(({ name, queryable }) => queryable && !isExcluded(name)).length;
      const offered = [...offeredStreams(sobjects, run.config).keys()].filter(isDescribed).length;
      run.messages.log(
        'INFO',
        `Logged in to ${connection.instanceUrl()}, API ${connection.apiVersion}: ${sobjects.length} objects, ${readable} can be read, ${offered} are offered as streams.`,
      );
      if (readable === 0) return { status: 'FAILED', message: NOTHING_READABLE };
      return offered > 0 ? { status: 'SUCCEEDED' } : { status: 'FAILED', message: NOTHING_MEETS_CRITERIA };
    } finally {
      await connection.close();
    }
  } catch (thrown) {
    run.signal.throwIfAborted();
    const error = asModstampError(thrown);
    if (error.internal !== undefined) run.messages.log('ERROR', error.internal);
    return { status: 'FAILED', message: error.message };
  }
}

const NOTHING_READABLE =
  'The login works, but its user may not read any object; give it a permission set with API Enabled and View All Data (or read access to the objects you need), then check again.';

const NOTHING_MEETS_CRITERIA =
  'streams_preset and streams_criteria let in no object of the org; the criteria match API names such as Account or Invoice__c, so correct them or leave both out.';
