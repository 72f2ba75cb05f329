import { afterAll, describe, expect, it } from 'vitest'
import { joinFiles } from '../../src/core/program-files.ts'
import type { ProgramFile } from '../../src/core/program-files.ts'
import { describeFailure } from '../../src/core/failure.ts'
import { descriptors } from '../../src/builtins.ts'
import { createIsolateBackend } from '../../src/evaluation/isolate/backend.ts'
import { parseSource } from '../../src/evaluation/trusted/parse-source.ts'
import { perturb } from '../../src/variation/perturb.ts'
import type { EvaluatorBackend } from '../../src/evaluation/backend.ts'
import { guards } from '../../src/evaluation/process/guards.ts'
import { runRequest } from '../contracts/backend.ts'
import { nodeBackend } from './process/specs.ts'

const file = (path: string, text: string, whole = true): ProgramFile => ({ path, text, whole })
const pack = file(
  'pack.ts',
  "import { area } from './lib/circle.ts'\nexport function f(r: number) {\n  return area(r) + 1.5\n}\n",
)
const circle = file(
  'lib/circle.ts',
  "import { two } from '../two.js'\n// EVOLVE-BLOCK-START\nexport const area = (r: number): number => 3 * r ** two\n// EVOLVE-BLOCK-END\n",
  false,
)
const two = file('two.js', 'export const two = 2\n', false)

const parse = (...files: ProgramFile[]) =>
  parseSource(joinFiles(files), { language: 'typescript', entry: 'f' }, descriptors)
const failure = (...files: ProgramFile[]): string => {
  const outcome = parse(...files)
  if (outcome.ok) throw new Error('it parsed')
  return describeFailure(outcome.failure)
}

const backend = createIsolateBackend({ hosts: 1 })
afterAll(() => backend.close())

const processes = nodeBackend()
afterAll(() => processes.close())

async function run(...files: ProgramFile[]) {
  return runOn(backend, ...files)
}

async function runOn(backend: EvaluatorBackend, ...files: ProgramFile[]) {
  const outcome = parse(...files)
  if (!outcome.ok) throw new Error(describeFailure(outcome.failure))
  const { code, graph } = outcome.parsed
  const request = runRequest(code, { cases: [{ id: 'only', args: [2] }], ...(graph && { graph }) })
  return (await backend.run(request, new AbortController().signal)).cases[0]!
}

