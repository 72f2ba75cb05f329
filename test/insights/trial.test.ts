import { describe, expect, test } from 'vitest'
import { isInformed, verdictOf } from '../../src/insights/trial.ts'

const tally = (helped: number, hurt = 0, irrelevant = 0) => ({ helped, hurt, irrelevant })

describe('a trial', () => {
  test('gives both sides the same number of members, and each opens every second pair', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map(isInformed)).toEqual([true, false, false, true, true, false, false, true])
  })

  test.each([
    ['all helped against nothing changed, in five pairs', tally(5), tally(0, 0, 5), 'better'],
    ['the same in four pairs', tally(4), tally(0, 0, 4), 'undecided'],
    ['nothing changed against all helped', tally(0, 0, 5), tally(5), 'worse'],
    ['all helped against all hurt, in two pairs', tally(2), tally(0, 2), 'better'],
    ['all hurt against all helped, in two pairs', tally(0, 2), tally(2), 'worse'],
    ['one pair, however it went', tally(1), tally(0, 1), 'undecided'],
    ['the same on both sides', tally(3, 2), tally(3, 2), 'undecided'],
  ] as const)('judges %s', (_, informed, uninformed, verdict) => {
    expect(verdictOf(informed, uninformed)).toBe(verdict)
  })
})
