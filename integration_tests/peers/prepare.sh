#!/usr/bin/env bash
# Installs the Python clients of integration_tests/peers/ into a cache outside the tree, one environment for each
# requirements file; a second call finds them and returns at once. Prints what it did; fails where Python is missing.
set -euo pipefail
cd "$(dirname "$0")"
cache=${MODSTAMP_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/modstamp-peers}

if ! python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'; then
  # Debian keeps venv in a package of its own.
  [ "$(id -u)" = 0 ] && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv
fi

for file in requirements-*.txt; do
  name=${file#requirements-}
  home=$cache/${name%.txt}
  if cmp -s "$file" "$home/installed.txt"; then
    echo "$home is there"
    continue
  fi
  rm -rf "$home"
  python3 -m venv "$home"
  "$home/bin/pip" install --quiet --disable-pip-version-check -r "$file"
  # Last, so that an interrupted install is not taken for a whole one.
  cp "$file" "$home/installed.txt"
  echo "$home is new"
done
