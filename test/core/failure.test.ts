import { expect, test } from 'vitest'
import { describeFailure } from '../../src/core/failure.ts'

test('a failure reads as one line with its kind, place and reason', () => {
  expect(describeFailure({ kind: 'syntax', message: 'unexpected token', line: 4 })).toBe(
    'syntax at line 4: unexpected token',
  )
  expect(describeFailure({ kind: 'search-missed', message: 'no match', nearest: { line: 9, text: 'x = 1' } })).toBe(
    'search-missed: no match (nearest, line 9: x = 1)',
  )
  expect(describeFailure({ kind: 'duplicate', message: 'same source', of: 3 })).toBe('duplicate of 3: same source')
  expect(describeFailure({ kind: 'timed-out', message: 'over 1 s', limitMs: 1000 })).toBe('timed-out: over 1 s')
})
