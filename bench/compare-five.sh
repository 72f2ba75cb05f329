#!/bin/sh
# The default search against the baselines, without a model, on five problems of different kind, one of them deceptive, x 5 seeds unless told.
# Resumable: the same command goes on after an interruption. Tables and plots lie in runs/compare-<problem>/.
#
#     sh bench/compare-five.sh [candidates] [seeds]
#
# Other problems: PROBLEMS="problems/a.yaml problems/b.yaml" sh bench/compare-five.sh
set -eu
candidates=${1:-2000}
seeds=${2:-5}
arms=evolve,iid,sequential,greedy,hill-climber
problems=${PROBLEMS:-"problems/circle-packing.yaml problems/min-max-distance-2d-16.yaml problems/erdos-overlap.yaml problems/symbolic-regression.yaml problems/deceptive-maze.yaml"}
for problem in $problems; do
  npx evolve compare "$problem" --no-llm --arms "$arms" --seeds "$seeds" --budget "candidates=$candidates"
done
