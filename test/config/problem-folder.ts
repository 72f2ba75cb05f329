import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { stageKinds } from '../../src/builtins.ts'
import { loadProblem, loadProblemFromText } from '../../src/config/load.ts'
import type { LoadedProblem } from '../../src/config/load.ts'
import type { Environment } from '../../src/config/environment.ts'
import type { Overrides } from '../../src/config/overrides.ts'
import type { KnownNames } from '../../src/config/schema.ts'
import { UserError, UserErrors } from '../../src/core/errors.ts'

/** Names as a build with more than the built-in ones would know them. */
export const known: KnownNames = {
  operators: ['cross', 'diff', 'perturb', 'rewrite', 'tune'],
  samplers: ['adaptive', 'rank', 'iid'],
  topologies: ['ring', 'star'],
  stages: stageKinds,
}

export const goodProgram = `// EVOLVE-BLOCK-START
export function solve(): number {
  return 1
}
// EVOLVE-BLOCK-END
`

/** Four required keys; cases append to it. The first free line is 6. */
export const goodHead = `name: demo
program: { file: program.ts, entry: solve }
evaluator: evaluator.ts
objectives:
  - { name: score, direction: maximize }
`

/** A folder with a program and an evaluator in which problem files can be read. Gone after the test file. */
export function problemFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'evolve-config-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const write = (name: string, content: string | Uint8Array): string => {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
    return file
  }
  write('program.ts', goodProgram)
  write('evaluator.ts', 'export default {}\n')
  const read = (yaml: string, env: Environment = {}, overrides: Overrides = {}): LoadedProblem =>
    loadProblem(write('problem.yaml', yaml), { env, known, overrides })
  const reread = (yaml: string, env: Environment = {}): LoadedProblem =>
    loadProblemFromText(yaml, { env, known, file: path.join(folder, 'problem.yaml') })
  return { folder, write, read, reread }
}

/** The user's mistakes that an action ends with, one line each as `line:column key: message`. */
export function mistakesOf(action: () => unknown): readonly string[] {
  return errorsOf(action).map(({ location, message }) => {
    const place =
      location === undefined ? '' : `${location.line ?? '?'}:${location.column ?? '?'} ${location.key ?? ''}: `
    return `${place}${message}`
  })
}

/** The user's mistakes that an action ends with. */
export function errorsOf(action: () => unknown): readonly UserError[] {
  try {
    action()
  } catch (error) {
    if (error instanceof UserError) return [error]
    if (error instanceof UserErrors) return error.errors
    throw error
  }
  throw new Error('the action found no mistake')
}
