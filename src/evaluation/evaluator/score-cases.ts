import type { Case, CaseResult, Scored } from '../../core/evaluation.ts'
import { InvariantError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { CandidateFailure } from '../../core/failure.ts'
import type { ScoreOutcome } from '../trusted-pool.ts'
import { evaluatorMistake, evaluatorThrew, oneLine } from './blame.ts'
import type { Evaluator, ScoredCase, SourceEvaluator } from './define.ts'
import { firstFlaw } from './plain-data.ts'
import { readVerdict } from './read-verdict.ts'

/** What a score is made with, beside the results. */
export interface ScoringSetup {
  readonly evaluator: Evaluator | SourceEvaluator
  /** The cases that were run, for their arguments. Every result's id must be among them. */
  readonly cases: readonly Case[]
  /** Names that the score must have. */
  readonly objectives: readonly string[]
  /** The program's whole file. */
  readonly source: string
  /** For messages. */
  readonly evaluatorPath: string
  /** What the level of the curriculum is about, where there is one. */
  readonly instance?: Json | undefined
}

/**
 * Checks what a candidate returned and lets the evaluator score it.
 *
 * The first value that is not finite plain data in the shape of `output` makes the whole candidate `invalid-output`.
 *
 * @throws UserError when the evaluator throws or answers something that is not a score.
 */
export async function scoreCases(setup: ScoringSetup, results: readonly CaseResult[]): Promise<ScoreOutcome> {
  const shaped: ScoredCase<unknown>[] = []
  for (const result of results) {
    const args = argsOf(setup.cases, result.id)
    if (result.ok) {
      const checked = checkedValue(setup, result.value)
      if (!checked.ok) return { ok: false, failure: failureOf(checked.message, result.id, results.length) }
      shaped.push({ ...result, args, value: checked.value })
    } else {
      shaped.push({ ...result, args })
    }
  }
  const { evaluator, instance } = setup
  const program = { source: setup.source }
  let verdict
  try {
    verdict =
      evaluator.cases === undefined
        ? await evaluator.score({ program, instance })
        : await evaluator.score({ cases: atLeastOne(shaped), program, instance })
  } catch (error) {
    throw evaluatorThrew(error, setup.evaluatorPath)
  }
  return outcomeOf(setup, verdict, results)
}

function atLeastOne<Value>([first, ...rest]: readonly Value[]): readonly [Value, ...Value[]] {
  if (first === undefined) throw new InvariantError('a score needs the result of at least one case')
  return [first, ...rest]
}

function argsOf(cases: readonly Case[], id: string): Case['args'] {
  const found = cases.find((each) => each.id === id)
  if (found === undefined) throw new InvariantError(`result ${id} belongs to no case that was drawn`)
  return found.args
}

type Checked = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string }

function checkedValue({ evaluator, evaluatorPath }: ScoringSetup, value: unknown): Checked {
  const flaw = firstFlaw(value, 'output')
  if (flaw !== undefined) return { ok: false, message: `${flaw.path}: ${flaw.reason}` }
  if (evaluator.output === undefined) return { ok: true, value }
  try {
    const parsed = evaluator.output.safeParse(value)
    if (parsed.success) return { ok: true, value: parsed.data }
    return { ok: false, message: mismatchText(value, parsed.error.issues) }
  } catch (error) {
    throw evaluatorThrew(error, evaluatorPath)
  }
}

type Issue = { readonly code?: string; readonly path: readonly PropertyKey[]; readonly message: string }

function mismatchText(value: unknown, issues: readonly Issue[]): string {
  const { code, path = [], message = 'wrong shape' } = issues[0] ?? {}
  const found = path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value)
  const isLength = code === 'too_small' || code === 'too_big'
  const length = isLength && Array.isArray(found) ? `, got an array of ${found.length}` : ''
  const rest = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return `${pathText(path)}: ${oneLine(message)}${length}${rest}`
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => text + (typeof key === 'number' ? `[${key}]` : `.${String(key)}`), 'output')
}

function failureOf(message: string, id: string, count: number): CandidateFailure {
  return { kind: 'invalid-output', message: count === 1 ? message : `case ${id}: ${message}` }
}

function outcomeOf(setup: ScoringSetup, verdict: unknown, results: readonly CaseResult[]): ScoreOutcome {
  const read = readVerdict(verdict, setup.objectives, new Set(results.map(({ id }) => id)))
  switch (read.kind) {
    case 'scored':
      return { ok: true, scored: read.scored satisfies Scored }
    case 'failed':
      return { ok: false, failure: read.failure }
    case 'mistake':
      throw evaluatorMistake(read.message, setup.evaluatorPath)
  }
}
