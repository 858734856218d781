#!/bin/sh
# One sync by plain docker: Salesforce into any Airbyte destination, states kept in a folder. Made for cron:
#
#   0 */3 * * *  /opt/salesforce/sync.sh /opt/salesforce >> /var/log/salesforce-sync.log 2>&1
#
# The folder holds config.json (the source's), destination.json (the destination's), catalog.json (made by the first
# run: edit it to choose collections and columns) and state.json. The destination's image is DESTINATION_IMAGE.
# Exit code 0 when everything arrived; a run that finds the one before still busy says so and exits with 75.
set -eu

dir=$(cd "${1:?usage: sync.sh FOLDER}" && pwd)
source_image=${SOURCE_IMAGE:-modstamp/source-salesforce:latest}
destination_image=${DESTINATION_IMAGE:-airbyte/destination-postgres:latest}
here=$(cd "$(dirname "$0")" && pwd)
# The containers read and write the folder as whoever runs this script, so that it and config.json may be closed to others.
user=$(id -u):$(id -g)

# Writable for the source, which keeps a refresh token that the org has replaced while it makes the catalog.
modstamp() { docker run --rm -i --user "$user" -v "$dir:/sync" "$source_image" "$@"; }
write() { docker run --rm -i --user "$user" -v "$dir:/sync:ro" "$destination_image" write "$@"; }
# The scripts beside this one, run by the Node of the source's image.
script() {
  name=$1; shift
  docker run --rm -i --user "$user" -v "$dir:/sync" -v "$here/../$name:/$name:ro" --entrypoint node "$source_image" "/$name" "$@"
}
# Makes a file in one step, so that a run that is cut off leaves none that is half.
into() { cat > "$1.new" && mv "$1.new" "$1"; }

# One at a time: two syncs from one state would write everything twice. flock's lock dies with the process.
exec 9> "$dir/lock"
flock --nonblock 9 || { echo "the sync before this one is still running" >&2; exit 75; }

# An assignment of its own line ends the script when its command fails; behind && it would not. printf keeps the
# backslashes of JSON, which the echo of dash interprets.
if [ ! -f "$dir/catalog.json" ]; then
  catalog=$(modstamp catalog --config /sync/config.json)
  printf '%s\n' "$catalog" | into "$dir/catalog.json"
fi
[ -f "$dir/state.json" ] || printf '[]\n' | into "$dir/state.json"
numbered=$(script number-run.mjs /sync/catalog.json)
printf '%s\n' "$numbered" | into "$dir/run-catalog.json"

# sh has no pipefail, so each program's failure is noted in a file.
rm -f "$dir/failed"
{ modstamp read --config /sync/config.json --catalog /sync/run-catalog.json --state /sync/state.json || echo "source: exit code $?" >> "$dir/failed"; } |
  { script keep-config.mjs /sync/config.json || echo "config: exit code $?" >> "$dir/failed"; } |
  { write --config /sync/destination.json --catalog /sync/run-catalog.json || echo "destination: exit code $?" >> "$dir/failed"; } |
  { script keep-states.mjs /sync/state.json || echo "states: exit code $?" >> "$dir/failed"; }

if [ -f "$dir/failed" ]; then
  cat "$dir/failed" >&2
  exit 1
fi
