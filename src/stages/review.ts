import { z } from 'zod'
import { formed, list, map, positive, text } from '../config/fields.ts'
import type { Json } from '../core/json.ts'
import { withoutComments } from '../syntax/comments.ts'
import { answerSchema, overallGrade, readReview } from './review-answer.ts'
import type { Criterion, Grade, ReviewAnswer } from './review-answer.ts'
import type { Former } from '../prompting/review-text.ts'
import type { StageKind } from './stage-kind.ts'
import { optionsOf } from './stage-kind.ts'

/** Name of the value that a review gives beside its criteria. */
export const overallName = 'grade'

const scalePhrase = 'must be two finite numbers, the lower one first, such as [0, 10]'

const criterion = map('One thing to grade.', {
  name: formed(
    'What conditions, tables and prompts call it; its grade is a value of that name.',
    /^[A-Za-z][A-Za-z0-9_-]{0,49}$/,
    'letters, digits, "-" and "_" beginning with a letter, at most 50 of them',
  ),
  question: text('What the model is asked about the program.'),
  scale: z
    .tuple([z.number({ error: scalePhrase }), z.number({ error: scalePhrase })], { error: scalePhrase })
    .refine(([low, high]) => low < high, { error: scalePhrase })
    .describe('The lowest and the highest grade. Default: [0, 10].')
    .default([0, 10]),
  weight: positive(
    `Share in ${overallName}, the mean of all grades from 0 to 1, relative to the other criteria, above 0. Default: 1.`,
  ).default(1),
})

const options = {
  criteria: list('What is graded, 1 to 20 criteria.', criterion, 1, 20),
  model: text('Name of one of llm.models that grades. Default: the first one.').optional(),
  comments: z
    .boolean({ error: 'must be true or false' })
    .describe("Whether the model sees the program's comments, in which it could ask for a grade. Default: false.")
    .default(false),
}

/**
 * Has a model grade named criteria of a candidate's source.
 *
 * The grades are values for conditions and a feedback for prompts; none of them is an objective, so a model never decides
 * alone what a candidate is worth. Without a model, budget or usable answer there is no result: the stage is skipped with
 * the reason, and no grade stands in for the missing one.
 */
export const review: StageKind<typeof options> = {
  kind: 'review',
  description: 'Has a language model grade named criteria of the source; its grades are no objectives.',
  inputs: {},
  output: 'judged',
  follows: ['program', 'scored'],
  asks: true,
  filter: false,
  resource: 'llm',
  conditions: [],
  options,
  provides: ({ criteria }) => [...namesOf(criteria), overallName],
  open: (declaration, setup) => {
    const { criteria, model, comments } = optionsOf({ options }, declaration)
    const { language } = setup.problem.program
    const { models } = setup.problem.llm
    const asked = models.find(({ name }) => name === model) ?? models[0]
    const schema = answerSchema(criteria)
    const reviewing = setup.reviewing()
    const identity = ['review', 1, criteria, comments, asked?.provider, asked?.model, reviewing.identity]
    return {
      name: declaration.name,
      version: 1,
      keep: 'stored',
      identity: setup.hash(JSON.stringify(identity)),
      reuse: 'shared',
      readsSource: true,
      late: 'nobody',
      run: async ({ source, ordinal }, _inputs, context) => {
        const shown = comments ? source : withoutComments(source, language)
        const prompt = (former?: Former) => reviewing.prompt({ ordinal, source: shown, criteria, schema, former })
        const put = (former?: Former) =>
          context.ask({ stage: declaration.name, model, prompt: prompt(former) }, ordinal, context.signal)
        const first = await put()
        if (!first.ok) return { ok: 'skipped', reason: first.reason }
        let answer: ReviewAnswer = readReview(first.text, criteria)
        if (!answer.ok) {
          const second = await put({ reply: first.text, complaint: answer.complaint })
          if (!second.ok)
            return { ok: 'skipped', reason: `no usable answer (${answer.complaint}), and ${second.reason}` }
          answer = readReview(second.text, criteria)
        }
        if (!answer.ok) return { ok: 'skipped', reason: `no usable answer in two: ${answer.complaint}` }
        return { ok: true, output: judgement(declaration.name, criteria, answer.grades) }
      },
    }
  },
}

function namesOf(criteria: unknown): readonly string[] {
  return Array.isArray(criteria)
    ? criteria.flatMap(({ name }: { name?: unknown }) => (typeof name === 'string' ? name : []))
    : []
}

function judgement(stage: string, criteria: readonly Criterion[], grades: Readonly<Record<string, Grade>>): Json {
  const each = criteria.map(({ name, scale: [low, high] }) => ({ name, low, high, ...grades[name] }))
  return {
    objectives: {
      ...Object.fromEntries(each.map(({ name, grade = 0 }) => [name, grade])),
      [overallName]: overallGrade(criteria, grades),
    },
    feedback: each
      .map(
        ({ name, low, high, grade, reason }) =>
          `${stage}: ${name} ${String(grade)} (${String(low)} to ${String(high)}): ${reason ?? ''}`,
      )
      .join('\n'),
  }
}
