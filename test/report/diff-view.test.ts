import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { paintDiff, unifiedDiff } from '../../src/report/diff-view.ts'
import { diffLines } from '../../src/report/line-diff.ts'
import fc from '../seeded-properties.ts'

const names = { before: 'a/program.ts', after: 'b/program.ts' }
const text = fc
  .array(fc.constantFrom('a', 'b', 'c', '', '\t', 'x\r', '-- y', '++ z', '@@'), { maxLength: 30 })
  .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`))

/** Rebuilds both texts from a comparison. */
function sides(lines: ReturnType<typeof diffLines>): { before: string[]; after: string[] } {
  return {
    before: lines.filter((line) => line.kind !== 'added').map((line) => line.text),
    after: lines.filter((line) => line.kind !== 'removed').map((line) => line.text),
  }
}

describe('diffLines', () => {
  it('holds both texts, whatever they are', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'))
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        expect(sides(diffLines(before, after))).toEqual({ before, after })
      }),
    )
  })

  it('finds the shortest script', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const edits = diffLines(before, after).filter((line) => line.kind !== 'same').length
        expect(edits).toBe(before.length + after.length - 2 * longestCommon(before, after))
      }),
    )
  })

  it('shows texts that have nothing in common as one replacement', () => {
    const numbered = (prefix: string): string[] =>
      Array.from({ length: 2_000 }, (_, index) => `${prefix}${String(index)}`)
    const lines = diffLines(numbered('a'), numbered('b'))
    expect(lines.slice(0, 2_000).every((line) => line.kind === 'removed')).toBe(true)
    expect(sides(lines)).toEqual({ before: numbered('a'), after: numbered('b') })
  })
})

/** Length of the longest common subsequence, by the textbook recurrence. */
function longestCommon(one: readonly string[], other: readonly string[]): number {
  let row = new Array<number>(other.length + 1).fill(0)
  for (const left of one) {
    const next = [0]
    for (const [index, right] of other.entries()) {
      next.push(left === right ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

describe('unifiedDiff', () => {
  it('shows changes with three lines around them', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\n'
    expect(unifiedDiff(before, before.replace('e', 'E'), names)).toBe(
      '--- a/program.ts\n+++ b/program.ts\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n',
    )
  })

  it('is empty for equal texts', () => {
    expect(unifiedDiff('a\n', 'a\n', names)).toBe('')
  })

  it('marks a missing line feed at the end', () => {
    expect(unifiedDiff('a\n', 'a', names)).toContain('-a\n+a\n\\ No newline at end of file\n')
  })

  it('is what git apply turns the one text into the other with', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'evolve-diff-'))
    try {
      const file = path.join(folder, 'program.ts')
      fc.assert(
        fc.property(text, text, (before, after) => {
          // Git spells a file that begins or ends to exist differently.
          fc.pre(before !== after && before !== '' && after !== '')
          writeFileSync(file, before)
          const input = unifiedDiff(before, after, names)
          execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input, stdio: 'pipe' })
          expect(readFileSync(file, 'utf8')).toBe(after)
        }),
        { numRuns: 40 },
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('paintDiff', () => {
  it('colours changes only when asked and never lets control characters through', () => {
    const diff = unifiedDiff('a\nb\u001b[2J\n', 'a\nc\n', names)
    expect(paintDiff(diff, false)).toBe(diff.replace('\u001b', '␛'))
    expect(paintDiff(diff, true)).toContain('\u001b[32m+c\u001b[39m')
    expect(paintDiff(diff, true)).not.toContain('\u001b[2J')
  })
})
