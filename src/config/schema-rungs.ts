import { z } from 'zod'
import { list, map, whole } from './fields.ts'

const casesRule = 'must be a number of cases from 1 up, a list of their ids, or all'
const id = z.string({ error: casesRule }).min(1, { error: casesRule })

/** The cases of a rung. */
export const rungCases = z
  .union(
    [
      z.literal('all', { error: casesRule }),
      z.int({ error: casesRule }).min(1, { error: casesRule }),
      z.array(id, { error: casesRule }).min(1, { error: casesRule }),
    ],
    { error: casesRule },
  )
  .describe("The cases of this rung: so many of the evaluator's, from its first on; a list of ids; or all.")

const shareRule = 'must be a number above 0 up to 1'

/** The share of those that finished a rung which goes on. */
export const rungTop = z
  .number({ error: shareRule })
  .positive({ error: shareRule })
  .max(1, { error: shareRule })
  .describe('Share of the candidates that finished the rung before which goes on, above 0 up to 1.')

/** Whom a candidate is compared with. */
export const rungWindow = whole(
  'Candidates that count, the latest that finished the rung before, 1 to 1000000. Default: all.',
  1,
  1_000_000,
).optional()

/** Rungs of growing effort in place of one run of all cases. */
export function rungsSchema() {
  return list(
    'Rungs of growing effort in place of stages: all candidates are run on the first, the best share goes on to the next. Default: none.',
    map('One rung.', { cases: rungCases, top: rungTop.optional(), window: rungWindow }),
    2,
    20,
  ).superRefine((rungs, context) => {
    const complain = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message, params: { complete: true } })
    for (const [index, { cases, top, window }] of rungs.entries()) {
      const before = rungs[index - 1]?.cases
      const needless = 'has no meaning on the first rung, where all begin: remove it'
      if (index === 0 && top !== undefined) complain([0, 'top'], needless)
      if (index === 0 && window !== undefined) complain([0, 'window'], needless)
      if (index > 0 && top === undefined) complain([index, 'top'], 'is missing')
      if (before === 'all' || (typeof before === 'number' && typeof cases === 'number' && cases <= before))
        complain([index, 'cases'], 'must be more than the rung before has: rungs grow')
    }
  })
}
