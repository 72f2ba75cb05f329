import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Level } from '../core/level.ts'
import type { Json } from '../core/json.ts'
import { finite, list, map, positive, whole } from './fields.ts'

const instanceRule = 'must be a number, text, a list or a map: the evaluator is told it as it is'

const instance = z
  .union(
    [
      z.number({ error: instanceRule }),
      z.string({ error: instanceRule }).min(1, { error: instanceRule }),
      z.array(z.unknown(), { error: instanceRule }),
      z.record(z.string(), z.unknown(), { error: instanceRule }),
    ],
    { error: instanceRule },
  )
  .describe('What the evaluator is told as `instance`: a number, text, a list or a map.')

const level = map('One level with more to say than its instance.', {
  instance,
  share: positive(
    "Its part of the run's candidates (else of money, tokens or time) relative to the other levels, above 0. Default: 1.",
  ).optional(),
  patience: whole(
    'Candidates in a row without a new best after which it ends early, 1 or more. Default: budget.patience.',
    1,
  ).optional(),
  target: finite('Value of the first objective at which it ends early, in its raw unit. Default: none.').optional(),
  carry: whole(
    'Best programs of each island that seed it, 1 to 1000; of no use on the first level. Default: 4.',
    1,
    1000,
  ).optional(),
})

const levelRule =
  'must be an instance (a number or text) or a map with the keys instance, share, patience, target, carry'

/** The instances of a problem in the order in which they are worked on, the one that counts last. */
export function curriculumSchema() {
  return list(
    'Instances from the easy to the one that counts: the best programs of each seed the next. Default: none.',
    z
      .union([z.number({ error: levelRule }), z.string({ error: levelRule }).min(1, { error: levelRule }), level], {
        error: levelRule,
      })
      .describe('One level: its instance, or a map that says more.'),
    1,
    100,
  ).superRefine((levels, context) => {
    const instances = levels.map(instanceOf)
    for (const [index, own] of instances.entries()) {
      const twin = instances.findIndex((other) => isDeepStrictEqual(other, own))
      if (twin === index) continue
      const message = `is the instance of curriculum[${String(twin)}] again: give each level its own`
      context.addIssue({ code: 'custom', path: [index], message, params: { complete: true } })
    }
    const [first] = levels
    if (typeof first === 'object' && first.carry !== undefined) {
      const message = 'has no meaning on the first level, which begins with the first program: remove it'
      context.addIssue({ code: 'custom', path: [0, 'carry'], message, params: { complete: true } })
    }
  })
}

type Written = z.output<ReturnType<typeof curriculumSchema>>

const defaultCarry = 4

/** The levels that a checked `curriculum` stands for; none where there is none. */
export function toLevels(written: Written | undefined): readonly Level[] {
  return (written ?? []).map((entry) => {
    const { share = 1, patience, target, carry = defaultCarry } = typeof entry === 'object' ? entry : {}
    return { instance: instanceOf(entry), share, patience, target, carry }
  })
}

function instanceOf(entry: Written[number]): Json {
  return (typeof entry === 'object' ? entry.instance : entry) as Json
}
