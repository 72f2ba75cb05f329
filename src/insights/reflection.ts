import { z } from 'zod'
import type { FailureKind } from '../core/failure.ts'
import { lessonKinds } from '../core/insight.ts'
import type { InsightPredicate, Lesson, NewInsight } from '../core/insight.ts'
import type { Refinement } from '../store/insight-store.ts'
import type { InsightExtractor, Transition } from './extractor.ts'
import { jsonIn } from './json-reply.ts'

/** Failures whose reason teaches something about programs; the others are about the reply's form. */
const informative: readonly FailureKind[] = [
  'threw',
  'timed-out',
  'out-of-memory',
  'invalid-output',
  'constraint-violated',
  'gated',
]

/** The library holds no more insights than this that are still in use; beyond, lessons stay lessons. */
const mostInsights = 200

const mostLessons = 3
const mostWords = 40

const predicate = z.strictObject({
  contains: z.string().min(1).max(200).nullish(),
  lacks: z.string().min(1).max(200).nullish(),
  above: z.number().nullish(),
  below: z.number().nullish(),
  operator: z.string().min(1).max(60).nullish(),
})

const oneLesson = z.strictObject({
  kind: z.enum(lessonKinds),
  condition: z.string().min(1).max(400),
  explanation: z.string().min(1).max(600),
  anchor: z.string().min(1).max(2000),
  applies: predicate.nullish(),
})

/** What the analysis model answers; unknown lessons are judged one by one, so that one bad one spoils no other. */
const answer = z.strictObject({
  lessons: z.array(z.unknown()).max(20),
  refinements: z.array(z.unknown()).max(20).optional(),
})

const oneRefinement = z.strictObject({
  id: z.int().positive(),
  condition: z.string().min(1).max(400),
  applies: predicate.nullish(),
})

/**
 * Asks the analysis model what a transition teaches: of children that the archive took, and of the first failure of each
 * kind on a parent.
 *
 * A lesson is believed only with evidence: its anchor must be a verbatim quote of the changed lines, white space at line
 * ends aside. Lessons to imitate, to avoid and to generalise also become insights, unless the library has the same.
 */
export const reflection: InsightExtractor = {
  name: 'reflection',
  asks: true,
  wants: (outcome, byModel, siblings) => {
    if (!byModel) return false
    if (outcome.ok) return outcome.decision !== 'rejected'
    const { kind } = outcome.failure
    return (
      informative.includes(kind) &&
      !siblings.finished().some((sibling) => !sibling.outcome.ok && sibling.outcome.failure.kind === kind)
    )
  },
  read: (transition, reply, known) => {
    const parsed = parsedAnswer(reply ?? '')
    if (typeof parsed === 'string') return { lessons: [], insights: [], refinements: [], dropped: 0, note: parsed }
    const lessons: Lesson[] = []
    const insights: NewInsight[] = []
    const explained = new Set(known.map(({ explanation }) => sameWords(explanation)))
    let room = mostInsights - known.filter(({ status }) => status !== 'retired').length
    let dropped = Math.max(0, parsed.lessons.length - mostLessons)
    for (const candidate of parsed.lessons.slice(0, mostLessons)) {
      const lesson = oneLesson.safeParse(candidate)
      if (
        !lesson.success ||
        !isQuote(lesson.data.anchor, transition) ||
        wordCount(lesson.data.explanation) > mostWords
      ) {
        dropped++
        continue
      }
      const { applies, ...taught } = lesson.data
      lessons.push(taught)
      const words = sameWords(taught.explanation)
      if (!['imitate', 'avoid', 'generalise'].includes(taught.kind) || explained.has(words) || room <= 0) continue
      explained.add(words)
      room--
      insights.push(insightFrom(taught, applies ?? {}, transition))
    }
    return {
      lessons,
      insights,
      refinements: refinementsIn(parsed.refinements ?? [], transition),
      dropped,
      note: undefined,
    }
  },
}

function parsedAnswer(reply: string): z.infer<typeof answer> | string {
  return jsonIn(reply, answer) ?? 'the answer is not the JSON that was asked for'
}

function insightFrom(
  lesson: Lesson,
  applies: z.infer<typeof predicate>,
  { ordinal, parent, source }: Transition,
): NewInsight {
  return {
    taxonomy: lesson.kind,
    condition: lesson.condition,
    applies: usable(applies, (text) => parent.source.includes(text) || source?.includes(text) === true),
    explanation: lesson.explanation,
    example: lesson.anchor,
    origin: `program ${String(ordinal)}`,
  }
}

function refinementsIn(candidates: readonly unknown[], { mixed, parent, source }: Transition): readonly Refinement[] {
  return candidates.flatMap((candidate) => {
    const parsed = oneRefinement.safeParse(candidate)
    if (!parsed.success || !mixed.some(({ id }) => id === parsed.data.id)) return []
    const { id, condition, applies } = parsed.data
    const occurs = (text: string): boolean => parent.source.includes(text) || source?.includes(text) === true
    return [{ id, condition, applies: usable(applies ?? {}, occurs) }]
  })
}

/** A text that occurs nowhere near would make the insight apply never, or always: it restricts nothing then. */
function usable(applies: z.infer<typeof predicate>, occurs: (text: string) => boolean): InsightPredicate {
  const text = (written: string | null | undefined): string | undefined =>
    typeof written === 'string' && occurs(written) ? written : undefined
  return {
    contains: text(applies.contains),
    lacks: text(applies.lacks),
    above: applies.above ?? undefined,
    below: applies.below ?? undefined,
    operator: applies.operator ?? undefined,
  }
}

function isQuote(anchor: string, { hunks, source, parent }: Transition): boolean {
  const plain = (text: string): string => text.replaceAll(/[ \t\r]+$/gm, '').trim()
  const quoted = plain(anchor)
  if (quoted === '') return false
  const places = hunks.length > 0 ? hunks.flatMap(({ removed, added }) => [removed, added]) : [source ?? parent.source]
  return places.some((place) => plain(place).includes(quoted))
}

function wordCount(text: string): number {
  return text.trim().split(/\s+/).length
}

function sameWords(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
