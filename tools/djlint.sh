#!/usr/bin/env bash
# djlint's linter on every template; its exit status is that of the finds.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
.venv/bin/djlint rebond --lint --quiet
