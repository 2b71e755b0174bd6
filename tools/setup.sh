#!/usr/bin/env bash
# Make the project's environment in .venv from the hash-locked requirement files; quick when nothing changed.
#   tools/setup.sh run | dev | lock
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
want="${1:-run}"
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}" # the machine's own certificates: companies and schools have theirs

[ -w . ] || die "this folder cannot be written to ($PWD). Clone the project where you may write."
command -v git >/dev/null 2>&1 || die "git is missing. Install it (Debian, Ubuntu: apt install git; macOS: xcode-select --install)."

is_good() { "$1" -c 'import sys, sqlite3, ssl; sys.exit(0 if sys.version_info[:2] >= (3, 12) and sqlite3.sqlite_version_info >= (3, 37) else 1)' >/dev/null 2>&1; }

best_python() { # PATH first, then pyenv's versions; 3.13 is what the project is developed on
  local name path
  for name in python3.13 python3.14 python3.12 python3 python; do
    path="$(command -v "$name" 2>/dev/null || true)"
    if [ -n "$path" ] && is_good "$path"; then echo "$path"; return; fi
  done
  for name in 3.13 3.14 3.12; do
    for path in $(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$name"*/bin/python 2>/dev/null | sort -rV); do
      if is_good "$path"; then echo "$path"; return; fi
    done
  done
}

find_uv() {
  if command -v uv >/dev/null 2>&1; then command -v uv; return; fi
  if [ ! -x .uv/bin/uv ]; then
    local base
    base="$(command -v python3 || true)"
    [ -n "$base" ] || die "python3 is missing. Install Python 3.12 or newer (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python)."
    say "Installing uv in .uv (once)…" >&2
    "$base" -m venv .uv >/dev/null 2>&1 || die "python3 cannot make environments. Install its venv module (Debian, Ubuntu: apt install python3-venv)."
    .uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt >&2 \
      || die "uv could not be installed from the Python package index. Is there a network?"
  fi
  echo "$PWD/.uv/bin/uv"
}

uv="$(find_uv)"
if [ "$want" = lock ]; then
  for name in uv run dev peer; do
    "$uv" pip compile --universal --python-version 3.12 --generate-hashes --no-header --quiet "requirements/$name.in" -o "requirements/$name.txt"
  done
  say "requirements/*.txt are compiled."
  exit 0
fi

files=(requirements/run.txt)
[ "$want" = dev ] && files+=(requirements/dev.txt)
stamp="$(cat "${files[@]}" pyproject.toml tools/setup.sh | cksum) $want"
kept=".venv/.rebond-setup"
if [ -x .venv/bin/python ] && [ -f "$kept" ]; then
  # An environment made for tests also serves the site.
  if [ "$(cat "$kept")" = "$stamp" ] || { [ "$want" = run ] && [ "$(cat "$kept")" = "$(cat requirements/run.txt requirements/dev.txt pyproject.toml tools/setup.sh | cksum) dev" ]; }; then
    exit 0
  fi
fi

if [ ! -x .venv/bin/python ] || ! is_good .venv/bin/python; then
  python="$(best_python)"
  if [ -n "$python" ]; then
    say "Making .venv with $("$python" --version)…"
    UV_PYTHON_DOWNLOADS=never "$uv" venv --quiet --clear --python "$python" .venv
  else
    say "No Python 3.12 or newer was found here: uv now fetches one, which needs the internet."
    say "To avoid it, install one first (Debian 13, Ubuntu 24.04: apt install python3 python3-venv; macOS: brew install python; or pyenv install 3.13)."
    "$uv" venv --quiet --clear --python 3.13 .venv || die "no Python 3.12 or newer could be had. Install one, then try again."
  fi
fi
say "Installing the libraries…"
"$uv" pip sync --quiet --require-hashes --python .venv/bin/python "${files[@]}" || die "the libraries could not be installed. Is there a network?"
# The console script, without a build step: the same as manage.py. Its folder may have a space in its name and may be moved.
cat > .venv/bin/rebond <<'SCRIPT'
#!/bin/sh
# Also by a link from elsewhere: the folder is that of the script itself.
script="$0"
while [ -L "$script" ]; do
  target="$(readlink "$script")"
  case "$target" in /*) script="$target" ;; *) script="$(dirname "$script")/$target" ;; esac
done
here="$(CDPATH= cd -- "$(dirname -- "$script")" && pwd)" || exit 1
exec "$here/python" "$here/../../manage.py" "$@"
SCRIPT
chmod +x .venv/bin/rebond
echo "$stamp" > "$kept"
