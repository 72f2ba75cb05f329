import { expect, test } from 'vitest'
import { reportError } from '../../src/cli/exit.ts'
import { InfrastructureError, InvariantError, UserError, UserErrors } from '../../src/core/errors.ts'

test("a user's mistake is one line with its place and code 2", () => {
  const error = new UserError('is too\n  small', { file: 'a.yaml', line: 3, column: 7, key: 'archive.islands' })
  expect(reportError(error, false)).toEqual({ lines: ['a.yaml:3:7 archive.islands: is too small'], code: 2 })
  expect(reportError(new UserError('no such run'), false)).toEqual({ lines: ['no such run'], code: 2 })
})

test('several mistakes are several lines', () => {
  const errors = new UserErrors([new UserError('one', { file: 'a' }), new UserError('two', { file: 'b', line: 2 })])
  expect(reportError(errors, false)).toEqual({ lines: ['a: one', 'b:2: two'], code: 2 })
})

test('infrastructure and our own defects have code 3', () => {
  expect(reportError(new InfrastructureError('the disk is full'), false)).toEqual({
    lines: ['the disk is full'],
    code: 3,
  })
  expect(reportError(new InvariantError('odd'), false).lines[0]).toMatch(/^a rule inside evolve was broken: odd/)
  expect(reportError('a text', false)).toMatchObject({ code: 3 })
})

test('a stack is shown with --debug alone', () => {
  expect(reportError(new Error('x'), false).lines).toHaveLength(1)
  expect(reportError(new Error('x'), true).lines[1]).toMatch(/at .*exit\.test\.ts/)
})
