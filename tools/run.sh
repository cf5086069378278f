#!/usr/bin/env bash
# From a clone to the running app: installs, builds, starts. May be run again at no cost.
#   tools/run.sh                            the app on http://127.0.0.1:8080
#   tools/run.sh dance song.ogg -o a.bvh    any other command of the executable `terpsi`, in the current folder
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
[ $# -gt 0 ] || set -- serve

if [ "$1" = serve ]; then
  "$root/tools/setup.sh"
  "$root/tools/build.sh" native wasm web
else
  "$root/tools/setup.sh" --native
  "$root/tools/build.sh" native
fi
exec "$root/build/terpsi" "$@"
