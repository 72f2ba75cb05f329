import type { EliteFacts } from './sampler.ts'

/** The case scores of an owner in the order of their names, and texts to compare them by. */
export interface CaseScores {
  readonly names: readonly string[]
  readonly values: readonly number[]
  /** The same text for the same names. */
  readonly key: string
  /** The same text for the same names and scores. */
  readonly signature: string
}

/** Facts about an owner never change, so its scores are put in order once. */
const known = new WeakMap<EliteFacts, CaseScores>()

/** Puts the case scores of an owner in order. */
export function caseScores(facts: EliteFacts): CaseScores {
  const found = known.get(facts) ?? ordered(facts)
  known.set(facts, found)
  return found
}

function ordered({ scores }: EliteFacts): CaseScores {
  const names = Object.keys(scores).sort()
  const values = names.map((name) => scores[name] ?? Number.NEGATIVE_INFINITY)
  const key = names.join('\n')
  return { names, values, key, signature: `${key}\n${values.join(';')}` }
}
