import { expect, test } from 'vitest'
import { changedLines } from '../../src/variation/changed-lines.ts'
import fc from '../seeded-properties.ts'

test('tells each changed stretch with the line it begins at in the parent', () => {
  expect(changedLines('a\nb\nc\nd', 'a\nB\nc\nd\ne')).toEqual([
    { line: 2, removed: 'b\n', added: 'B\n' },
    { line: 5, removed: '', added: 'e\n' },
  ])
  expect(changedLines('a\nb', 'b')).toEqual([{ line: 1, removed: 'a\n', added: '' }])
  expect(changedLines('same', 'same')).toEqual([])
})

test('tells more than 200 stretches as one', () => {
  const parent = Array.from({ length: 602 }, (_, index) => (index % 3 === 0 ? 'x' : `kept ${String(index)}`))
  const child = parent.map((line) => (line === 'x' ? 'y' : line))
  const [only, ...more] = changedLines(parent.join('\n'), child.join('\n'))
  expect(more).toEqual([])
  expect(only?.removed).toBe(
    parent
      .slice(0, 601)
      .map((line) => `${line}\n`)
      .join(''),
  )
  expect(only?.added).toBe(
    child
      .slice(0, 601)
      .map((line) => `${line}\n`)
      .join(''),
  )
})

test('the stretches put into the parent give the child', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '', 'd\r'), { minLength: 1, maxLength: 12 })
  const linesOf = (ended: string) => ended.split('\n').slice(0, -1)
  fc.assert(
    fc.property(text, text, (old, fresh) => {
      const child = changedLines(old.join('\n'), fresh.join('\n')).reduceRight<readonly string[]>(
        (made, { line, removed, added }) => made.toSpliced(line - 1, linesOf(removed).length, ...linesOf(added)),
        old,
      )
      expect(child).toEqual(fresh)
    }),
  )
})
