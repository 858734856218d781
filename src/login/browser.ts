/** Opens a page in the user's browser, where there is one. */
import { spawn } from 'node:child_process';

/** The program that opens an address, with the arguments before it; undefined where nobody would see a window. */
function opener(): readonly [string, ...string[]] | undefined {
  const { BROWSER, SSH_CONNECTION, DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (BROWSER) return [BROWSER];
  if (SSH_CONNECTION) return undefined;
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return DISPLAY || WAYLAND_DISPLAY ? ['xdg-open'] : undefined;
}

/** Starts the browser and doesn't wait for it. False where there is none; the address must be printed in any case. */
export async function openBrowser(url: string): Promise<boolean> {
  const [program, ...args] = opener() ?? [];
  if (program === undefined) return false;
  return new Promise((resolve) => {
    const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
    child.unref();
  });
}
