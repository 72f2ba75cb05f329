import { expect, test } from 'vitest'
import { LostLines } from '../../src/run/lost-lines.ts'
import { changedLines } from '../../src/variation/changed-lines.ts'
import { readdedLines } from '../../src/variation/readded-lines.ts'

/** A line of programs, each the child of the one before. */
function lineOf(...sources: readonly string[]) {
  const hunks = sources.map((source, index) => (index === 0 ? [] : changedLines(sources[index - 1] ?? '', source)))
  const asked: number[] = []
  const lost = new LostLines(
    (ordinal) => {
      asked.push(ordinal)
      return hunks[ordinal]?.map(({ removed }) => removed) ?? []
    },
    (ordinal) => (ordinal === 0 ? undefined : ordinal - 1),
  )
  const readded = (child: string) => {
    const [parent, source] = [sources.length - 1, sources.at(-1) ?? '']
    return readdedLines(changedLines(source, child), source, (lines) => lost.removedBy(parent, lines))
  }
  return { readded, asked }
}

test('a line that an ancestor removed is brought back by the child that has it again, byte by byte', () => {
  const { readded } = lineOf('a = 1\nb = 1\n', 'a = 2\nb = 1\n', 'a = 2\nb = 2\n')
  expect(readded('a = 1\nb = 2\n')).toEqual({ added: 1, readded: [{ line: 'a = 1', removedBy: 1 }] })
  expect(readded('a = 1\nb = 1\n').readded).toEqual([
    { line: 'a = 1', removedBy: 1 },
    { line: 'b = 1', removedBy: 2 },
  ])
  expect(readded('a =  1\nb = 2\n')).toEqual({ added: 1, readded: [] })
  expect(readded('a = 3\nb = 2\n')).toEqual({ added: 1, readded: [] })
})

test('of several that removed a line the last one counts', () => {
  const { readded } = lineOf('a = 1\n', 'a = 2\n', 'a = 1\n', 'a = 3\n')
  expect(readded('a = 1\n').readded).toEqual([{ line: 'a = 1', removedBy: 3 }])
  expect(readded('a = 2\n').readded).toEqual([{ line: 'a = 2', removedBy: 2 }])
})

test('a line that the parent has elsewhere was not lost, and a lone bracket is no line', () => {
  const { readded } = lineOf('i += 1\nx\n}\ni += 1\n', 'i += 1\ny\n')
  expect(readded('i += 1\ny\ni += 1\n}\n')).toEqual({ added: 1, readded: [] })
  expect(readded('i += 1\n')).toEqual({ added: 0, readded: [] })
})

test('a long line of ancestors is looked back on for a thousand steps', () => {
  const sources = Array.from({ length: 1003 }, (_, index) => `a = ${String(index)}\n`)
  expect(lineOf(...sources).readded('a = 1\n').readded).toEqual([{ line: 'a = 1', removedBy: 2 }])
  expect(lineOf(...sources).readded('a = 0\n').readded).toEqual([])
})

test('what a program removed is read once', () => {
  const { readded, asked } = lineOf('a = 1\n', 'a = 2\n', 'a = 3\n')
  for (let again = 0; again < 3; again++) readded('a = 4\n')
  expect(asked).toEqual([2, 1, 0])
})
