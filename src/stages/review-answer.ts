import { z } from 'zod'
import { jsonPieces } from '../insights/json-reply.ts'

/** One thing that a review grades. */
export interface Criterion {
  readonly name: string
  readonly question: string
  /** The lowest and the highest grade. */
  readonly scale: readonly [low: number, high: number]
  /** Share in the overall grade relative to the other criteria, above 0. */
  readonly weight: number
}

/** A grade with what the model says for it. */
export interface Grade {
  readonly grade: number
  readonly reason: string
}

/** The grades by criterion, or what is wrong with an answer, to be told to whoever gave it. */
export type ReviewAnswer =
  | { readonly ok: true; readonly grades: Readonly<Record<string, Grade>> }
  | { readonly ok: false; readonly complaint: string }

/** A reason that is longer is no reason but an essay. */
const longestReason = 600

/** The form of an answer: exactly the criteria, each with a grade on its scale and a reason. */
export function answerForm(criteria: readonly Criterion[]) {
  const grades = criteria.map(({ name, scale: [low, high] }) => [
    name,
    z.strictObject({ grade: z.number().min(low).max(high), reason: z.string().trim().min(1).max(longestReason) }),
  ])
  const shape = Object.fromEntries(grades) as Record<string, z.ZodType<Grade>>
  return z.strictObject({ review: z.strictObject(shape) })
}

/** The JSON Schema of an answer, as text. */
export function answerSchema(criteria: readonly Criterion[]): string {
  return JSON.stringify(z.toJSONSchema(answerForm(criteria)))
}

/**
 * Reads the grades in a model's reply.
 *
 * The JSON may stand in a fenced block or bare; when several pieces of the reply are JSON, the last block counts. A grade
 * outside its scale, a missing criterion or one that nobody asked for makes the whole answer void.
 */
export function readReview(reply: string, criteria: readonly Criterion[]): ReviewAnswer {
  const form = answerForm(criteria)
  for (const piece of jsonPieces(reply)) {
    let value: unknown
    try {
      value = JSON.parse(piece)
    } catch {
      // Not JSON: the next piece may be.
      continue
    }
    const parsed = form.safeParse(value)
    if (parsed.success) return { ok: true, grades: parsed.data.review }
    const told = parsed.error.issues
      .slice(0, 3)
      .map(({ path, message }) => `${path.join('.') || 'the answer'}: ${message}`)
    return { ok: false, complaint: told.join('; ') }
  }
  return { ok: false, complaint: 'there is no JSON in it' }
}

/** The weighted mean of all grades, each as a share of its scale: 0 to 1. */
export function overallGrade(criteria: readonly Criterion[], grades: Readonly<Record<string, Grade>>): number {
  const total = criteria.reduce((sum, { weight }) => sum + weight, 0)
  const share = ({ name, scale: [low, high], weight }: Criterion): number =>
    (weight * ((grades[name]?.grade ?? low) - low)) / (high - low)
  return criteria.reduce((sum, criterion) => sum + share(criterion), 0) / total
}
