#!/usr/bin/env bash
# Copies what the repository keeps of a finished run into docs/results/NAME: everything that a
# reader can read. Weights, predictions and lists of misses stay behind, and with them the two
# columns of the report that link to them.
#   scripts/keep_results.sh RUN_FOLDER NAME
set -euo pipefail
if [ $# -ne 2 ] || [ ! -f "$1/DONE" ]; then
  echo 'usage: scripts/keep_results.sh FINISHED_RUN NAME' >&2
  exit 2
fi
to=$(dirname -- "${BASH_SOURCE[0]}")/../docs/results/$2
rm -rf "$to"
mkdir -p "$to"
cp -R "$1"/{recipe.toml,study.json,environment.json,figures} "$to/"
sed -E -e '/^\| model \| seed \| log /,/^$/ { s/ \[errors\.csv\].*//; s/ misses \| weights \|//; s/^(\|:---\|---:\|:---\|:---\|).*/\1/ }' \
  "$1/README.md" >"$to/README.md"
for log in "$1"/*/log.txt; do
  arm=$(dirname -- "$log")
  mkdir -p "$to/${arm##*/}"
  cp "$log" "$arm/metrics.csv" "$to/${arm##*/}/"
done
