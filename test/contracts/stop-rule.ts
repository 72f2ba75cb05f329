import { describe, expect, test } from 'vitest'
import type { StopRule, StopView } from '../../src/run/stop-rule.ts'

/** A run that nothing limits, in the middle of its work. */
export const unlimited: StopView = {
  used: { selected: 60, finished: 50, tokens: 1000, usd: 2, elapsedMs: 5000 },
  callsOut: 0,
  budget: { candidates: undefined, usd: undefined, tokens: undefined, wallMs: undefined },
  goals: { target: undefined, patience: undefined },
  best: { ordinal: 10, fitness: 3 },
  objective: { name: 'size', direction: 'maximize' },
  since: 0,
  stopFile: undefined,
}

/** What every stop rule promises. `stopping` is a view in which it must stop. */
export function stopRuleContract(rule: StopRule, stopping: Partial<StopView>): void {
  describe(`stop rule ${rule.name}`, () => {
    test('lets a run go on that nothing limits', () => {
      expect(rule.reason(unlimited)).toBeUndefined()
      expect(
        rule.reason({ ...unlimited, best: undefined, used: { ...unlimited.used, selected: 0, finished: 0 } }),
      ).toBe(undefined)
    })

    test('says in one line why it stops, the same each time, and changes nothing', () => {
      const view = { ...unlimited, ...stopping }
      const before = structuredClone(view)
      const reason = rule.reason(view)
      expect(reason).toMatch(/^\S[^\n]*\S$/)
      expect(rule.reason(view)).toBe(reason)
      expect(view).toEqual(before)
    })
  })
}
