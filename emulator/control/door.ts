/** The control door: changes, faults, settings and the log of a running org. No session, never counted. */
import { empty, json, type Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { readFault } from '../http/fault.ts';
import type { Row } from '../model.ts';
import { isObject } from '../http/json-body.ts';
import type { Service } from '../service.ts';
import { changeSettings } from '../settings.ts';
import { applyChange } from './change.ts';

/** Answers a request below `/_control/`; a wrong one gets 400 and `{"error": sentence}`. */
export async function answerControl(service: Service, call: Call): Promise<Answer> {
  try {
    return await perform(service, call);
  } catch (error) {
    return json({ error: error instanceof Error ? error.message : String(error) }, 400);
  }
}

type Act = (service: Service, call: Call) => Answer | Promise<Answer>;

const ACTS: Readonly<Record<string, Act>> = {
  'POST change': (service, call) => {
    const changes = bodyOf(call);
    const ids = (Array.isArray(changes) ? changes : [changes]).flatMap((change) => applyChange(service.org, change));
    return json({ ids });
  },
  'POST fault': (service, call) => json({ id: service.faults.add(readFault(bodyOf(call))) }),
  'DELETE faults': (service) => {
    service.faults.clear();
    return empty(204);
  },
  'GET log': (service) => json(service.journal.entries),
  'DELETE log': (service) => {
    service.journal.clear();
    return empty(204);
  },
  'GET usage': (service) => json({ apiCalls: service.usage.apiCalls, max: service.settings.apiMax }),
  'GET sobjects': (service) =>
    json(service.directory.all.map(({ name }) => ({ name, rows: service.org.table(name).size }))),
  'GET settings': (service) => json(service.settings),
  'POST settings': (service, call) => {
    const { apiUsed, ...changes } = objectOf(bodyOf(call));
    const before = service.settings.clockOffsetMs;
    changeSettings(service.settings, changes);
    service.org.shiftClock(service.settings.clockOffsetMs - before);
    if (typeof apiUsed === 'number') service.usage.set(apiUsed);
    return json(service.settings);
  },
  'POST jwt-key': async (service, call) => {
    const { client_id, username, pem } = objectOf(bodyOf(call));
    if (typeof client_id !== 'string' || typeof username !== 'string' || typeof pem !== 'string') {
      throw new Error('A key needs client_id, username and pem');
    }
    await service.jwtKeys.register(client_id, username, pem);
    return empty(204);
  },
};

function perform(service: Service, call: Call): Answer | Promise<Answer> {
  const path = call.path.slice('/_control/'.length);
  const ofObject = /^rows\/(\w+)$/.exec(path)?.[1];
  if (call.method === 'GET' && ofObject !== undefined) return rowsOf(service, ofObject);
  const act = ACTS[`${call.method} ${path}`];
  if (!act) throw new Error(`The control door knows no ${call.method} ${path}`);
  return act(service, call);
}

const ROWS_PER_CHUNK = 500;

/** All rows that are there, deleted ones included, one JSON object a line, values as the org stores them. */
function rowsOf(service: Service, name: string): Answer {
  const table = service.org.table(name);
  return {
    status: 200,
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: { open: () => lines(table.rows()) },
  };
}

async function* lines(rows: Iterable<Row>): AsyncGenerator<Uint8Array> {
  let chunk: string[] = [];
  for (const row of rows) {
    chunk.push(JSON.stringify(row), '\n');
    if (chunk.length < 2 * ROWS_PER_CHUNK) continue;
    yield Buffer.from(chunk.join(''));
    chunk = [];
  }
  yield Buffer.from(chunk.join(''));
}

function bodyOf(call: Call): unknown {
  return JSON.parse(call.body.toString());
}

function objectOf(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw new Error('The body must be a JSON object');
  return value;
}
