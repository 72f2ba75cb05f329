import { describe, expect, it } from 'vitest'
import { fileSpans, holdsFileHeader, importedFile, isProgramPath, joinFiles, placeOfLine, splitFiles } from '../../src/core/program-files.ts' // prettier-ignore
import fc from '../seeded-properties.ts'

const name = fc.stringMatching(/^[a-z][\w.+@-]{0,6}$/)
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
const line = fc.oneof(
  fc.constantFrom('', 'a', 'a\r', '// EVOLVE-BLOCK-START', '// EVOLVE-BLOCK-END', '\u2028// EVOLVE-FILE x', 'x // EVOLVE-FILE y'),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replaceAll('\n', '')),
) // prettier-ignore
const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.map((each) => `${each}\n`).join(''))
const files = fc.uniqueArray(fc.record({ path, text, whole: fc.boolean() }), {
  minLength: 1,
  maxLength: 5,
  selector: (file) => file.path,
})

describe('the text of a program of several files', () => {
  it('splits into the very files it was joined from', () => {
    const law = fc.property(files, (several) => {
      fc.pre(!several.some((file) => holdsFileHeader(file.text)))
      const source = joinFiles(several)
      expect(splitFiles(source)).toEqual(several)
      for (const { path: file, start, end, line: first } of fileSpans(source)) {
        expect(source.slice(start, end)).toBe(several.find((each) => each.path === file)?.text)
        expect(source.slice(0, start).split('\n')).toHaveLength(first)
        expect(placeOfLine(source, first)).toEqual({ file, line: 1 })
      }
    })
    fc.assert(law, { numRuns: 1000 })
  })

  it('ends a file that has no line end, and leaves a program of one file alone', () => {
    expect(splitFiles(joinFiles([{ path: 'a.ts', text: 'a', whole: false }]))[0]?.text).toBe('a\n')
    expect(splitFiles('a\n// EVOLVE-FILE b.ts\n')).toEqual([])
    expect(placeOfLine('a\nb\n', 2)).toEqual({ line: 2 })
  })

  it('knows lines that could pass for a header', () => {
    for (const held of ['// EVOLVE-FILE a.ts', 'a\n  //EVOLVE-FILE', '//\tEVOLVE-FILE x whole\r\n']) {
      expect(holdsFileHeader(held), held).toBe(true)
    }
    for (const free of ['x // EVOLVE-FILE a', '// EVOLVE-FILES', '// the EVOLVE-FILE']) {
      expect(holdsFileHeader(free), free).toBe(false)
    }
  })
})

it('paths of program files stay inside the program', () => {
  for (const good of ['a.ts', 'lib/a-b.ts', '..a/b.ts']) expect(isProgramPath(good), good).toBe(true)
  for (const bad of ['../a.ts', 'a/../b.ts', '/a.ts', 'a//b.ts', 'a b.ts', 'a\\b.ts', '', './a.ts', 'a/']) {
    expect(isProgramPath(bad), bad).toBe(false)
  }
})

it('an import means a file as TypeScript reads it', () => {
  const paths = ['pack.ts', 'lib/circle.ts', 'lib/old.js']
  expect(importedFile('pack.ts', './lib/circle.ts', paths)).toBe('lib/circle.ts')
  expect(importedFile('pack.ts', './lib/circle.js', paths)).toBe('lib/circle.ts')
  expect(importedFile('pack.ts', './lib/circle', paths)).toBe('lib/circle.ts')
  expect(importedFile('lib/circle.ts', '../pack.ts', paths)).toBe('pack.ts')
  expect(importedFile('lib/circle.ts', './old.js', paths)).toBe('lib/old.js')
  expect(importedFile('pack.ts', '../pack.ts', paths)).toBeUndefined()
  expect(importedFile('pack.ts', 'lib/circle.ts', paths)).toBeUndefined()
})
