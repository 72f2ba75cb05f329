import { expect, test } from 'vitest'
import { stopRules } from '../../src/builtins.ts'
import { firstStop } from '../../src/run/stop-rule.ts'
import type { StopView } from '../../src/run/stop-rule.ts'
import { stopRuleContract, unlimited } from '../contracts/stop-rule.ts'

const none = unlimited.budget
const stopping: Readonly<Record<string, Partial<StopView>>> = {
  target: { goals: { target: 3, patience: undefined } },
  candidates: { budget: { ...none, candidates: 60 } },
  patience: { goals: { target: undefined, patience: 40 } },
  wall: { budget: { ...none, wallMs: 5000 } },
  usd: { budget: { ...none, usd: 2 } },
  tokens: { budget: { ...none, tokens: 1000 } },
  'stop-file': { stopFile: '/runs/x/stop' },
}

for (const rule of stopRules) stopRuleContract(rule, stopping[rule.name] ?? {})

const stop = (changes: Partial<StopView>) => firstStop(stopRules, { ...unlimited, ...changes })

test('every limit holds to the last unit and not one before', () => {
  expect(stop({ budget: { ...none, candidates: 61 } })).toBeUndefined()
  expect(stop({ budget: { ...none, wallMs: 5001 } })).toBeUndefined()
  expect(stop({ budget: { ...none, usd: 2.01 } })).toBeUndefined()
  expect(stop({ budget: { ...none, tokens: 1001 } })).toBeUndefined()
  expect(stop({ goals: { target: 3.01, patience: 41 } })).toBeUndefined()
  expect(stop({ budget: { ...none, candidates: 60 } })).toMatchObject({
    rule: 'candidates',
    reason: '60 candidates are done',
    unfinished: false,
  })
})

test('the target is met by the direction of the objective', () => {
  const objective = { name: 'size', direction: 'minimize' } as const
  const at = (target: number) => stop({ objective, goals: { target, patience: undefined } })?.rule
  // Fitness 3 is a raw value of -3 here.
  expect([at(-2.9), at(-3), at(-3.1)]).toEqual(['target', 'target', undefined])
})

test('patience counts candidates since the best was made, failures included, in either direction', () => {
  const patient = (patience: number, best: StopView['best']) => stop({ best, goals: { target: undefined, patience } })
  expect(patient(40, { ordinal: 10, fitness: 3 })?.reason).toContain('40 candidates')
  expect(patient(40, { ordinal: 11, fitness: -3 })).toBeUndefined()
  expect(patient(50, undefined)?.rule).toBe('patience')
})

test('money that is only reserved stops nobody: it may come back', () => {
  expect(stop({ callsOut: 1, budget: { ...none, usd: 2, tokens: 1000 } })).toBeUndefined()
})

test('a stop file leaves the run unfinished and is named', () => {
  expect(stop({ stopFile: '/runs/x/stop' })).toEqual({
    rule: 'stop-file',
    reason: 'there is a stop file: remove /runs/x/stop to go on',
    unfinished: true,
  })
})
