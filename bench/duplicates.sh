#!/bin/sh
# How many candidates each check refuses, and how many of them wrongly: every refused one is evaluated all the same.
#
#   npm run build && sh bench/duplicates.sh [candidates] [seed] [problem ...]
#
# Each problem is run without a model under every check at once. Runs are kept in runs/duplicates.
set -e
candidates=${1:-2000}
seed=${2:-1}
[ $# -ge 2 ] && shift 2 || set --
[ $# -gt 0 ] || set -- circle-packing symbolic-regression
cd "$(dirname "$0")/.."
runs=runs/duplicates
for problem in "$@"; do
  checked="problems/$problem.checked.yaml"
  trap 'rm -f "$checked"' EXIT
  {
    cat "problems/$problem.yaml"
    cat <<'PIPELINE'
pipeline:
  stages:
    - { kind: parse }
    - { kind: dedupe, name: lineage, by: lineage, audit: 1 }
    - { kind: dedupe, name: source, by: source, audit: 1 }
    - { kind: run }
    - { kind: dedupe, name: behaviour, by: behaviour, audit: 1 }
    - { kind: score }
    - { kind: describe }
PIPELINE
  } >"$checked"
  node dist/cli/main.js "$checked" --no-llm --candidates "$candidates" --seed "$seed" --run "$problem-$seed" --runs-dir $runs >/dev/null
  rm -f "$checked"
  echo "$problem, seed $seed"
  ask() { node dist/cli/main.js sql "$problem-$seed" "$1" --runs-dir $runs; }
  ask 'select stage, rejects, audited, differ, placed, false_rejects from duplicate_stats order by rejects'
  # What a placed one would have brought: only a new best would have been a loss to the search itself.
  ask 'select stage, sum(would_place) as placed, sum(would_place and ordinal in (select ordinal from best_so_far)) as new_best,
         sum(would_place and not differs) as copies from duplicates group by stage'
  ask 'select sum(added) as added, sum(readded) as readded, round(1.0 * sum(readded) / sum(added), 3) as share from readded_stats'
done
