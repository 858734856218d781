import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { openWire } from './wire.ts';

const { signal } = new AbortController();

afterEach(() => {
  vi.unstubAllEnvs();
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function wire(options: { connections?: number; answerMs?: number } = {}) {
  const opened = openWire({ connections: 2, answerMs: 300, bodySilentMs: 300, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

const get = (origin: string) => ({ origin, method: 'GET', path: '/', purpose: 'ask', signal }) as const;

test('a proxy of the environment is asked for other hosts, and never for this machine', async () => {
  const tunnels: string[] = [];
  const proxy = createServer((_request, response) => response.writeHead(500).end());
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  const direct = await listen(createServer((_request, response) => response.end('here')));
  vi.stubEnv('HTTPS_PROXY', await listen(proxy));
  vi.stubEnv('HTTP_PROXY', process.env['HTTPS_PROXY']);
  const { send } = wire();
  await expect(send(get('https://login.salesforce.com'))).rejects.toMatchObject({ fault: 'proxy_refused' });
  expect(tunnels).toEqual(['login.salesforce.com:443']);
  expect((await send(get(direct))).status).toBe(200);
});

test('a host that takes the request and says nothing is unreachable after its time', async () => {
  const silent = await listen(createServer(() => {}));
  await expect(wire().send(get(silent))).rejects.toMatchObject({
    fault: 'unreachable',
    failureType: 'transient_error',
  });
});

test('connections are bounded and used again', async () => {
  let sockets = 0;
  const server = createServer((_request, response) => setTimeout(() => response.end('x'), 5));
  server.on('connection', () => sockets++);
  const { send } = wire({ connections: 3, answerMs: 5000 });
  const url = await listen(server);
  const ask = async () => {
    for await (const _ of (await send(get(url))).body);
  };
  await Promise.all(Array.from({ length: 30 }, ask));
  expect(sockets).toBe(3);
});

test('closing ends what is under way', async () => {
  const silent = await listen(createServer(() => {}));
  const opened = openWire({ connections: 1, answerMs: 60_000, bodySilentMs: 60_000 });
  const asking = opened.send(get(silent));
  setTimeout(() => void opened.close(), 20);
  await expect(asking).rejects.toMatchObject({ fault: 'unreachable' });
});

test.each(['', 'Content-Length: 1000000\r\n'])(
  'a body on a connection that ends with it is whole however slowly it is read: %j',
  async (header) => {
    const body = Buffer.alloc(1_000_000, 'x');
    const server = createTcpServer((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n${header}\r\n${body.toString()}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { send } = wire();
    const answer = await send(get(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    let bytes = 0;
    for await (const chunk of answer.body) {
      bytes += chunk.length;
      await new Promise((wake) => setTimeout(wake, 5));
    }
    expect(bytes).toBe(body.length);
  },
);

test.each([
  [407, /asks for a login: put user and password into its address/],
  [403, /does not let this machine connect to login\.salesforce\.com/],
])('a proxy that answers CONNECT with %d is told at once, in words', async (status, sentence) => {
  const proxy = createServer();
  proxy.on('connect', (_request, socket) => void socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`));
  vi.stubEnv('HTTPS_PROXY', await listen(proxy));
  await expect(wire().send(get('https://login.salesforce.com'))).rejects.toMatchObject({
    fault: 'proxy_refused',
    failureType: 'config_error',
    stopsSync: true,
    message: expect.stringMatching(sentence),
  });
});

test('a proxy in trouble is waited for', async () => {
  const proxy = createServer();
  proxy.on('connect', (_request, socket) => void socket.end('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n'));
  vi.stubEnv('HTTPS_PROXY', await listen(proxy));
  await expect(wire().send(get('https://login.salesforce.com'))).rejects.toMatchObject({ fault: 'unreachable' });
});
