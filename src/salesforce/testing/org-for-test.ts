/** For tests: scripted hosts, connections to them, closed when the test ends, and what is asked of them. */
import { onTestFinished } from 'vitest';
import type { ApiRequest, Connection } from '../connection.ts';
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
  const host = await hostForTest(script);
  return { host, connection: await connectionForTest(host, options) };
}

/** A host that is closed when the test ends. */
export async function hostForTest(script: Parameters<typeof startHost>[0]): Promise<ScriptedHost> {
  const host = await startHost(script);
  onTestFinished(() => host.close());
  return host;
}

/** A connection that is closed when the test ends. */
export async function connectionForTest(
  host: ScriptedHost,
  options: Parameters<typeof connectTo>[1] = {},
): Promise<Connection> {
  const connection = await connectTo(host, options);
  onTestFinished(() => connection.close());
  return connection;
}

/** A GET of this resource of version 58.0. */
export function requestFor(resource: string, more: Partial<ApiRequest> = {}): ApiRequest {
  return {
    method: 'GET',
    path: `/services/data/v58.0/${resource}`,
    purpose: `ask ${resource}`,
    signal: AbortSignal.timeout(10_000),
    ...more,
  };
}

/** Answers `limits` with each of these in turn, the last one for ever. */
export function inTurn(...answers: Played[]): (asked: { path: string }) => Played | undefined {
  let turn = 0;
  return ({ path }) => (path.endsWith('/limits') ? answers[Math.min(turn++, answers.length - 1)] : undefined);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
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
