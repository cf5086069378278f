#!/usr/bin/env bash
# Compares devices: how fast dances are made on each, and how far the networks' answers differ. Prints a table
# in Markdown. Usage:
#   tools/bench/providers.sh [--seconds S] [--runs N] [--models "teacher gan"] [DEVICE...]
# DEVICE: cuda, webgpu (those that `terpsi devices` calls usable by default); each is compared with cpu.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
terpsi="${TERPSI:-$root/build/terpsi}"
seconds=60 runs=3 models="teacher gan" threads="$(nproc)"
devices=()
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds="$2" && shift 2 ;;
    --runs) runs="$2" && shift 2 ;;
    --models) models="$2" && shift 2 ;;
    -*) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit 2 ;;
    *) devices+=("$1") && shift ;;
  esac
done
"$terpsi" devices >&2
if [ ${#devices[@]} -eq 0 ]; then
  mapfile -t devices < <("$terpsi" devices | sed -n 's/^\(cuda\|webgpu\) .*: usable.*/\1/p')
fi
if [ ${#devices[@]} -eq 0 ]; then
  echo "There is no device to compare with the CPU; see the reasons above and docs/devices.md." >&2
  exit 1
fi
echo "| model | device | x real time | CPU ($threads threads), x real time | largest difference of x1 | mean |"
echo "|---|---|---|---|---|---|"
for model in $models; do
  for device in "${devices[@]}"; do
    "$terpsi" bench --model "$model" --device "$device" --against cpu --seconds "$seconds" --runs "$runs" \
      --threads "$threads" --json - | sed -n '/^{/,$p' | python3 -c '
import json, sys
f = json.load(sys.stdin)
print("| {model} | {device} | {:.3g} | {:.3g} | {most_difference:.2g} | {mean_difference:.2g} |".format(
    f["seconds"] / f["device_seconds"], f["seconds"] / f["other_seconds"], **f))'
  done
done
