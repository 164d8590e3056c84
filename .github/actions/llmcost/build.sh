#!/usr/bin/env bash
# Puts llmcost on the PATH of the steps to come: the one that is there, the one that was kept, or a new one built from
# the repository that this action is part of.
#   ACTION  folder of the action
#   ROOT    folder to install to
set -euo pipefail
if command -v llmcost >/dev/null; then
  llmcost --version
  exit
fi
if [[ ! -x "$ROOT/bin/llmcost" ]]; then
  cargo install --locked --path "$ACTION/../../.." --root "$ROOT"
fi
"$ROOT/bin/llmcost" --version
echo "$ROOT/bin" >>"$GITHUB_PATH"
