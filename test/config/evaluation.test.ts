import { describe, expect, it } from 'vitest'
import { goodHead, mistakesOf, problemFolder } from './problem-folder.ts'

const { folder, read, reread, write } = problemFolder()
write('program.py', '# EVOLVE-BLOCK-START\nx = 1\n# EVOLVE-BLOCK-END\n')
write('program.c', '// EVOLVE-BLOCK-START\nint x;\n// EVOLVE-BLOCK-END\n')
const python = goodHead.replace('program.ts', 'program.py')
const c = goodHead.replace('program.ts, entry: solve', 'program.c')

describe('where candidates run', () => {
  it('is a process with the shipped runner for Python, and all its limits are written out', () => {
    const { problem, effective } = read(`${python}limits: { time: 3s }\n`)
    expect(problem.evaluation).toEqual({
      backend: 'process',
      command: ['python3', '-B', '{runner}', '{program}'],
      build: undefined,
      env: [],
      read: [],
      sandbox: 'auto',
      startMs: 10_000,
      cpuMs: 4000,
      processes: 64,
      diskBytes: 64_000_000,
    })
    expect(reread(effective).problem).toEqual(problem)
    expect(reread(effective).effective).toBe(effective)
  })

  it('is what the problem says of the command, its build and what it may use', () => {
    write('lib/data.txt', 'x')
    const { problem } = read(
      `${c}evaluation: { command: ['{build}/program', --fast], build: { command: [cc, -o, '{build}/program', '{program}'] }, env: [TZ, A=b=c], read: [lib], sandbox: required, cpu: 2m, processes: 3, disk: 1MB }\n`,
    )
    expect(problem.evaluation).toEqual({
      backend: 'process',
      command: ['{build}/program', '--fast'],
      build: { command: ['cc', '-o', '{build}/program', '{program}'], timeMs: 60_000, memoryBytes: 2e9 },
      env: ['TZ', 'A=b=c'],
      read: [`${folder}/lib`],
      sandbox: 'required',
      startMs: undefined,
      cpuMs: 120_000,
      processes: 3,
      diskBytes: 1_000_000,
    })
  })

  it.each([
    [c, '', /^1:1 evaluation\.command: is missing: the command that runs one case/],
    [python, 'evaluation: { backend: isolate }', /^6:24 evaluation\.backend: cannot run this program/],
    [python.replace(', entry: solve', ''), '', /program\.entry: is missing/],
    [goodHead, 'evaluation: { command: [ls] }', /^6:15 evaluation\.command: is for backend: process, .* isolate$/],
    [c, 'evaluation: { command: ["{biuld}/x"] }', /^6:25 evaluation\.command\[0\]: holds \{biuld\}; known are/],
    [
      c,
      'evaluation: { command: ["{build}/x"] }',
      /^6:25 evaluation\.command\[0\]: holds \{build\}, but nothing is built/,
    ],
    [
      c,
      'evaluation: { command: ["{runner}"] }',
      /^6:25 evaluation\.command\[0\]: holds \{runner\}, but none is shipped/,
    ],
    [python, 'evaluation: { read: [gone] }', /^6:22 evaluation\.read\[0\]: is not there/],
    [python, 'evaluation: { env: [OPENAI_API_KEY] }', /^6:21 evaluation\.env\[0\]: sounds like a secret/],
    [python, 'evaluation: { env: [LD_PRELOAD=x] }', /^6:21 evaluation\.env\[0\]: is set by evolve or the loader/],
    [python, 'evaluation: { env: ["a b"] }', /^6:21 evaluation\.env\[0\]: must be NAME or NAME=value/],
    [python, 'evaluation: { processes: 0 }', /evaluation\.processes: must be a whole number from 1/],
  ])('refuses what cannot work in one line with its place', (head, line, expected) => {
    const [message, ...more] = mistakesOf(() => read(`${head}${line}\n`))
    expect(message).toMatch(expected)
    expect(more).toEqual([])
  })

  it('refuses libraries of the isolate for a process', () => {
    const yaml = python.replace('entry: solve', 'entry: solve, imports: [yalps]')
    expect(mistakesOf(() => read(yaml))[0]).toContain('program.imports: is for the isolate backend')
  })
})
