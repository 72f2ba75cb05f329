/** What evaluators import as `evolve-agent`. */
export { z } from 'zod'
export type { Case, Split } from './core/evaluation.ts'
export type { CandidateFailure } from './core/failure.ts'
export type { Json } from './core/json.ts'
export type { Rng } from './core/rng.ts'
export type {
  CasesRequest,
  Drivable,
  Evaluator,
  EvaluatorDefinition,
  Score,
  ScoredCase,
  ScoredProgram,
  ScoreRequest,
  SourceEvaluator,
  SourceEvaluatorDefinition,
  Verdict,
} from './evaluation/evaluator/define.ts'
export { exclusively } from './evaluation/devices/exclusively.ts'
export { defineEvaluator, invalid } from './evaluation/evaluator/define.ts'
export { differenceFrom } from './evaluation/evaluator/difference-from.ts'
export { drawArgs } from './evaluation/evaluator/draw-args.ts'
export type { InputSpec } from './evaluation/evaluator/draw-args.ts'
