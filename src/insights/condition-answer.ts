import { z } from 'zod'
import { jsonIn } from './json-reply.ts'

const answer = z.object({ conditions: z.array(z.object({ id: z.int().positive(), holds: z.boolean() })).max(100) })

/**
 * Reads which conditions an answer says do not hold.
 *
 * @returns the numbers of their insights; none when the answer has not the form that was asked for.
 */
export function conditionsThatFail(reply: string): ReadonlySet<number> {
  const { conditions } = jsonIn(reply, answer) ?? { conditions: [] }
  return new Set(conditions.filter(({ holds }) => !holds).map(({ id }) => id))
}
