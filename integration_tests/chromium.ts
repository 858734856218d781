/** Debian's Chromium without a window, driven by its own DevTools protocol: no library beside the one WebSocket. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'undici';

export interface ChromiumPage {
  open(url: string): Promise<void>;
  /** The value of an expression in the page; a promise's where it is one. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression is true, across loads of other pages. */
  until(expression: string): Promise<void>;
  close(): Promise<void>;
}

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] as const;
const START_MS = 30_000;
const UNTIL_MS = 30_000;
const LOOK_MS = 50;

/** The path of a Chromium, or undefined where there is none; then says on stderr what is left out. */
export function findChromium(leavesOut: string): string | undefined {
  const found = PROGRAMS.find((path) => existsSync(path));
  if (found === undefined) {
    process.stderr.write(`\nLEFT OUT: ${leavesOut}: no Chromium here (Debian: apt-get install chromium).\n`);
  }
  return found;
}

/** Starts a browser with an empty profile. The caller closes it. */
export async function startChromium(program: string): Promise<ChromiumPage> {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  // As root, and in most containers, Chromium has no sandbox to run in.
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const child = spawn(program, [...flags, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const socket = new WebSocket(await pageSocket(await debuggingOrigin(child)));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  const send = callerOf(socket);
  const evaluate = async (expression: string): Promise<unknown> => {
    const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    const { result, exceptionDetails } = answer as { result: { value?: unknown }; exceptionDetails?: unknown };
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return result.value;
  };
  return {
    open: async (url) => void (await send('Page.navigate', { url })),
    evaluate,
    async until(expression) {
      for (const end = Date.now() + UNTIL_MS; Date.now() < end; await delay(LOOK_MS)) {
        // Between two pages there is nothing to ask.
        if ((await evaluate(expression).catch(() => false)) === true) return;
      }
      throw new Error(
        `${expression} did not come true at ${String(await evaluate('location.href + document.body?.innerText'))}`,
      );
    },
    async close() {
      socket.close();
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Chromium prints `DevTools listening on ws://127.0.0.1:40001/devtools/browser/…` on stderr. */
function debuggingOrigin(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`Chromium did not start: ${said}`)), START_MS);
    child.stderr?.on('data', (chunk: Buffer) => {
      said += String(chunk);
      const host = /DevTools listening on ws:\/\/([^/]+)\//.exec(said)?.[1];
      if (host === undefined) return;
      clearTimeout(timer);
      resolve(`http://${host}`);
    });
    child.once('error', reject);
  });
}

async function pageSocket(origin: string): Promise<string> {
  const targets = (await (await fetch(`${origin}/json`)).json()) as { type: string; webSocketDebuggerUrl: string }[];
  const page = targets.find(({ type }) => type === 'page');
  if (page === undefined) throw new Error('Chromium opened no page');
  return page.webSocketDebuggerUrl;
}

function callerOf(socket: WebSocket): (method: string, params: object) => Promise<unknown> {
  const waiting = new Map<number, (answer: { result?: unknown; error?: { message: string } }) => void>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: { message: string } };
    if (answer.id === undefined) return;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  return (method, params) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, ({ result, error }) =>
        error === undefined ? resolve(result) : reject(new Error(`${method}: ${error.message}`)),
      );
      socket.send(JSON.stringify({ id: last, method, params }));
    });
}
