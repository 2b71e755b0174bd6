# Shared by the project's shell tools. Bash 3.2 (macOS) is enough.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*"; }
die() { printf 'rebond: %s\n' "$*" >&2; exit 1; }

find_pg_bin() { # the folder of initdb, or nothing
  if command -v initdb >/dev/null 2>&1; then dirname "$(command -v initdb)"; return; fi
  ls -d /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin 2>/dev/null \
    | sort -V | while read -r folder; do [ -x "$folder/initdb" ] && echo "$folder"; done | tail -n 1
}

find_chromium() { # the browser's path, or nothing
  if [ -n "${CHROMIUM:-}" ]; then echo "$CHROMIUM"; return; fi
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then command -v "$name"; return; fi
  done
  for path in "/Applications/Chromium.app/Contents/MacOS/Chromium" "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if [ -x "$path" ]; then echo "$path"; return; fi
  done
}
