import { knownNames } from '../../compose/names.ts'
import type { Evaluating } from '../../compose/evaluating.ts'
import { loadProblem } from '../../config/load.ts'
import type { Problem } from '../../config/problem.ts'
import { UserError } from '../../core/errors.ts'
import { describeFailure } from '../../core/failure.ts'
import { fewestPairs } from '../../evaluation/timing/paired-ratio.ts'
import { usualStarts } from '../../evaluation/timing/starts.ts'
import type { Timer } from '../../evaluation/timing/timer.ts'
import type { InputSpec } from '../../evaluation/evaluator/draw-args.ts'
import { withEvaluating } from '../carry-out.ts'

/**
 * Time that the calls of one measurement should take the reference, in milliseconds: nearly five times what is too short, because an
 * engine may compile a program three times faster at one start than at all others.
 */
const goodMs = 2.4
/** Inputs that take longer are made shorter, if their length is free. */
const slowMs = 40
/** What it may be at the second look, and where no more calls can be timed together. */
const [confirmedMs, leastMs] = [1.2, 0.6]
const mostCalls = 20_000
/** Text of the inputs that are timed together: more takes longer to send than to work on. */
const mostText = 2_000_000
const scoringMs = 30_000

/** Lengths of lists and texts that are timed, in the order in which they are tried. */
export const timedLengths = [200, 50, 12] as const

/** How the function did on drawn inputs: how many calls to time together, or what is wrong with the inputs. */
export type Fit =
  | { readonly kind: 'fits'; readonly batch: number }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'quick' }
  | { readonly kind: 'fails'; readonly reason: string }

/** Scores and times a new problem's first program, which is its reference. */
export async function fitOf(file: string): Promise<Fit> {
  const { problem } = loadProblem(file, { env: {}, known: knownNames })
  try {
    return await withEvaluating(problem, 1, async (evaluating) => {
      const stripped = await evaluating.pool.strip(problem.program.source)
      if (!stripped.ok) return { kind: 'fails', reason: describeFailure(stripped.failure) }
      const wrong = await whatFails(problem, evaluating, stripped.code)
      return wrong === undefined ? await batchFor(problem, evaluating, stripped.code) : { kind: 'fails', reason: wrong }
    })
  } catch (error) {
    // The reference threw in the evaluator, or returned what is no plain data.
    if (error instanceof UserError) return { kind: 'fails', reason: error.message }
    throw error
  }
}

async function whatFails(problem: Problem, evaluating: Evaluating, code: string): Promise<string | undefined> {
  const { pool, backend, cases } = evaluating
  const { limits, program } = problem
  const request = { code, cases, limits, seed: 'init', entry: program.entry, driver: await pool.driver() }
  const report = await backend.run(request, new AbortController().signal)
  const failed = report.cases.find((each) => !each.ok)
  if (failed?.ok === false) return describeFailure(failed.failure)
  const outcome = await pool.score(report.cases, program.source, scoringMs)
  return outcome.ok ? undefined : describeFailure(outcome.failure)
}

async function batchFor(problem: Problem, { pool, backend }: Evaluating, code: string): Promise<Fit> {
  const { limits, program } = problem
  /** The shortest time of any of them: engines compile the same program differently from start to start. */
  const msOf = async (batch: number, measurement: number): Promise<number | string> => {
    const report = await (backend as unknown as Timer).time(
      {
        ...{ code, reference: code, entry: program.entry ?? '', rounds: fewestPairs, starts: usualStarts },
        ...{ limits, seed: 'init', tolerance: 0 },
        inputs: (round) => pool.inputs(`init/${batch}/${measurement}/${round}`, batch),
      },
      new AbortController().signal,
    )
    if (!report.ok) return describeFailure(report.failure)
    return Math.min(...report.pairs.flatMap(({ candidateMs, referenceMs }) => [candidateMs, referenceMs]))
  }
  const [one] = await pool.inputs('init/size', 1)
  const most = Math.max(1, Math.min(mostCalls, Math.floor(mostText / (one?.calls.length ?? 1))))
  let [batch, measurement, isConfirmed] = [1, 0, false]
  for (;;) {
    const ms = await msOf(batch, measurement++)
    if (typeof ms === 'string') return { kind: 'fails', reason: ms }
    if (batch === 1 && ms > slowMs) return { kind: 'slow', ms }
    const isEnough = ms >= (batch === most ? leastMs : isConfirmed ? confirmedMs : goodMs)
    if (isEnough && isConfirmed) return { kind: 'fits', batch }
    if (!isEnough && batch === most) return { kind: 'quick' }
    isConfirmed = isEnough
    // A single call's time is mostly what any call costs, so the first guess is careful.
    if (!isEnough) batch = Math.min(most, Math.ceil(batch * Math.min(24, (1.3 * goodMs) / ms)) + 1)
  }
}

/**
 * What a number may mean, most general first: any number, a whole number, a whole number that is not negative.
 *
 * A type does not tell; the first that the function takes is used.
 */
export function readingsOf(specs: readonly InputSpec[]): readonly (readonly InputSpec[])[] {
  const read = (number: InputSpec) => specs.map((spec) => withNumbers(spec, number))
  const all = [read({ either: ['int', 'number'] }), read('int'), read({ int: [0, 100] })]
  return JSON.stringify(all[0]) === JSON.stringify(all[1]) ? [specs] : all
}

function withNumbers(spec: InputSpec, number: InputSpec): InputSpec {
  if (spec === 'number') return number
  if (typeof spec === 'string') return spec
  if ('list' in spec) return { ...spec, list: withNumbers(spec.list, number) }
  if ('tuple' in spec) return { tuple: spec.tuple.map((each) => withNumbers(each, number)) }
  if ('either' in spec) return { either: spec.either.map((each) => withNumbers(each, number)) }
  if (!('object' in spec)) return spec
  return {
    object: Object.fromEntries(Object.entries(spec.object).map(([key, each]) => [key, withNumbers(each, number)])),
  }
}
