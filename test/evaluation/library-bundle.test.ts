import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError, UserErrors } from '../../src/core/errors.ts'
import { bundleLibraries } from '../../src/evaluation/library-bundle.ts'
import type { LibraryBundle } from '../../src/evaluation/library-bundle.ts'
import { refuseUnloadable } from '../../src/evaluation/library-trial.ts'
import { createIsolateBackend } from '../../src/evaluation/isolate/backend.ts'
import { runRequest } from '../contracts/backend.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'evolve-library-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function install(name: string, files: Readonly<Record<string, string>>, version = '1.0.0'): Promise<void> {
  const home = path.join(folder, 'node_modules', name)
  const manifest = JSON.stringify({ name, version, type: 'module', exports: './index.js' })
  for (const [file, text] of Object.entries({ 'package.json': manifest, ...files })) {
    await mkdir(path.dirname(path.join(home, file)), { recursive: true })
    await writeFile(path.join(home, file), text)
  }
}

const problem = () => path.join(folder, 'problem.yaml')
const bundle = (...imports: string[]) => bundleLibraries(imports, problem())

async function refusal(promise: Promise<unknown>): Promise<readonly UserError[]> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown)
  if (error instanceof UserErrors) return error.errors
  expect(error).toBeInstanceOf(UserError)
  return [error as UserError]
}

describe('a library for candidates', () => {
  it('is one module that imports nothing, pinned to version and files', async () => {
    await install('one', { 'index.js': "export { two } from './deep/two.js'\nexport default 1", 'deep/two.js': 'export const two = 2' }) // prettier-ignore
    const [first] = await bundle('one')
    expect(first).toMatchObject({ name: 'one', version: '1.0.0', exports: ['default', 'two'] })
    expect(first?.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(first?.code).not.toMatch(/\bimport\b/)
    expect((await bundle('one@1.0.0'))[0]?.hash).toBe(first?.hash)
    await install('one', { 'deep/two.js': 'export const two = 3' })
    expect((await bundle('one'))[0]?.hash).not.toBe(first?.hash)
  })

  it('is found where evolve is installed when the problem has none', async () => {
    expect(await bundle('yalps')).toMatchObject([{ name: 'yalps', exports: expect.arrayContaining(['solve']) as string[] }]) // prettier-ignore
  })

  it('is refused in one line that says why and where', async () => {
    await install('needy', { 'index.js': "import { readFileSync } from 'node:fs'\nexport const read = readFileSync" })
    await install('broken', { 'index.js': 'export const = 1' })
    await install('old', { 'index.js': 'export const a = 1' })
    const errors = await refusal(bundle('needy', 'nowhere', 'fs', 'broken', 'old@2.0.0'))
    expect(errors.map(({ location }) => location)).toEqual(
      [0, 1, 2, 3, 4].map((index) => ({ file: problem(), key: `program.imports[${String(index)}]` })),
    )
    expect(errors.map(({ message }) => message)).toEqual([
      "the library needy needs Node's node:fs (imported by node_modules/needy/index.js): candidates have no Node API, so choose a library in plain JavaScript",
      'the library nowhere is not installed: npm install nowhere beside the problem',
      'fs is a module of Node, and candidates have no Node API: take it off the list',
      'the library broken cannot be bundled: Expected identifier but found "=" (node_modules/broken/index.js:1)',
      'the library old is installed in version 1.0.0, not 2.0.0: npm install old@2.0.0, or name the version that is there',
    ])
  })
})

describe('a candidate with libraries', () => {
  const open: { close: () => Promise<void> }[] = []
  afterAll(() => Promise.all(open.map((backend) => backend.close())))
  const backendWith = (libraries: readonly LibraryBundle[]) => {
    const backend = createIsolateBackend({ hosts: 1, libraries })
    open.push(backend)
    return backend
  }
  const never = new AbortController().signal

  it('solves a linear programme with yalps, integers and all, with time standing still', async () => {
    const backend = backendWith(await bundle('yalps'))
    const code = `import { solve, lessEq } from 'yalps'
      export const f = (integers) => {
        const model = { objective: 'profit', constraints: { wood: lessEq(300), labor: lessEq(115) },
          variables: { table: { wood: 30, labor: 5, profit: 1200 }, dresser: { wood: 20, labor: 10, profit: 1600 } }, integers }
        return [solve(model).result, typeof Date]
      }`
    const cases = [false, true].map((integers) => ({ id: String(integers), args: [integers] }))
    expect((await backend.run(runRequest(code, { cases }), never)).cases).toMatchObject([
      { ok: true, value: [19800, 'undefined'] },
      { ok: true, value: [19600, 'undefined'] },
    ])
  })

  it('gets a fresh library in every case and can import nothing else', async () => {
    await install('state', { 'index.js': 'export const list = []' })
    const backend = backendWith(await bundle('state'))
    const cases = ['a', 'b'].map((id) => ({ id, args: [] }))
    const code = "import { list } from 'state'\nexport const f = () => list.push(1)"
    expect((await backend.run(runRequest(code, { cases }), never)).cases).toMatchObject([{ value: 1 }, { value: 1 }])
    expect((await backend.run(runRequest("import 'node:fs'; export const f = () => 1"), never)).cases).toMatchObject([
      { failure: { kind: 'syntax', message: "imports 'node:fs', but a candidate can import only 'state'" } },
    ])
  })

  it('does not start with one that cannot be loaded where candidates run', async () => {
    await install('global', { 'index.js': 'export const home = process.env.HOME' })
    const libraries = await bundle('global')
    const limits = { timeMs: 1000, memoryBytes: 128e6, outputBytes: 1000, consoleBytes: 1000 }
    const [error] = await refusal(refuseUnloadable(backendWith(libraries), libraries, { file: problem(), limits }))
    expect(error?.message).toBe(
      'the library global cannot be loaded by a candidate, threw: ReferenceError: process is not defined: choose one that needs neither Node nor a clock',
    )
    expect(error?.location?.key).toBe('program.imports[0]')
  })
})
