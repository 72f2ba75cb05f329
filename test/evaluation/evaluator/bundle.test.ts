import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError, UserErrors } from '../../../src/core/errors.ts'
import { bundleEvaluator } from '../../../src/evaluation/evaluator/bundle.ts'
import type { Evaluator } from '../../../src/evaluation/evaluator/define.ts'
import { isEvaluator } from '../../../src/evaluation/evaluator/define.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'evolve-bundle-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

async function write(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, 'user', name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  return path.join(folder, 'user', 'evaluator.ts')
}

const out = (): string => path.join(folder, 'out')

async function mistake(file: string): Promise<UserError> {
  const error: unknown = await bundleEvaluator(file, out()).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UserError)
  return error as UserError
}

const minimal = `
import { defineEvaluator, z } from 'evolve-agent'
import { z as own } from 'zod'
import { size } from './size.ts'
export default defineEvaluator({
  output: z.array(own.number()).length(size),
  cases: (): { id: string; args: number[] }[] => [{ id: 'only', args: [size] }],
  score: () => ({ objectives: { total: 1 } }),
})
`

async function load(file: string): Promise<Evaluator> {
  const module = (await import(pathToFileURL(file).href)) as { readonly default: Evaluator }
  return module.default
}

describe('a bundled evaluator', () => {
  it('works in a folder without any node_modules', async () => {
    const file = await write({ 'evaluator.ts': minimal, 'size.ts': 'export const size: number = 3\n' })
    const bundle = await bundleEvaluator(file, out())
    const evaluator = await load(bundle.file)
    expect(isEvaluator(evaluator)).toBe(true)
    expect(evaluator.output.safeParse([1, 2, 3]).success).toBe(true)
    expect(evaluator.output.safeParse([1, 2]).success).toBe(false)
    expect(bundle.inputs).toEqual([file, path.join(folder, 'user', 'size.ts')])
    expect(await readdir(out())).toEqual([path.basename(bundle.file)])
  })

  it('brings npm packages along, CommonJS ones that ask for node modules too', async () => {
    const file = await write({
      'evaluator.ts': minimal.replace('./size.ts', 'sizes'),
      'node_modules/sizes/package.json': '{ "name": "sizes", "main": "main.js" }',
      'node_modules/sizes/main.js': "const path = require('path')\nexports.size = path.join('a', 'b').length\n",
    })
    const bundle = await bundleEvaluator(file, out())
    await rm(path.join(folder, 'user', 'node_modules'), { recursive: true })
    expect((await load(bundle.file)).cases({} as never)[0]?.args).toEqual([3])
  })

  it('finds data beside its original file', async () => {
    const file = await write({
      'evaluator.ts': minimal,
      'size.ts': `import { readFileSync } from 'node:fs'
import path from 'node:path'
export const size: number =
  Number(readFileSync(new URL('./size.txt', import.meta.url))) +
  Number(readFileSync(path.join(import.meta.dirname, 'size.txt')))`,
      'size.txt': '4',
    })
    expect((await load((await bundleEvaluator(file, out())).file)).cases({} as never)[0]?.args).toEqual([8])
  })
})

describe('the hash of an evaluator', () => {
  const files = { 'evaluator.ts': minimal, 'size.ts': 'export const size = 3\n' }
  const hashOf = async (file: string): Promise<string> => (await bundleEvaluator(file, out())).hash

  it('stays when the folder moves', async () => {
    const file = await write(files)
    const before = await hashOf(file)
    const elsewhere = path.join(folder, 'some', 'other', 'place')
    await cp(path.dirname(file), elsewhere, { recursive: true })
    expect(await hashOf(path.join(elsewhere, 'evaluator.ts'))).toBe(before)
    expect(before).toMatch(/^[0-9a-f]{64}$/)
  })

  it('changes with every file that is imported, and with no other', async () => {
    const file = await write({ ...files, 'unused.ts': 'export {}' })
    const before = await hashOf(file)
    await write({ 'unused.ts': 'export const changed = 1' })
    expect(await hashOf(file)).toBe(before)
    await write({ 'size.ts': 'export const size = 4\n' })
    expect(await hashOf(file)).not.toBe(before)
  })

  it('changes when two files swap their texts', async () => {
    const both = `${minimal}\nimport { other } from './other.ts'\nexport { other }\n`
    const [one, two] = ['export const size = 1, other = 2\n', 'export const size = 3, other = 4\n']
    const before = await hashOf(await write({ 'evaluator.ts': both, 'size.ts': one, 'other.ts': two }))
    expect(await hashOf(await write({ 'size.ts': two, 'other.ts': one }))).not.toBe(before)
  })
})

describe('a mistake in an evaluator', () => {
  it('is named when the file is missing', async () => {
    const file = path.join(folder, 'nowhere.ts')
    const error = await mistake(file)
    expect(error.message).toBe('the evaluator file does not exist: create it or correct `evaluator:` in the problem')
    expect(error.location?.file).toBe(file)
  })

  it('is named with file and line when the text does not parse', async () => {
    const file = await write({ 'evaluator.ts': minimal, 'size.ts': 'export const size = 3\nexport const = 4\n' })
    const error = await mistake(file)
    expect(error.location).toMatchObject({ file: path.join(folder, 'user', 'size.ts'), line: 2 })
    expect(error.message).toMatch(/^Expected identifier but found "=": correct the evaluator$/)
  })

  it('is named with file and line when an import leads nowhere', async () => {
    const error = await mistake(await write({ 'evaluator.ts': minimal }))
    expect(error.location).toMatchObject({ file: path.join(folder, 'user', 'evaluator.ts'), line: 4 })
    expect(error.message).toBe(
      'Could not resolve "./size.ts": correct the import, or install the package beside the evaluator',
    )
  })

  it('is told together with all others', async () => {
    const file = await write({ 'evaluator.ts': minimal.replace("'zod'", "'zodiac'") })
    const error: unknown = await bundleEvaluator(file, out()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UserErrors)
    expect((error as UserErrors).errors).toHaveLength(2)
  })

  it('is named when nothing is exported as default', async () => {
    const error = await mistake(await write({ 'evaluator.ts': 'export const evaluator = 1' }))
    expect(error.message).toContain('export default defineEvaluator')
  })

  it('leaves no half bundle behind', async () => {
    const file = await write({ 'evaluator.ts': 'export const evaluator = 1' })
    await mistake(file)
    await expect(readFile(out())).rejects.toThrow('ENOENT')
  })
})
