#!/usr/bin/env bash
# Sets up, builds and runs every test; the exit code is 0 when all passed. Usage: tools/test.sh [suite...]
# Suites, in this order: format native sanitizers python web. The output of each is kept in build/test-logs/; that of
# a failing one is shown. The last line reads "N passed, N failed" (test cases), with ", N skipped" where some were.
set -uo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root" || exit 1
logs="$root/build/test-logs"
mkdir -p "$logs"
rm -f "$logs"/*.log
suites="format native sanitizers python web"
for name in "$@"; do
  [[ " $suites " == *" $name "* ]] || {
    echo "Unknown suite '$name'. There are: $suites"
    exit 2
  }
done
wanted=" ${*:-$suites} "

export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
export TERPSI_BIN="$root/build/terpsi"        # the executable, for the Python and web tests
export TERPSI_CHROMIUM="${TERPSI_CHROMIUM:-/usr/bin/chromium}"
export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_stack_use_after_return=1

passed=0 failed=0 skipped=0
summary=()

# Sums "N word" over the result lines of a test runner; the counts of the runners that we use, in a log:
#   doctest  [doctest] test cases: 12 | 11 passed | 1 failed | 0 skipped
#   ctest entries that replay fuzz inputs   1/9 Test #1: fuzz/dance ....   Passed
#   pytest   3 failed, 10 passed, 1 skipped in 1.2s
#   vitest   Tests  1 failed | 12 passed (13)
#   node     # pass 12
count() {  # log, word (passed, failed or skipped)
  awk -v word="$2" '
    { gsub(/\033\[[0-9;]*m/, "") }
    /\[doctest\] test cases:/ && word == "skipped" { next }  # those of the other files: each file runs on its own
    /\[doctest\] test cases:/ || /^=* ?[0-9].* in [0-9.]+s/ || /^ +Tests +[0-9]/ {
      for (i = 2; i <= NF; i++) if (index($i, word) == 1 && $(i - 1) ~ /^[0-9]+$/) sum += $(i - 1)
    }
    /Test +#[0-9]+: (fuzz|examples)\// && word == "passed" && / Passed / { sum++ }
    /Test +#[0-9]+: (fuzz|examples)\// && word == "failed" && /\*\*\*/ { sum++ }
    /^(#|ℹ) (pass|fail|skipped) [0-9]+$/ && index(word, $2) == 1 { sum += $3 }
    END { print sum + 0 }' "$1"
}

# Runs one suite and books its counts. A suite whose command fails counts at least one failure; one that passes
# without telling numbers counts as one test.
suite() {  # name, command...
  local name="$1" log="$logs/$1.log" start=$SECONDS code=0 p f s
  shift
  printf '== %s\n' "$name"
  "$@" >"$log" 2>&1 || code=$?
  p="$(count "$log" passed)" f="$(count "$log" failed)" s="$(count "$log" skipped)"
  if [ "$code" -ne 0 ]; then
    [ "$f" -gt 0 ] || f=1
    tail -n 150 "$log"
  elif [ "$f" -gt 0 ]; then
    tail -n 150 "$log"
  elif [ "$p" -eq 0 ]; then
    p=1
  fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  summary+=("$(printf '%-22s %4d passed %4d failed %4d skipped   %4d s' "$name" "$p" "$f" "$s" $((SECONDS - start)))")
  printf '%s\n' "${summary[-1]}"
  return "$code"
}

skip() {  # name, why
  skipped=$((skipped + 1))
  summary+=("$(printf '%-22s skipped: %s' "$1" "$2")")
  printf '%s\n' "${summary[-1]}"
}

want() { [[ "$wanted" == *" $1 "* ]]; }

# ---- The suites ------------------------------------------------------------------------------------------------

check_format() {
  git ls-files -z -- '*.h' '*.cpp' | xargs -0 clang-format-14 --dry-run -Werror
}

# The lock file must pin versions and sums, and must not say which registry they came from.
check_lock_file() {
  ! grep -n '"resolved": *"http' web/package-lock.json
}

