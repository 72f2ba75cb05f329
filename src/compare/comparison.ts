import type { Objective } from '../core/objective.ts'
import { rawOf } from '../core/objective.ts'
import { bestWithin } from './curve.ts'
import type { Curve } from './curve.ts'
import { mannWhitney } from './mann-whitney.ts'
import type { RankTest } from './mann-whitney.ts'

/** What all runs of a comparison are limited by, and what their progress is drawn over. */
export type BudgetAxis = 'candidates' | 'tokens' | 'usd'

/** One run as a comparison sees it. */
export interface ComparedRun {
  readonly seed: number
  /** Path of its folder. */
  readonly run: string
  readonly curve: Curve
  /** Why it ended. */
  readonly ended: string
}

/** The runs of one arm, one per seed. */
export interface ComparedArm {
  readonly name: string
  readonly runs: readonly ComparedRun[]
}

/** Median and range over the runs of an arm; values in the raw unit of the objective. */
export interface Spread {
  /** Budget used. */
  readonly at: number
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

/** What came of one arm. */
export interface ArmResult {
  readonly name: string
  readonly runs: readonly {
    readonly seed: number
    readonly run: string
    /** `undefined` when it did not come to the instance that counts. */
    readonly best: number | undefined
    readonly spent: number
    readonly ended: string
  }[]
  readonly checkpoints: readonly Spread[]
  /** The same at many points, for a plot. */
  readonly course: readonly Spread[]
  /** The final values against those of the first arm, better meaning larger; `undefined` for the first arm itself. */
  readonly againstFirst: RankTest | undefined
}

/** Several ways to search at the same budget. Plain data, which `--json` prints. */
export interface Comparison {
  readonly problem: string
  readonly objective: Objective
  readonly axis: BudgetAxis
  readonly budget: number
  readonly arms: readonly ArmResult[]
}

/** Shares of the budget at which the table tells the best so far. */
const checkpoints = [0.1, 0.25, 0.5, 1]
const coursePoints = 200

/** Compares arms with the first of them. Every arm has at least one run, and every run a scored first program. */
export function compareArms(
  plan: Pick<Comparison, 'problem' | 'objective' | 'axis' | 'budget'>,
  arms: readonly ComparedArm[],
): Comparison {
  const { objective, budget } = plan
  const finals = ({ runs }: ComparedArm): readonly number[] =>
    runs.flatMap(({ curve }) => bestWithin(curve, budget) ?? [])
  const [reference] = arms
  const results = arms.map((arm): ArmResult => {
    const course = Array.from({ length: coursePoints + 1 }, (_, index) => (budget * index) / coursePoints)
    return {
      name: arm.name,
      runs: arm.runs.map(({ seed, run, curve, ended }) => ({
        seed,
        run,
        best: finalOf(objective, curve, budget),
        spent: Math.min(curve.spent, budget),
        ended,
      })),
      checkpoints: checkpoints.flatMap((share) => spreadAt(arm, objective, share * budget) ?? []),
      course: course.flatMap((at) => spreadAt(arm, objective, at) ?? []),
      againstFirst: reference === undefined || arm === reference ? undefined : tested(finals(arm), finals(reference)),
    }
  })
  return { ...plan, arms: results }
}

function finalOf(objective: Objective, curve: Curve, budget: number): number | undefined {
  const fitness = bestWithin(curve, budget)
  return fitness === undefined ? undefined : rawOf([objective], fitness)
}

/** No test where no run of an arm came to the instance that counts. */
function tested(own: readonly number[], others: readonly number[]): RankTest | undefined {
  return own.length === 0 || others.length === 0 ? undefined : mannWhitney(own, others)
}

function spreadAt({ runs }: ComparedArm, objective: Objective, at: number): Spread | undefined {
  const values = runs
    .flatMap(({ curve }) => bestWithin(curve, at) ?? [])
    .map((fitness) => rawOf([objective], fitness))
    .sort((one, other) => one - other)
  const [lowest, highest] = [values[0], values.at(-1)]
  if (lowest === undefined || highest === undefined) return undefined
  return { at, median: median(values), lowest, highest }
}

/** The middle of sorted values; the mean of the two in the middle of an even number. */
function median(sorted: readonly number[]): number {
  const upper = sorted[sorted.length >> 1] ?? Number.NaN
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN
  return upper === lower ? upper : lower + (upper - lower) / 2
}
