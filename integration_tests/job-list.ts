/** The Bulk jobs that the org holds, as its own list tells. */
import { practiceLogin, type OrgUnderTest } from './practice-org.ts';

/** Ids of the query jobs that are not deleted. */
export async function jobIds(org: OrgUnderTest): Promise<readonly string[]> {
  const answer = await ask(org, 'GET', '');
  const { records } = (await answer.json()) as { records: readonly { id: string }[] };
  return records.map(({ id }) => id);
}

/** Deletes all jobs, finished or not, as an admin may in Setup. */
export async function deleteJobs(org: OrgUnderTest): Promise<void> {
  for (const id of await jobIds(org)) {
    await ask(org, 'PATCH', `/${id}`, JSON.stringify({ state: 'Aborted' }));
    await ask(org, 'DELETE', `/${id}`);
  }
}

/** It logs in by itself, so that no session of the program is touched. */
async function ask(org: OrgUnderTest, method: string, path: string, body?: string): Promise<Response> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: practiceLogin.clientId,
    client_secret: practiceLogin.clientSecret,
  });
  const login = await fetch(`${org.url}/services/oauth2/token`, { method: 'POST', body: form });
  const { access_token } = (await login.json()) as { access_token: string };
  return fetch(`${org.url}/services/data/v58.0/jobs/query${path}`, {
    method,
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body }),
  });
}
