#!/usr/bin/env bash
# Builds what is named, skipping what is up to date. Usage: tools/build.sh [native] [wasm] [web]   (default: all three)
# Run tools/setup.sh first. Everything it says goes to stderr.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
exec >&2

# One object cache serves every checkout of the project.
export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1

configure_and_build() {  # preset, build folder, product, targets...
  local preset="$1" folder="$2" product="$3" quiet=--quiet
  shift 3
  [ -r "$folder/build.ninja" ] || cmake --preset "$preset" --log-level=WARNING
  [ -e "$product" ] || quiet="" # the first build takes minutes: show it going on
  cmake --build "$folder" -j "$(nproc)" ${1:+--target "$@"} -- ${quiet:+"$quiet"}
}

build_native() { configure_and_build release build build/terpsi terpsi; }
build_wasm() { configure_and_build wasm build-wasm web/public/wasm/terpsi_view.wasm; }

web_inputs() {
  find web models wasm/*_abi.h wasm/view/*_abi.h core/generate/finish/troupe.h core/base/limits.h \
    native/server/openapi.yaml -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -printf '%p %s %T@\n' |
    LC_ALL=C sort | sha256sum
}

# The page is rebuilt when any of its inputs changed; their names, sizes and times are compared.
build_web() {
  [ -r web/package.json ] || return 0
  local stamp=web/dist/.terpsi-stamp want
  want="$(web_inputs)"
  if [ -r "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then return 0; fi
  npm --prefix web run --silent build
  want="$(web_inputs)" # again, because building may itself write into web/public
  printf '%s\n' "$want" >"$stamp"
}

[ $# -gt 0 ] || set -- native wasm web
for part in "$@"; do
  case "$part" in
    native) build_native ;;
    wasm) build_wasm ;;
    web) build_web ;;
    *)
      echo "Unknown part '$part'. Usage: tools/build.sh [native] [wasm] [web]"
      exit 2
      ;;
  esac
done
