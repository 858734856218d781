// Keeps the refresh token that Salesforce has replaced: the source hands it out in a CONTROL message, and the old one is void.
//
//   node keep-config.mjs config.json < messages > messages
//
// Everything that comes in goes out unchanged, so it stands between the source and the destination. The file is replaced in
// one step and keeps its permissions to its owner.
import { renameSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const [file] = process.argv.slice(2);
// Inside of values quotes are escaped, so these bytes begin a message wherever they stand.
const BEGIN = Buffer.from('{"type":"CONTROL"');

let kept = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  if (!process.stdout.write(chunk)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  kept = lookThrough(Buffer.concat([kept, chunk]));
}

/** Takes every whole CONTROL message; gives what may be the beginning of one. */
function lookThrough(bytes) {
  for (let at = bytes.indexOf(BEGIN); at !== -1; at = bytes.indexOf(BEGIN)) {
    const end = bytes.indexOf(0x0a, at);
    if (end === -1) return bytes.subarray(at);
    keep(JSON.parse(bytes.toString('utf8', at, end)));
    bytes = bytes.subarray(end + 1);
  }
  return bytes.subarray(Math.max(0, bytes.length - BEGIN.length + 1));
}

function keep({ control }) {
  const config = control?.connectorConfig?.config;
  if (config === undefined) return;
  writeFileSync(`${file}.new`, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
