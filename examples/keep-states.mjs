// Keeps the states of a sync: reads messages on stdin, writes the newest STATE of each stream into the file that
// `read --state` takes. States of streams that this sync did not touch are kept.
//
//   node keep-states.mjs state.json < messages
//
// Feed it with what the destination prints, not the source: a destination repeats a STATE once it has stored the rows
// before it. The file is replaced in one step: at most every two seconds while states come, at the end, and at SIGTERM
// and SIGINT, so that a sync that is killed goes on from the last state that was written.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node keep-states.mjs state.json < messages');

const keyOf = (state) =>
  JSON.stringify([state.stream.stream_descriptor.namespace ?? null, state.stream.stream_descriptor.name]);
const states = new Map(readOld().map((state) => [keyOf(state), state]));

const WRITE_INTERVAL_MS = 2000;
let changed = true;
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    write();
    process.kill(process.pid, signal);
  });
}

setInterval(write, WRITE_INTERVAL_MS).unref();

const decoder = new TextDecoder();
let rest = '';
for await (const chunk of process.stdin) {
  const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
  rest = lines.pop();
  // Destinations also print logs; most lines of those are no JSON.
  for (const line of lines) if (line.startsWith('{') && line.includes('"STATE"')) keep(line);
}
write();

/** Writes what has changed since the last time. */
function write() {
  if (!changed) return;
  writeFileSync(`${file}.new`, JSON.stringify([...states.values()], null, 1));
  renameSync(`${file}.new`, file);
  changed = false;
}

function keep(line) {
  const message = JSON.parse(line);
  if (message.type !== 'STATE' || message.state.stream === undefined) return;
  states.set(keyOf(message.state), message.state);
  changed = true;
}

function readOld() {
  try {
    return JSON.parse(readFileSync(file, 'utf8') || '[]');
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
