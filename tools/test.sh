#!/usr/bin/env bash
# The suite on SQLite, then on PostgreSQL where it is found (a server of its own, in a temporary folder).
#   tools/test.sh [proof] [pytest arguments]
# With CI=true nothing may be missing: no browser or no PostgreSQL is a failure, not a skip.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
selection=(-m "not proof")
what="Tests"
if [ "${1:-}" = proof ]; then what="Proofs"; selection=(-m proof --durations=0 --durations-min=1); shift; fi
if [ $# -gt 0 ]; then selection+=("$@"); fi
workers="${TEST_WORKERS:-2}"
.venv/bin/python tools/messages.py compile

CHROMIUM="$(find_chromium || true)"
if [ -n "$CHROMIUM" ]; then export CHROMIUM; else
  [ "${CI:-}" = true ] && die "no Chromium was found, and CI allows no skip (apt install chromium)."
  say "No Chromium was found: the journeys in a browser are skipped (Debian, Ubuntu: apt install chromium)."
fi

summary=()
run() { # run DATABASE ENVIRONMENT…: the suite there, its verdict and time kept for the summary
  local database="$1" begun=$SECONDS code=0
  shift
  say "== $what on $database =="
  env "$@" .venv/bin/python -m pytest -n "$workers" --dist worksteal "${selection[@]}" || code=$?
  [ "$code" = 5 ] && code=0 # nothing selected
  local spent=$((SECONDS - begun))
  summary+=("$database: $([ "$code" = 0 ] && echo passed || echo FAILED), $((spent / 60)) min $((spent % 60)) s")
  return "$code"
}
finish() { # finish STATUS: the summary, then the end
  say "== $what, in short =="
  for one in "${summary[@]}"; do say "$one"; done
  exit "$1"
}

status=0
run SQLite -u DATABASE_URL || status=$?

pg_bin="$(find_pg_bin || true)"
if [ -z "$pg_bin" ]; then
  [ "${CI:-}" = true ] && die "no PostgreSQL was found, and CI allows no skip (apt install postgresql)."
  summary+=("PostgreSQL: not found, not run (Debian, Ubuntu: apt install postgresql)")
  finish "$status"
fi

folder="$(mktemp -d /tmp/rebond-pg.XXXXXX)"
as_owner() { "$@"; }
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  id postgres >/dev/null 2>&1 || die "PostgreSQL does not run as root, and there is no user postgres."
  chown postgres "$folder"
  as_owner() { PATH="$PATH:/usr/sbin:/sbin" runuser -u postgres -- "$@"; }
fi
stop() { as_owner "$pg_bin/pg_ctl" -D "$folder/data" -m immediate -s stop >/dev/null 2>&1 || true; rm -rf "$folder"; }
trap stop EXIT
port="$(.venv/bin/python -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')"
as_owner "$pg_bin/initdb" -D "$folder/data" -E UTF8 --locale=C -A trust -U rebond >/dev/null
as_owner "$pg_bin/pg_ctl" -D "$folder/data" -s -w -l "$folder/log" \
  -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c fsync=off -c synchronous_commit=off -c max_connections=200" start
version="$("$pg_bin/postgres" --version | grep -oE '[0-9.]+' | head -n 1)"
of_the_database=1
if [ "$what" = Proofs ]; then of_the_database=journeys; selection[1]="proof or journey"; fi # what a browser does, there too
run "PostgreSQL $version" TESTS_OF_THE_DATABASE="$of_the_database" DATABASE_URL="postgresql://rebond@127.0.0.1:$port/rebond" || status=$?
finish "$status"
