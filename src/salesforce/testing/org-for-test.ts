/** For tests: a scripted host and a connection to it, closed when the test ends. */
import { onTestFinished } from 'vitest';
import type { Connection } from '../connection.ts';
import { connectTo, startHost, type Asked, type Played, type ScriptedHost } from './scripted-host.ts';

export interface OrgForTest {
  readonly host: ScriptedHost;
  readonly connection: Connection;
}

/** Connects to a host with this script; what it leaves undefined is answered as by a healthy org. */
export async function orgForTest(
  script: (asked: Asked) => Played | undefined,
  options: Parameters<typeof connectTo>[1] = {},
): Promise<OrgForTest> {
  const host = await startHost(script);
  onTestFinished(() => host.close());
  const connection = await connectTo(host, options);
  onTestFinished(() => connection.close());
  return { host, connection };
}

/** Answers a composite by asking `single` for the status and body of each subrequest's path. */
export function compositeBody(asked: Asked, single: (path: string) => { status?: number; body: unknown }): object {
  const { compositeRequest } = JSON.parse(asked.body) as { compositeRequest: { url: string; referenceId: string }[] };
  return {
    compositeResponse: compositeRequest.map(({ url, referenceId }) => {
      const { status = 200, body } = single(url);
      return { body, httpHeaders: {}, httpStatusCode: status, referenceId };
    }),
  };
}
