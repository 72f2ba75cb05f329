import { describe, expect, it } from 'vitest'
import type { Drivable } from '../../../src/evaluation/evaluator/define.ts'
import { driverOf } from '../../../src/evaluation/evaluator/driver.ts'
import type { Json } from '../../../src/core/json.ts'

type Drive = (candidate: Drivable, ...args: readonly Json[]) => Json

const textOf = (drive: unknown) => driverOf({ drive: drive as Drive }, '/x/evaluator.ts')?.source ?? ''

describe('the text of a driver', () => {
  it.each<[string, { readonly drive: Drive }]>([
    ['a method', { drive({ call }, n) { return [call(n), n] } }], // prettier-ignore
    ['an arrow function', { drive: ({ call }, n) => [call(n), n] }],
    ['a function expression', { drive: function play({ call }, n) { return [call(n), n] } }], // prettier-ignore
  ])('is an object with the method, from %s', (_, { drive }) => {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text is what is tested.
    const made = new Function(`return (${textOf(drive)})`) as () => { readonly drive: Drive }
    const call = (...[n]: readonly Json[]) => (n as number) + 1
    expect(made().drive({ call, again: call }, 1)).toEqual([2, 1])
  })

  it('is absent where the evaluator has none', () => {
    expect(driverOf({}, '/x/evaluator.ts')).toBeUndefined()
  })

  it.each<[string, unknown]>([
    ['an asynchronous function', async () => Promise.resolve(1)],
    ['a generator', function* () { yield 1 }], // prettier-ignore
    ['a bound function', (() => 1).bind(undefined)],
    ['a built-in function', Math.max],
    ['no function', { call: 1 }],
  ])('is refused for %s', (_, drive) => {
    expect(() => textOf(drive)).toThrow(/^drive must be .*\(evaluator\.ts\)$/)
  })
})
