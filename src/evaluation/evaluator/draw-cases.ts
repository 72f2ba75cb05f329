import type { Case, Split } from '../../core/evaluation.ts'
import type { Json } from '../../core/json.ts'
import { rngFromText } from '../../core/rng.ts'
import { evaluatorMistake, evaluatorThrew } from './blame.ts'
import type { CasesRequest, Evaluator, SourceEvaluator } from './define.ts'
import { firstFlaw } from './plain-data.ts'

/**
 * Asks an evaluator for its inputs and checks them.
 *
 * @param seed - Seed text of the stream the evaluator draws from; each split has its own.
 * @param instance - What the level of the curriculum is about, where there is one.
 * @throws UserError when the evaluator throws, gives no case, or gives one that is not plain data with its own id.
 */
export function drawCases(
  evaluator: Evaluator | SourceEvaluator,
  seed: string,
  split: Split,
  evaluatorPath: string,
  instance?: Json,
): readonly Case[] {
  const drawn = asked(evaluator, { rng: rngFromText(`${seed}/${split}`), split, instance }, evaluatorPath)
  const mistake = mistakeIn(drawn)
  if (mistake !== undefined) throw evaluatorMistake(mistake, evaluatorPath)
  return drawn as readonly Case[]
}

function asked(evaluator: Evaluator | SourceEvaluator, request: CasesRequest, evaluatorPath: string): unknown {
  if (evaluator.cases === undefined) {
    const remedy =
      'give it cases() and output, or set `evaluation: { backend: none }` where the source itself is scored'
    throw evaluatorMistake(`the evaluator asks for no cases, so nothing would be run: ${remedy}`, evaluatorPath)
  }
  try {
    return evaluator.cases(request)
  } catch (error) {
    throw evaluatorThrew(error, evaluatorPath)
  }
}

function mistakeIn(drawn: unknown): string | undefined {
  if (!Array.isArray(drawn)) return 'cases() must return an array of { id, args }'
  if (drawn.length === 0) return 'cases() gave no case: return at least one { id, args }'
  const ids = new Set<string>()
  for (const [index, each] of drawn.entries()) {
    const { id, args } = (each ?? {}) as { readonly id?: unknown; readonly args?: unknown }
    if (typeof id !== 'string' || id === '') return `cases()[${index}].id must be a text that is not empty`
    if (ids.has(id)) return `cases() gives the id ${JSON.stringify(id)} twice: give every case its own id`
    if (!Array.isArray(args)) return `cases()[${index}].args must be the array of arguments of one call`
    const flaw = firstFlaw(args, `cases()[${index}].args`)
    if (flaw !== undefined) return `${flaw.path}: ${flaw.reason}; arguments are plain data`
    ids.add(id)
  }
  return undefined
}
