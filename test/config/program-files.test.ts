import { describe, expect, it } from 'vitest'
import { splitFiles } from '../../src/core/program-files.ts'
import { goodHead, mistakesOf, problemFolder } from './problem-folder.ts'

const marked = '// EVOLVE-BLOCK-START\na()\n// EVOLVE-BLOCK-END\n'

describe('a program of several files', () => {
  const { write, read, reread } = problemFolder()
  write('p/main.ts', 'export const solve = 1')
  write('p/lib/marked.ts', marked)
  write('p/open.ts', '// EVOLVE-BLOCK-START\n')
  write('p/header.ts', 'a()\n// EVOLVE-FILE x.ts\n')
  write('p/b c.ts', 'x()\n')
  write('p/data.json', '{}\n')
  const yaml = (program: string): string => goodHead.replace(/program: .*/, `program: ${program}`)

  it('is read into one text, named from the folder that holds all', () => {
    const text = yaml('{ files: [p/main.ts, ./p/lib/marked.ts, { file: p/../p/open.ts/../data.json, fixed: true }], entry: solve, language: any }') + 'evaluation: { backend: none }\n' // prettier-ignore
    const { problem, effective } = read(text)
    expect(splitFiles(problem.program.source)).toEqual([
      { path: 'main.ts', whole: true, text: 'export const solve = 1\n' },
      { path: 'lib/marked.ts', whole: false, text: marked },
      { path: 'data.json', whole: false, text: '{}\n' },
    ])
    expect(problem.program.file).toMatch(/p\/main\.ts$/)
    expect(reread(effective).problem).toEqual(problem)
    expect(reread(effective).effective).toBe(effective)
  })

  it.each([
    ['{ file: program.ts, files: [p/main.ts], entry: solve }', /^2:\d+ program\.files: stands beside program\.file/],
    ['{ entry: solve }', /program\.file: is missing: the file of the first program, or `files` for several/],
    ['{ files: [p/main.ts, p/gone.ts], entry: solve }', /^2:\d+ program\.files\[1\]: cannot be read: there is no such file/],
    ['{ files: [p/main.ts, ./p/main.ts], entry: solve }', /program\.files\[1\]: must be unique: the file is listed above/],
    ['{ files: [{ file: p/main.ts, fixed: true }], entry: solve }', /program\.files: must hold a file that may change/],
    ['{ files: [p/main.ts, { file: p/lib/marked.ts, fixed: true }], entry: solve }', /program\.files\[1\]\.file: is fixed, but has/],
    ["{ files: [p/main.ts, 'p/b c.ts'], entry: solve }", /program\.files\[1\]: must have a name of letters/],
    ['{ files: [p/main.ts, p/data.json], entry: solve }', /program\.files\[1\]: must be a JavaScript or TypeScript module/],
    ['{ files: [p/main.ts, p/header.ts], entry: solve }', /^2:1 : a line of a program must not begin with \/\/ EVOLVE-FILE/],
    ['{ file: p/header.ts, entry: solve }', /^2:1 : a line of a program must not begin with \/\/ EVOLVE-FILE/],
    ['{ files: [p/main.ts, p/open.ts], entry: solve }', /^1:1 : this EVOLVE-BLOCK-START is never closed/],
    ['{ files: [{ file: p/main.ts, fix: true }], entry: solve }', /program\.files\[0\]\.fix: is not a key under program\.files\[0\]; known are file, fixed/],
    ['{ files: [7], entry: solve }', /program\.files\[0\]: must be the name of a file, or a map with the keys file, fixed, but this is 7/],
    ['{ files: [], entry: solve }', /program\.files: must be a list of 1 to 64 entries/],
  ])('%s is refused with its place', (program, message) => {
    const mistakes = mistakesOf(() => read(yaml(program)))
    expect(mistakes).toHaveLength(1)
    expect(mistakes[0]).toMatch(message)
  }) // prettier-ignore
})
