#!/usr/bin/env bash
# How long a newcomer waits: cold builds in a fresh clone of the last commit with an empty compiler cache, packages already
# installed and fetched, then rebuilds after one core file was touched. Needs an idle machine; CPU seconds (user and
# system) tell more than seconds on a busy one. Usage: tools/bench/build.sh [--ci]     --ci: .ci/run as well, cold too
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export CCACHE_DIR="$work/ccache"
git clone -q "$root" "$work/terpsi"
cd "$work/terpsi"
fetched=(.deps web/node_modules .cache)
for folder in "${fetched[@]}"; do
  if [ -d "$root/$folder" ]; then cp -rL "$root/$folder" "$folder"; fi
done

row() {  # what, command... Ends the script when the command fails.
  local what="$1" start=$SECONDS TIMEFORMAT='%U %S' code=0
  shift
  { time "$@" >"$work/log" 2>&1; } 2>"$work/time" || code=$?
  printf '%-52s %5d s   %5d CPU s\n' "$what" $((SECONDS - start)) "$(awk '{ print int($1 + $2) }' "$work/time")"
  if [ "$code" -ne 0 ]; then
    tail -n 60 "$work/log"
    exit "$code"
  fi
}

# A change that the compiler sees, in a declaration that nobody uses; then the executable again.
touched() {
  printf 'namespace terpsi::motion { void touched_%s(); }\n' "$RANDOM" >>"core/motion/$1"
  tools/build.sh native
}

row "tools/run.sh dance, ready (native build)" tools/run.sh dance --help
row "then the page served (wasm and web)" bash -c 'tools/setup.sh && tools/build.sh native wasm web'
row "rebuild, core/motion/kinematics.cpp touched" touched kinematics.cpp
row "rebuild, core/motion/kinematics.h touched" touched kinematics.h
if [ "${1:-}" = --ci ]; then
  git checkout -q . && git clean -qdfx "${fetched[@]/#/--exclude=/}" && rm -rf "$CCACHE_DIR"
  row ".ci/run" bash .ci/run
  sed -n '/^Summary/,$p' "$work/log"
fi
