import { expect, it } from 'vitest'
import { outcomeDescriptors } from '../../src/builtins.ts'
import { objectiveValue } from '../../src/descriptors/objective-value.ts'
import { runTimeClass } from '../../src/descriptors/run-time-class.ts'
import { scoreSignature } from '../../src/descriptors/score-signature.ts'
import { describeOutcomeDescriptor } from '../contracts/descriptor.ts'

for (const descriptor of [...outcomeDescriptors, objectiveValue('size')]) describeOutcomeDescriptor(descriptor)

const outcome = { caseMs: [], scores: {}, objectives: {} }

it.each([
  [[0.0005], 0],
  [[0.001], 0],
  [[0.002], 1],
  [[10], 13],
  [[4000, 6000], 23],
])('run times of %j ms are class %i', (caseMs, expected) => {
  expect(runTimeClass.measure({ ...outcome, caseMs })).toBe(expected)
})

it('there is no run time where nothing is run, and it says that it is not reproducible', () => {
  expect(runTimeClass.measure(outcome)).toBeUndefined()
  expect(runTimeClass.reproducible).toBe(false)
})

it('a signature depends on the score of every case and on nothing else', () => {
  const of = (scores: Readonly<Record<string, number>>) => scoreSignature.measure({ ...outcome, scores }) ?? Number.NaN
  expect(of({ a: 1, b: 2 })).toBe(of({ b: 2, a: 1 }))
  expect(of({ a: 1, b: 2 })).not.toBe(of({ a: 2, b: 1 }))
  expect(of({ a: 0.1 + 0.2 })).toBe(of({ a: 0.3 }))
})

it('signatures spread evenly', () => {
  const tenths = Array.from({ length: 10 }, () => 0)
  for (let n = 0; n < 5000; n++) {
    const value = scoreSignature.measure({ ...outcome, scores: { a: n, b: n % 7 } }) ?? 0
    expect(value >= 0 && value < 1).toBe(true)
    const tenth = Math.floor(10 * value)
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  expect(Math.min(...tenths)).toBeGreaterThan(400)
  expect(Math.max(...tenths)).toBeLessThan(600)
})

it('without cases the objectives sign', () => {
  const of = (size: number) => scoreSignature.measure({ ...outcome, objectives: { size } })
  expect(of(1)).not.toBe(of(2))
})

it('an objective that the evaluator did not report has no value', () => {
  expect(objectiveValue('size').measure(outcome)).toBeUndefined()
})
