// A destination as the examples need one: stores the rows of stdin in the file that its config names, one a line, and
// repeats each STATE once the rows before it are on disk.
import { appendFileSync, readFileSync } from 'node:fs';
import process from 'node:process';

const [verb, ...args] = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
if (verb !== 'write') throw new Error(`destination: ${verb} is not known`);
const { file } = JSON.parse(readFileSync(option('--config'), 'utf8'));
for (const stream of JSON.parse(readFileSync(option('--catalog'), 'utf8')).streams) {
  // Destinations of today refuse a catalog without these.
  for (const number of ['sync_id', 'generation_id', 'minimum_generation_id']) {
    if (!Number.isInteger(stream[number])) throw new Error(`${stream.stream.name} has no ${number}`);
  }
}

let held = '';
let rest = '';
const decoder = new TextDecoder();
for await (const chunk of process.stdin) {
  // Not node:readline, which also ends lines at U+2028.
  const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
  rest = lines.pop();
  for (const line of lines) take(line);
}
appendFileSync(file, held);
process.stdout.write('{"type":"LOG","log":{"level":"INFO","message":"Done."}}\n');

function take(line) {
  const { type, record } = JSON.parse(line);
  if (type === 'RECORD') held += `${JSON.stringify({ stream: record.stream, ...record.data })}\n`;
  if (type !== 'STATE') return;
  appendFileSync(file, held);
  held = '';
  process.stdout.write(`${line}\n`);
}
