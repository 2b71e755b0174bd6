#!/usr/bin/env bash
# Everything that must hold before a commit lands. Each check runs; all failures are told at the end.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
failed=()
run() { # name, command…
  local name="$1"; shift
  printf '— %s\n' "$name"
  "$@" || failed+=("$name")
}
export PATH="$PWD/.venv/bin:$PATH" REBOND_VAR="${REBOND_VAR:-$(mktemp -d)}"
run "ruff" ruff check --quiet rebond tests tools manage.py
run "ruff format" ruff format --quiet --check rebond tests tools manage.py
run "mypy" mypy
run "import-linter" lint-imports --no-cache
run "djlint" tools/djlint.sh
run "sizes" python tools/sizes.py
run "migrations" python manage.py makemigrations --check --dry-run
run "translations" python tools/messages.py check --stale
run "system checks" python manage.py check --fail-level WARNING --system-only
if command -v gitleaks >/dev/null 2>&1; then run "gitleaks" gitleaks git --no-banner; else say "— gitleaks: not installed here, skipped"; fi
if [ ${#failed[@]} -gt 0 ]; then die "these checks failed: ${failed[*]}"; fi
say "All checks pass."
