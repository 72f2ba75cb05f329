import { expect, test } from 'vitest'
import { parseSettings } from '../../src/cli/steer.ts'

test('changes are read with their units', () => {
  expect(parseSettings(['usd=20.5', 'concurrency=16', 'wall=2h', 'target=-1e-3'])).toEqual({
    usd: 20.5,
    concurrency: 16,
    wallMs: 7_200_000,
    target: -0.001,
  })
})

test.each([
  ['usd', /cannot set "usd": write one of candidates=/],
  ['concurency=3', /did you mean concurrency=/],
  ['usd=0', /usd must be US dollars above 0, not "0"/],
  ['usd=Infinity', /usd must be/],
  ['candidates=1.5', /candidates must be a whole number/],
  ['concurrency=2000', /from 1 to 1024/],
  ['wall=3', /wall must be a duration, for example 2h, not "3"/],
  ['target=', /target must be a value/],
])('%s is one line with its remedy', (change, message) => {
  expect(() => parseSettings([change])).toThrow(message)
})

test('a key that is given twice is refused', () => {
  expect(() => parseSettings(['usd=1', 'usd=2'])).toThrow(/usd is given twice/)
})
