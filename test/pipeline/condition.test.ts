import { describe, expect, test } from 'vitest'
import { judge, namesIn, parseCondition } from '../../src/pipeline/condition.ts'
import fc from '../seeded-properties.ts'

function holds(text: string, values: Readonly<Record<string, number>> = {}): unknown {
  const parsed = parseCondition(text)
  if (!parsed.ok) throw new Error(parsed.message)
  const judgement = judge(parsed.condition, (name) => values[name])
  return judgement.known ? judgement.holds : `needs ${judgement.missing}`
}

function refusal(text: string): string {
  const parsed = parseCondition(text)
  return parsed.ok ? 'none' : parsed.message
}

describe('a condition', () => {
  test.each([
    ['sum_radii > 2.0', true],
    ['sum_radii > 2.5', false],
    ['sum_radii >= 2.5 and error < 1e-3', true],
    ['sum_radii > 3 or error < 1e-3', true],
    ['not sum_radii > 3', true],
    ['!(sum_radii > 3) && error != 0', true],
    ['not not sum_radii == 2.5', true],
    ['sum_radii > 3 and error > 1 or error < 1', true],
    ['sum_radii * 2 - 1 > 3.9', true],
    ['2 + 3 * 4 == 14', true],
    ['(2 + 3) * 4 == 20', true],
    ['-sum_radii < -2.4', true],
    ['10 / 4 == sum_radii', true],
    ['8 - 4 - 2 == 2', true],
    ['quick.sum_radii < sum_radii', true],
    ['quick-run.x <= .5', true],
  ])('%s is %s', (text, expected) => {
    expect(holds(text, { sum_radii: 2.5, error: 1e-4, 'quick.sum_radii': 2, 'quick-run.x': 0.5 })).toBe(expected)
  })

  test('is undecided while a value is missing, whatever the rest says', () => {
    expect(holds('a > 1 or b > 1', { a: 2 })).toBe('needs b')
  })

  test('names what it mentions, each once', () => {
    const parsed = parseCondition('a > 1 and (b < a or not c.d == -e)')
    expect(parsed.ok && namesIn(parsed.condition)).toEqual(['a', 'b', 'c.d', 'e'])
  })

  test.each([
    ['', 'is empty; write for example sum_radii > 2.0'],
    ['sum_radii', 'must compare values, for example sum_radii > 2.0, where it has a number alone'],
    ['sum_radii >', 'ends too early'],
    ['a > 1 > 2', 'is over before >, column 7'],
    ['(a > 1', 'has no ) for the ( in column 1'],
    ['a > 1)', 'is over before ), column 6'],
    ['a = 1', 'cannot be read from "= 1" on, column 2'],
    ['a > "x"', 'cannot be read from "\\"x\\"" on, column 4'],
    ['1 + (a > 2)', 'compares or calculates with something that is itself a comparison'],
    ['a and b > 1', 'must compare values, for example sum_radii > 2.0, where it has a number alone'],
    ['a > and', 'has and where a value should be, column 5'],
    ['process.exit(1) > 0', 'is over before (, column 13'],
    ['constructor["x"] > 0', 'cannot be read from "[\\"x\\"] > 0" on, column 12'],
    [`${'('.repeat(100)}1 > 0`, 'is nested too deeply'],
    [`${'a > 1 and '.repeat(200)}a > 1`, 'is longer than 1000 characters'],
  ])('%j is refused: %s', (text, message) => {
    expect(refusal(text)).toBe(message)
  })

  test('never throws, whatever is written', () => {
    const piece = fc.constantFrom(
      'a',
      'b.c',
      '1',
      '2e3',
      '+',
      '-',
      '*',
      '/',
      '(',
      ')',
      '<',
      '>=',
      '==',
      'and',
      'or',
      'not',
      '!',
      '&&',
      '.',
      '"',
      '__proto__',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const parsed = parseCondition(pieces.join(' '))
        if (parsed.ok) expect(judge(parsed.condition, () => 1).known).toBe(true)
        else expect(parsed.message).not.toBe('')
      }),
    )
  })
})
