import type { MigrationTopology } from './archive/topology.ts'
import { complete, none, ring, star } from './archive/topology.ts'
import type { Descriptor, OutcomeDescriptor } from './descriptors/descriptor.ts'
import { loopNesting } from './descriptors/loop-nesting.ts'
import { operatorDistance } from './descriptors/operator-distance.ts'
import { runTimeClass } from './descriptors/run-time-class.ts'
import { scoreSignature } from './descriptors/score-signature.ts'
import { sourceLength } from './descriptors/source-length.ts'
import { syntaxDepth } from './descriptors/syntax-depth.ts'
import {
  candidatesRule,
  patienceRule,
  stopFileRule,
  targetRule,
  tokensRule,
  usdRule,
  wallRule,
} from './run/stop-rules.ts'
import type { StopRule } from './run/stop-rule.ts'
import type { InsightExtractor } from './insights/extractor.ts'
import { reflection } from './insights/reflection.ts'
import { statistics } from './insights/statistics.ts'
import { adaptive } from './selection/adaptive.ts'
import { greedy, iid, sequential } from './selection/baselines.ts'
import { dedupe } from './stages/dedupe.ts'
import { describe } from './stages/describe.ts'
import { gate } from './stages/gate.ts'
import { pairedTiming } from './stages/paired-timing.ts'
import { parse } from './stages/parse.ts'
import { promote } from './stages/promote.ts'
import { repeat } from './stages/repeat.ts'
import { novelty } from './stages/novelty.ts'
import { review } from './stages/review.ts'
import { rules } from './stages/rules.ts'
import { run } from './stages/run.ts'
import { rung } from './stages/rung.ts'
import { score } from './stages/score.ts'
import type { StageKind } from './stages/stage-kind.ts'
import { clusters } from './selection/clusters.ts'
import { curiosity } from './selection/curiosity.ts'
import { perInput } from './selection/per-input.ts'
import { rank } from './selection/rank.ts'
import type { ParentSampler } from './selection/sampler.ts'
import { restart } from './selection/restart.ts'
import { sigmoid } from './selection/sigmoid.ts'
import { uct } from './selection/uct.ts'
import { uniform } from './selection/uniform.ts'
import { cross } from './variation/cross.ts'
import { diff } from './variation/diff.ts'
import type { VariationOperator } from './variation/operator.ts'
import { perturb, perturbLiterals } from './variation/perturb.ts'
import { pivot } from './variation/pivot.ts'
import { refactor } from './variation/refactor.ts'
import { rewrite } from './variation/rewrite.ts'
import { simplify } from './variation/simplify.ts'
import { tune } from './variation/tune.ts'

/** The registration lines: one per implementation of a seam, and nothing else. */
export const operators: readonly VariationOperator[] = [
  perturb,
  perturbLiterals,
  tune,
  simplify,
  diff,
  rewrite,
  cross,
  pivot,
  refactor,
]
export const samplers: readonly ParentSampler[] = [
  adaptive,
  rank,
  uniform,
  sigmoid,
  uct,
  clusters,
  curiosity,
  perInput,
  iid,
  sequential,
  greedy,
  restart,
]
export const stopRules: readonly StopRule[] = [
  targetRule,
  candidatesRule,
  patienceRule,
  wallRule,
  usdRule,
  tokensRule,
  stopFileRule,
]
export const topologies: readonly MigrationTopology[] = [ring, star, complete, none]
export const stageKinds: readonly StageKind[] = [
  parse,
  rules,
  dedupe,
  novelty,
  gate,
  run,
  rung,
  promote,
  score,
  repeat,
  pairedTiming,
  review,
  describe,
]
export const descriptors: readonly Descriptor[] = [sourceLength, syntaxDepth, loopNesting, operatorDistance]
export const outcomeDescriptors: readonly OutcomeDescriptor[] = [runTimeClass, scoreSignature]
export const extractors: readonly InsightExtractor[] = [reflection, statistics]