describe('a candidate of several files', () => {
  it('is linked and run, whatever imports what', async () => {
    expect(await run(pack, circle, two)).toMatchObject({ ok: true, value: 13.5 })
    const cycle = file(
      'lib/circle.ts',
      "import { f } from '../pack'\nexport const area = (r) => (r > 3 ? 100 : f(r + 1))\n",
    )
    expect(await run(pack, cycle)).toMatchObject({ ok: true, value: 104.5 })
  })

  it('runs in processes too, with the same words for what goes wrong', async () => {
    expect(await runOn(processes, pack, circle, two)).toMatchObject({ ok: true, value: 13.5 })
    const bare = file('lib/circle.ts', "import { two } from '../two'\nexport const area = (r) => 3 * r ** two\n")
    expect(await runOn(processes, pack, bare, file('two.ts', two.text))).toMatchObject({ ok: true, value: 13.5 })
    const thrower = file('lib/circle.ts', '\nexport const area = () => {\n  return null.x\n}\n')
    const thrown = await runOn(processes, pack, thrower)
    expect(!thrown.ok && describeFailure(thrown.failure)).toMatch(/^threw at lib\/circle\.ts:3: TypeError: .*'x'/)
    const nested = file('src/f.ts', "import { two } from '../two.js'\nexport const f = (r: number) => two * r\n")
    expect(await runOn(processes, nested, two)).toMatchObject({ ok: true, value: 4 })
  })

  it('cannot change its own files in a process', async () => {
    const writer = file(
      'lib/circle.ts',
      "export const area = async () => { const fs = await import('node:fs'); fs.writeFileSync(new URL('../pack.ts', import.meta.url), '') }\n",
    )
    const tried = await runOn(
      processes,
      file('pack.ts', "import { area } from './lib/circle.ts'\nexport const f = () => area()\n"),
      writer,
    )
    // Where nothing confines it the superuser may write to any file; its case folder is gone afterwards all the same.
    const { confinement } = await guards('auto')
    if (confinement === 'bubblewrap') expect(tried).toMatchObject({ ok: false, failure: { kind: 'threw' } })
    expect(await runOn(processes, pack, circle, two)).toMatchObject({ ok: true, value: 13.5 })
  })

  it('shows a build its files by their paths, and a failed one names file and line', async () => {
    const build = {
      command: ['sh', '-c', 'cat "$(dirname "$1")/two.js"; echo "$1:3:1: error: bad" >&2; exit 1', 'sh', '{program}'],
    }
    const building = nodeBackend({ build: { ...build, timeMs: 5000, memoryBytes: 1e9 } })
    const failed = await runOn(building, pack, circle, two)
    await building.close()
    expect(!failed.ok && failed.failure).toMatchObject({ kind: 'syntax', file: 'pack.ts', line: 3 })
    expect(!failed.ok && failed.failure.message).toContain('export const two = 2')
  })

  it('is timed beside a reference of several files', async () => {
    const timed = (...files: ProgramFile[]) => {
      const outcome = parse(...files)
      if (!outcome.ok) throw new Error(describeFailure(outcome.failure))
      return outcome.parsed
    }
    const { code, graph } = timed(pack, circle, two)
    const reference = timed(pack, circle, two)
    const report = await backend.time(
      {
        ...{ code, graph: graph ?? [], reference: reference.code, referenceGraph: reference.graph ?? [], entry: 'f' },
        ...{
          rounds: 2,
          starts: 1,
          inputs: (round) => Promise.resolve([{ id: 'only', calls: `[[${String(round)}]]` }]),
        },
        ...{ limits: runRequest('').limits, seed: 's', tolerance: 0 },
      },
      new AbortController().signal,
    )
    expect(report).toMatchObject({ ok: true, pairs: [{ round: 1 }, { round: 2 }] })
  })

  it('measures the genome of all its files', () => {
    const outcome = parse(pack, circle, two)
    const genome = `${pack.text.trimEnd()}\nexport const area = (r: number): number => 3 * r ** two`
    expect(outcome).toMatchObject({ ok: true, parsed: { descriptors: { 'source-length': genome.length } } })
  })

  it('names file and line when it fails', async () => {
    const thrower = file('lib/circle.ts', '\nexport const area = () => {\n  return null.x\n}\n')
    const thrown = await run(pack, thrower)
    expect(!thrown.ok && describeFailure(thrown.failure)).toMatch(/^threw at lib\/circle\.ts:3: TypeError: .*'x'/)
    expect(thrown).toMatchObject({ failure: { stack: expect.stringContaining('candidate:pack.ts:3') as string } })

    expect(failure(pack, file('lib/circle.ts', '\nexport const area = (\n'))).toMatch(/^syntax at lib\/circle\.ts:3: /)
    expect(failure(pack, file('lib/circle.ts', 'export enum area { a }\n'))).toMatch(/^syntax at lib\/circle\.ts:1: .*types are erased/) // prettier-ignore
    expect(failure(pack, two)).toBe(
      "syntax at pack.ts:1: imports './lib/circle.ts', which is none of the program's files pack.ts, two.js",
    )
    expect(failure(two, file('pack.ts', 'export const f = 1\n'))).toBe(
      'syntax at two.js: the program must export a function named f; it exports two',
    )
    expect(failure(pack, file('lib/circle.ts', 'export interface area { r: number }\n'))).toBe(
      "syntax at pack.ts:1: imports area from './lib/circle.ts', which exports no such value; a type needs `import type`",
    )
  })

  it('can import no file that it does not have', async () => {
    expect(await run(file('a.ts', "import fs from 'node:fs'\nexport const f = () => fs\n"), two)).toMatchObject({
      failure: { kind: 'syntax', message: "imports 'node:fs', but a candidate can import nothing" },
    })
  })

  it('is perturbed within what may change of each file', () => {
    const fixed = file('fixed.ts', 'export const fixed = 4.5\n', false)
    const source = joinFiles([pack, circle, two, fixed])
    const varied = Array.from({ length: 60 }, (_, index) =>
      perturb.vary({ parent: { source, traits: {} }, inspirations: [], seed: `seed ${String(index)}` }),
    ).flatMap((variation) => (variation.ok ? [variation] : []))
    const children = varied.map((variation) => variation.source)
    for (const { change, source: child } of varied) {
      const changed = [pack, circle].filter(({ text }) => !child.includes(text)).map(({ path }) => path)
      expect(changed.length).toBeGreaterThan(0)
      for (const path of changed) expect(change.summary).toContain(`${path} `)
      const [only = '', other] = changed
      if (other === undefined) expect(change).toMatchObject({ detail: { file: only } })
    }
    expect(children.length).toBeGreaterThan(40)
    const [head = '', tail = ''] = source.split('// EVOLVE-BLOCK-END\n// EVOLVE-FILE two.js')
    expect(head).not.toBe('')
    for (const child of children) {
      expect(child.endsWith(`// EVOLVE-BLOCK-END\n// EVOLVE-FILE two.js${tail}`)).toBe(true)
      expect(parseSource(child, { language: 'typescript', entry: 'f' }, [])).toMatchObject({ ok: true })
    }
    const changed = (part: string) => children.filter((child) => !child.includes(part)).length
    expect(changed(pack.text)).toBeGreaterThan(5)
    expect(changed(circle.text)).toBeGreaterThan(5)
  })
})
