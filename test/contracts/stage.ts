import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { sharedStageKeys } from '../../src/config/schema-pipeline.ts'
import type { StageKind } from '../../src/stages/stage-kind.ts'
import { declared, setupWith } from '../stages/opened.ts'

/** What every kind of stage keeps to, whatever it does. `options` are ones that it accepts. */
export function stageContract(kind: StageKind, options: Record<string, unknown>): void {
  describe(`the kind of stage ${kind.kind}`, () => {
    test('accepts its options, and no option hides a key that all stages have', () => {
      expect(z.strictObject(kind.options).safeParse(options).success).toBe(true)
      expect(Object.keys(kind.options).filter((key) => sharedStageKeys.includes(key))).toEqual([])
    })

    test('describes itself and each of its options', () => {
      expect(kind.description).toMatch(/\.$/)
      const schema = z.toJSONSchema(z.strictObject(kind.options), { io: 'input', unrepresentable: 'any' })
      for (const option of Object.values(schema.properties ?? {})) expect(option).toHaveProperty('description')
    })

    test('opens under the name that was declared', () => {
      const stage = kind.open({ ...declared(kind, options), name: 'mine' }, setupWith())
      expect(stage.name).toBe('mine')
      expect(Number.isInteger(stage.version)).toBe(true)
    })

    test('has one identity for equal settings, and another for another kind of stage', () => {
      const identity = (text = 'evaluator') =>
        kind.open(declared(kind, options), setupWith({ evaluatorHash: text })).identity
      expect(identity()).toBe(identity())
      expect(identity()).not.toBe('')
    })

    test('keeps what it shares, so that an equal stage can take it over', () => {
      const stage = kind.open(declared(kind, options), setupWith())
      if (stage.reuse === 'shared') expect(stage.keep).not.toBe('recompute')
    })

    test('gives a verdict only if it filters', () => {
      if (kind.output === 'nothing') expect(kind.filter).toBe(true)
    })
  })
}
