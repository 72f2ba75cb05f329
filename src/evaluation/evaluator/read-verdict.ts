import type { Scored } from '../../core/evaluation.ts'
import type { CandidateFailure, FailureKind } from '../../core/failure.ts'
import { firstFlaw } from './plain-data.ts'

/** What an evaluator's answer turned out to be. */
export type VerdictRead =
  | { readonly kind: 'scored'; readonly scored: Scored }
  | { readonly kind: 'failed'; readonly failure: CandidateFailure }
  | { readonly kind: 'mistake'; readonly message: string }

const failureKinds: Readonly<Record<Exclude<FailureKind, 'evaluator-threw'>, true>> = {
  'no-edit-found': true,
  'search-missed': true,
  'search-ambiguous': true,
  'outside-evolve-block': true,
  unchanged: true,
  duplicate: true,
  syntax: true,
  threw: true,
  'timed-out': true,
  'out-of-memory': true,
  'invalid-output': true,
  'constraint-violated': true,
  gated: true,
  'killed-host': true,
  refused: true,
  'no-reply': true,
}

const scoreKeys = ['objectives', 'feedback', 'artifacts', 'descriptors', 'scores']

/**
 * Reads what `score` returned: a score, a candidate's failure, or a mistake of the evaluator in words.
 *
 * @param objectives - Names that a score must have; further ones are kept.
 * @param caseIds - The only keys that `scores` may have.
 */
export function readVerdict(
  verdict: unknown,
  objectives: readonly string[],
  caseIds: ReadonlySet<string>,
): VerdictRead {
  if (isFailure(verdict)) return { kind: 'failed', failure: verdict }
  const message = mistakeIn(verdict, objectives, caseIds)
  if (message !== undefined) return { kind: 'mistake', message }
  // Checked above, key by key.
  const score = verdict as Partial<Scored> & Pick<Scored, 'objectives'>
  return {
    kind: 'scored',
    scored: {
      objectives: score.objectives,
      descriptors: score.descriptors ?? {},
      scores: score.scores ?? {},
      feedback: score.feedback,
      artifacts: score.artifacts ?? {},
    },
  }
}

function isFailure(verdict: unknown): verdict is CandidateFailure {
  if (typeof verdict !== 'object' || verdict === null) return false
  const { kind, message } = verdict as { readonly kind?: unknown; readonly message?: unknown }
  return typeof kind === 'string' && Object.hasOwn(failureKinds, kind) && typeof message === 'string'
}

function mistakeIn(verdict: unknown, names: readonly string[], caseIds: ReadonlySet<string>): string | undefined {
  if (!isRecord(verdict)) {
    return `score() returned ${typeof verdict}: return { objectives: { ... } }, invalid(reason) or a case's failure`
  }
  const unknown = Object.keys(verdict).find((key) => !scoreKeys.includes(key))
  if (unknown !== undefined) return `score() returned the unknown key ${unknown}: known are ${scoreKeys.join(', ')}`
  const { objectives, feedback, artifacts, descriptors, scores } = verdict
  if (feedback !== undefined && typeof feedback !== 'string') return 'feedback must be a text'
  return (
    mistakeInObjectives(objectives, names) ??
    mistakeInNumbers(descriptors, 'descriptors') ??
    mistakeInNumbers(scores, 'scores') ??
    mistakeInScoreIds(scores, caseIds) ??
    mistakeInArtifacts(artifacts)
  )
}

function mistakeInObjectives(objectives: unknown, names: readonly string[]): string | undefined {
  if (!isRecord(objectives)) return 'score() returned no objectives: return { objectives: { name: number } }'
  const missing = names.find((name) => !Object.hasOwn(objectives, name))
  if (missing !== undefined) {
    const returned = Object.keys(objectives).join(', ') || 'nothing'
    return `the objective ${missing} that the problem declares is missing; score() returned ${returned}`
  }
  return mistakeInNumbers(objectives, 'objectives')
}

function mistakeInNumbers(record: unknown, name: string): string | undefined {
  if (record === undefined) return undefined
  if (!isRecord(record)) return `${name} must be an object of numbers by name`
  const wrong = Object.entries(record).find(([, value]) => typeof value !== 'number' || !Number.isFinite(value))
  return wrong === undefined
    ? undefined
    : `${name}.${wrong[0]} must be a finite number, got ${shown(wrong[1])}: answer invalid(reason) where there is none`
}

function mistakeInScoreIds(scores: unknown, caseIds: ReadonlySet<string>): string | undefined {
  const unknown = Object.keys(scores ?? {}).find((id) => !caseIds.has(id))
  return unknown === undefined ? undefined : `scores.${unknown} belongs to no case: use the ids that cases() gave`
}

function mistakeInArtifacts(artifacts: unknown): string | undefined {
  if (artifacts === undefined) return undefined
  if (!isRecord(artifacts)) return 'artifacts must be an object of plain data by name'
  const flaw = firstFlaw(artifacts, 'artifacts')
  return flaw === undefined ? undefined : `${flaw.path}: ${flaw.reason}`
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : typeof value
}
