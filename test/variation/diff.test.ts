import { cross } from '../../src/variation/cross.ts'
import { diff } from '../../src/variation/diff.ts'
import { describeOperator } from '../contracts/operator.ts'
import { expect, it } from 'vitest'

const usable = '<<<<<<< SEARCH\n  let sum = 0\n=======\n  let sum = n\n>>>>>>> REPLACE\n'
describeOperator(diff, usable)
describeOperator(cross, usable)

it('never crosses a program with nothing', () => {
  expect(cross.inspirations.least).toBeGreaterThanOrEqual(1)
})
