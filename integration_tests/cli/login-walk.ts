/** `modstamp login` under a test: started, its page found, its end awaited. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { programPath } from '../program.ts';

export interface LoginUnderTest {
  /** What the program tells the user to open. Rejects with its words where it ends before. */
  readonly authorizeUrl: Promise<string>;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }>;
  /** Types a line. */
  paste(line: string): void;
  kill(signal: NodeJS.Signals): void;
}

/** Starts `modstamp login` with these arguments in a folder; nothing but `env` and the PATH is inherited. */
export function startLogin(folder: string, args: readonly string[], env: Record<string, string> = {}): LoginUnderTest {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [programPath, 'login', ...args], {
    cwd: folder,
    env: { PATH, HOME: folder, TMPDIR: tmpdir(), ...env },
  });
  let stderr = '';
  const authorizeUrl = new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
      const url = /^https?:\/\/\S+\/services\/oauth2\/authorize\?\S+$/m.exec(stderr)?.[0];
      if (url !== undefined && stderr.includes('paste that here')) resolve(url);
    });
    child.once('close', () => reject(new Error(`login ended before it named a page: ${stderr}`)));
  });
  authorizeUrl.catch(() => {});
  const closed = new Promise<number | null>((resolve) => child.once('close', (exitCode) => resolve(exitCode)));
  const ended = Promise.all([closed, text(child.stdout)]).then(([exitCode, stdout]) => ({ exitCode, stdout, stderr }));
  return {
    authorizeUrl,
    ended,
    paste: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
  };
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
