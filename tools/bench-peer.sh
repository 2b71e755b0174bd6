#!/usr/bin/env bash
# The race for unique objects against django-oscar, which gets an environment of its own in build/peer (from the
# package index, hash-locked). SQLite; with DATABASE_URL set, PostgreSQL: the peer's database must then be empty and
# named by PEER_DATABASE_URL.
#   tools/bench-peer.sh [BUYERS ITEMS PROCESSES]
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
buyers="${1:-200}" items="${2:-100}" processes="${3:-4}"
if [ ! -x build/peer/venv/bin/python ] || ! cmp -s requirements/peer.txt build/peer/installed.txt; then
  say "The peer's environment is made in build/peer (this needs the internet, once)."
  rm -rf build/peer && mkdir -p build/peer
  .venv/bin/python -m venv build/peer/venv
  build/peer/venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peer.txt \
    || die "The peer could not be installed: see above. Nothing else needs it."
  cp requirements/peer.txt build/peer/installed.txt
fi
data="$(mktemp -d)"
trap 'rm -rf "$data"' EXIT
say "== Rebond, with holds, payments, late payers and walkers-away =="
.venv/bin/rebond race --buyers "$buyers" --items "$items" --processes "$processes" --json
say "== django-oscar, with walkers-away and late ones; it has no holds =="
DATABASE_URL="${PEER_DATABASE_URL:-}" build/peer/venv/bin/python -W ignore tools/bench/peer_oscar.py "$data" \
  --buyers "$buyers" --items "$items" --processes "$processes"
