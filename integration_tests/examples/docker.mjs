#!/usr/bin/env node
// Stands in for `docker run` where there is no engine: maps the volumes to their folders and starts the programs that
// the images hold. MODSTAMP_PROGRAM is the connector, DESTINATION_PROGRAM the destination.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const [command, ...rest] = process.argv.slice(2);
if (command !== 'run') throw new Error(`docker ${command}: only run is known`);

const volumes = [];
let entrypoint;
while (rest[0]?.startsWith('-')) {
  const flag = rest.shift();
  if (flag === '-v') volumes.push(rest.shift().split(':'));
  else if (flag === '--entrypoint') entrypoint = rest.shift();
  else if (flag === '--user') checkUser(rest.shift());
  else if (flag !== '--rm' && flag !== '-i') throw new Error(`docker run ${flag}: not known`);
}
const image = rest.shift();
const args = rest.map((arg) => {
  const [host, inside] = volumes.find(([, inside]) => arg === inside || arg.startsWith(`${inside}/`)) ?? [];
  return host === undefined ? arg : host + arg.slice(inside.length);
});
const program = image.startsWith('modstamp/') ? process.env.MODSTAMP_PROGRAM : process.env.DESTINATION_PROGRAM;
const { status } = spawnSync(entrypoint ?? process.execPath, entrypoint === undefined ? [program, ...args] : args, {
  stdio: 'inherit',
});
process.exit(status ?? 1);

/** The programs run as whoever started the script, which is what the script must ask of an engine. */
function checkUser(user) {
  const own = `${process.getuid()}:${process.getgid()}`;
  if (user !== own) throw new Error(`docker run --user ${user}: the stand-in runs as ${own}`);
}