# Formatting and rules for TypeScript (biome.json).
biome=web/node_modules/.bin/biome
check_typescript() { "$biome" ci --error-on-warnings --colors=off; }

check_python() {
  "$python" -m ruff check --no-cache && "$python" -m ruff format --no-cache --check
}

check_scripts() {
  local script
  for script in tools/*.sh .ci/run; do bash -n "$script" || return 1; done
}

build_native() {
  [ -r build/build.ninja ] || cmake --preset release || return 1
  cmake --build build -j "$(nproc)"
}

build_sanitized() {
  [ -r build-debug/build.ninja ] || cmake --preset debug || return 1
  cmake --build build-debug -j "$(nproc)"
}

run_ctest() { ctest --test-dir "$1" -V -j "$(nproc)" --no-tests=error; }

run_pytest() {  # folder with test files; it is the current folder of the tests
  (cd "$1" && "$python" -m pytest -q -p no:cacheprovider)
}
has_pytests() {
  [ -n "$(find "$1" -name 'test_*.py' -o -name '*_test.py' 2>/dev/null | head -n 1)" ]
}

tools/setup.sh --tests || {
  echo "Setting up failed; see above."
  printf '0 passed, 1 failed\n'
  exit 1
}

python="$root/.cache/venv/bin/python"   # sees the system's packages too
[ -x "$python" ] || python=/usr/bin/python3

if want format; then
  suite scripts check_scripts
  suite layers python3 tools/check_layers.py
  suite docs python3 tools/check_docs.py
  if command -v clang-format-14 >/dev/null; then
    suite format check_format
  else
    skip format "clang-format-14 is not on this system"
  fi
  if "$biome" --version >/dev/null 2>&1; then
    suite typescript check_typescript
  else
    skip typescript "Biome is not in web/node_modules, or has no build for this system"
  fi
  if "$python" -m ruff --version >/dev/null 2>&1; then
    suite format-python check_python
  else
    skip format-python "ruff is missing from .cache/venv"
  fi
fi

native_built=no
if want native || want python || want web; then
  if suite build-native build_native; then native_built=yes; fi
fi
if want native && [ "$native_built" = yes ]; then
  suite native run_ctest build
fi

if want sanitizers && suite build-sanitizers build_sanitized; then
  suite sanitizers run_ctest build-debug
fi

if want python; then
  for folder in tests/golden tests/server tools/train; do
    has_pytests "$folder" || continue
    if ! "$python" -c 'import numpy, scipy, pytest' 2>/dev/null; then
      skip "python-${folder##*/}" "python3-numpy, python3-scipy or python3-pytest is missing"
    elif [ "$folder" = tools/train ] && ! "$python" -c 'import torch, onnx' 2>/dev/null; then
      skip "python-${folder##*/}" "python3-torch or python3-onnx is missing"
    elif [ "$folder" = tests/server ] && ! "$python" -c 'import yaml, jsonschema' 2>/dev/null; then
      skip "python-${folder##*/}" "python3-yaml or python3-jsonschema is missing"
    else
      suite "python-${folder##*/}" run_pytest "$folder"
    fi
  done
fi

if want web && [ -r web/package.json ]; then
  suite lock-file check_lock_file
  if suite build-wasm tools/build.sh wasm && suite build-web tools/build.sh web; then
    if [ -x "$TERPSI_CHROMIUM" ]; then
      suite web npm --prefix web test
    else
      skip web "Chromium is missing at $TERPSI_CHROMIUM (set TERPSI_CHROMIUM)"
    fi
  fi
fi

# ---- Summary ---------------------------------------------------------------------------------------------------

printf '\n%s\n' "Summary after $SECONDS s (logs in build/test-logs/):"
printf '  %s\n' "${summary[@]}"
printf '\n'
if [ "$skipped" -gt 0 ]; then
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
else
  printf '%d passed, %d failed\n' "$passed" "$failed"
fi
[ "$failed" -eq 0 ]
