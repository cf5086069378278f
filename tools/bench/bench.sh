#!/bin/sh
# Speed of the native program: analysis and generation of a 3-minute song, medians, and the ratio to real time.
#   tools/bench/bench.sh [SECONDS [RUNS]]     (TERPSI=build/terpsi names another executable)
# Exit code 1 when analysis takes more than 0.4 s or generation more than 3 s for 180 s of music on this machine.
set -eu
cd "$(dirname "$0")/../.."
terpsi=${TERPSI:-build/terpsi}
seconds=${1:-180}
runs=${2:-5}
[ -x "$terpsi" ] || { echo "$terpsi is not built; run tools/run.sh --help first" >&2; exit 2; }
figures=$(mktemp)
trap 'rm -f "$figures"' EXIT
"$terpsi" bench --seconds "$seconds" --runs "$runs" --json "$figures"
python3 - "$figures" <<'PYTHON'
import json, sys
figures = json.load(open(sys.argv[1]))
limits = {"analysis": 0.4 / 180, "generation": 3.0 / 180}  # seconds of work per second of music
missed = 0
for timing in figures["timings"]:
    if timing["name"] in limits:
        allowed = limits[timing["name"]] * figures["seconds"]
        good = timing["median"] <= allowed
        missed += not good
        print(f"{timing['name']}: {timing['median']:.3f} s, at most {allowed:.3f} s: {'met' if good else 'MISSED'}")
sys.exit(1 if missed else 0)
PYTHON
