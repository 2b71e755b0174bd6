#!/usr/bin/env bash
# The whole demo: database, files, people, objects, pictures, index; then the site, unless SERVE=0.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
export REBOND_DEMO=1
# Links on pages and in mails lead to the port that is served. With HTTPS=1 `serve` gives the address of the local network.
if [ "${PORT:-8000}" != 8000 ] && [ "${HTTPS:-0}" != 1 ] && ! grep -qs '^ *SITE_URL=' "${REBOND_ENV:-.env}"; then
  export SITE_URL="${SITE_URL:-http://localhost:$PORT}"
fi
if [ "${SERVE:-1}" != 0 ]; then
  .venv/bin/python - "$PORT" <<'PY' || die "port $PORT is in use. Stop what uses it, or choose another: make demo PORT=8001"
import socket, sys
with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        s.bind(("127.0.0.1", int(sys.argv[1])))
    except OSError:
        sys.exit(1)
PY
fi
.venv/bin/python manage.py prepare
.venv/bin/python manage.py demo --items "${ITEMS:-20000}"
if [ "${SERVE:-1}" = 0 ]; then
  say "All is ready. Serve it with: REBOND_DEMO=1 make serve"
  exit 0
fi
exec .venv/bin/python manage.py serve --port "$PORT" $([ "${HTTPS:-0}" = 1 ] && echo --https)
