import { describe, expect, test } from 'vitest'
import { lessonKinds } from '../../src/core/insight.ts'
import type { InsightExtractor, Transition } from '../../src/insights/extractor.ts'

const parent = 'const a = 1\nconst b = 2\n'
const hunks = [{ line: 2, removed: 'const b = 2\n', added: 'const b = 3\n' }]

/** A step in which the second line was changed and the score rose from 1 to 2. */
export const step: Transition = {
  ordinal: 9,
  operator: 'diff',
  parent: { ordinal: 4, source: parent, objectives: { x: 1 } },
  source: 'const a = 1\nconst b = 3\n',
  outcome: { ok: true, objectives: { x: 2 }, feedback: undefined },
  hunks,
  siblings: [6, 7, 8, 9].map((ordinal) => ({
    ordinal,
    operator: 'diff',
    summary: 'b',
    hunks,
    construct: 'literal',
    outcome: { ok: true, objectives: { x: 2 } },
  })),
  measures: [{ name: 'x', direction: 'maximize', noise: 0, repeats: 1 }],
  mixed: [],
}

/** What every insight extractor promises, whatever a model answered. */
export function extractorContract(extractor: InsightExtractor, replies: readonly (string | undefined)[]): void {
  describe(`the extractor ${extractor.name}`, () => {
    test.each(replies.map((reply) => [reply]))(
      'brings at most three well-formed lessons with true quotes: %j',
      (reply) => {
        const { lessons, insights, refinements, dropped } = extractor.read(step, reply, [])
        expect(lessons.length).toBeLessThanOrEqual(3)
        expect(dropped).toBeGreaterThanOrEqual(0)
        for (const { kind, condition, explanation, anchor } of lessons) {
          expect(lessonKinds).toContain(kind)
          expect(condition.trim()).not.toBe('')
          expect(explanation.trim().split(/\s+/).length).toBeLessThanOrEqual(40)
          expect(`${parent}${step.source ?? ''}`).toContain(anchor.trim())
        }
        expect(insights.every(({ origin }) => origin === 'program 9')).toBe(true)
        expect(refinements).toEqual([])
      },
    )

    test('wants the same of the same', () => {
      const outcome = { ok: true, decision: 'improved' } as const
      const siblings = { number: () => 4, finished: () => step.siblings }
      expect(extractor.wants(outcome, true, siblings)).toBe(extractor.wants(outcome, true, siblings))
    })
  })
}
