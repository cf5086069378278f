#!/usr/bin/env bash
# How long a newcomer waits: cold builds in a fresh clone with an empty compiler cache, packages already installed, then a rebuild
# after one core file was touched. Needs an idle machine. Usage: tools/bench/build.sh [--ci]     --ci: .ci/run as well
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export CCACHE_DIR="$work/ccache" CCACHE_BASEDIR="$work/terpsi" CCACHE_NOHASHDIR=1
git clone -q "$root" "$work/terpsi"
cd "$work/terpsi"
if [ -d "$root/.deps" ]; then cp -rL "$root/.deps" .deps; fi

row() {  # what, command...
  local what="$1" start cpu
  shift
  start=$SECONDS
  cpu="$( { TIMEFORMAT='%U %S'; time "$@" >>"$work/log" 2>&1; } 2>&1 | awk '{ print int($1 + $2) }')"
  printf '%-52s %5d s   %5d CPU s\n' "$what" $((SECONDS - start)) "$cpu"
}

: >"$work/log"
row "tools/run.sh dance, ready (native build)" tools/run.sh dance --help
row "then the page served (wasm and web)" bash -c 'tools/setup.sh && tools/build.sh native wasm web'
row "rebuild, core/motion/kinematics.cpp touched" bash -c 'echo "namespace terpsi::motion { void touched(); }" >>core/motion/kinematics.cpp && tools/build.sh native'
row "rebuild, core/motion/kinematics.h touched" bash -c 'echo "namespace terpsi::motion { void touched(); }" >>core/motion/kinematics.h && tools/build.sh native'
if [ "${1:-}" = --ci ]; then
  git checkout -q . && git clean -qdfx && rm -rf "$CCACHE_DIR"
  row ".ci/run" bash .ci/run
  tail -n 1 "$work/log"
fi
