#!/usr/bin/env bash
# Builds the parts of the server that use threads (http, store, queue, cluster, server) with ThreadSanitizer in
# build-tsan/ and runs their tests. Usage: tools/tsan.sh [test of ctest, such as native/queue/worker]...
# tools/tsan.supp lists what is suppressed, with reasons. Those of the cluster need nats-server.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
export TSAN_OPTIONS="suppressions=$PWD/tools/tsan.supp halt_on_error=0 exitcode=66 history_size=7 die_after_fork=0"

cmake --preset tsan >/dev/null
cmake --build build-tsan -j "${JOBS:-$(nproc)}" --target terpsi_native_tests
tests=$(IFS='|'; echo "${*:-native/.*}")
ctest --test-dir build-tsan -R "^($tests)\$" -L native --timeout 900 --output-on-failure --no-tests=error
