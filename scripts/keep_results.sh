#!/usr/bin/env bash
# Copies what the repository keeps of a finished run into docs/results/NAME: everything that a
# reader can read. Weights, predictions and lists of misses stay behind, and with them the report's
# links to them; of the paths of the data and of the program, where they lay on this machine.
#   scripts/keep_results.sh RUN_FOLDER NAME
set -euo pipefail
if [ $# -ne 2 ] || [ ! -f "$1/DONE" ]; then
  echo 'usage: scripts/keep_results.sh FINISHED_RUN NAME' >&2
  exit 2
fi
to=$(dirname -- "${BASH_SOURCE[0]}")/../docs/results/$2
rm -rf "$to"
mkdir -p "$to"
cp -R "$1"/{recipe.toml,study.json,figures} "$to/"
sed -E -e 's#("path": ")[^"]*/([^/"]+/[^/"]+")#\1\2#' -e 's#"[^"]*/normlab"#"normlab"#' \
  "$1/environment.json" >"$to/environment.json"
sed -E -e 's/, \[errors\.csv\]\([^)]*\), weights \[last\].*$//' \
  -e 's#^    [^ ]*/normlab #    normlab #' -e 's#"[^"]*/normlab"#"normlab"#' \
  -e 's#^(\| data [0-9]+ path \| ).*/([^/]+/[^/]+ \|)$#\1\2#' "$1/README.md" >"$to/README.md"
if grep -n -E '\]\([^)]*(errors\.csv|\.safetensors)\)' "$to/README.md"; then
  echo "$to/README.md: links to what is not kept" >&2
  exit 1
fi
for log in "$1"/*/log.txt; do
  arm=$(dirname -- "$log")
  mkdir -p "$to/${arm##*/}"
  for record in log.txt metrics.csv clock.csv layers.csv learned.csv statistics.csv arm.json; do
    [ ! -f "$arm/$record" ] || cp "$arm/$record" "$to/${arm##*/}/"
  done
done
