import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Evaluating } from '../../src/compose/evaluating.ts'
import type { Problem } from '../../src/config/problem.ts'
import type { CandidateFailure } from '../../src/core/failure.ts'
import { isScript } from '../../src/core/language.ts'
import { systemClock } from '../../src/core/system-clock.ts'
import { runPipeline } from '../../src/pipeline/executor.ts'
import type { Json } from '../../src/core/json.ts'
import type { RunReport } from '../../src/evaluation/backend.ts'
import { answers, writingProgram } from './hostile-answers.ts'
import { exceptions, hostileSource, noise, tricks } from './hostile.ts'
import { problemFromFunction } from './made-from-function.ts'
import { missingFor, openSuiteProblem, problemFiles as suiteFiles, suiteProblem } from './problem-files.ts'
import { noServices } from '../pipeline/pipeline-of.ts'

const fixtures = path.resolve(import.meta.dirname, '../fixtures/adversarial')

const leastRefused = 12

/** Every problem of the repository, and one whose evaluator `evolve init --from` wrote. */
const problemFiles = [...suiteFiles, problemFromFunction()]
afterAll(() => rmSync(path.dirname(path.dirname(problemFiles.at(-1) ?? '')), { recursive: true, force: true }))

type Outcome =
  | { readonly ok: true; readonly value: number; readonly returned: Json | undefined }
  | { readonly ok: false; readonly failure: CandidateFailure; readonly stage: string }

/** Why a problem cannot be evaluated on this machine: a program in another language needs its compiler, interpreter or device. */
const missing = new Map(
  await Promise.all(problemFiles.map(async (file) => [file, await missingFor(suiteProblem(file))] as const)),
)
const usable = problemFiles.filter((file) => missing.get(file) === undefined)

it.skip.each([...missing].filter(([, why]) => why !== undefined))('%s is left out here: %s', () => undefined)

describe.each(
  usable.map((file) => [path.basename(file) === 'problem.yaml' ? 'made-from-function' : file, file] as const),
)('%s', (_, file) => {
  const problem = suiteProblem(file)
  let evaluating: Evaluating
  let honest: number
  let returned: Json | undefined

  beforeAll(async () => {
    evaluating = await openSuiteProblem(problem)
    const first = await firstProgram()
    honest = first.value
    returned = first.returned
  })

  afterAll(() => evaluating.close())

  // The shared tricks are wrappers around a function. A program of another kind brings its own, as files.
  const { language, entry = '' } = problem.program
  const isFunction = entry !== '' && isScript(language) && problem.evaluation.backend === 'isolate'
  const shared = isFunction ? tricks : []
  const written = problem.evaluation.backend === 'process' ? answers : []
  const sign = problem.objectives[0]?.direction === 'minimize' ? -1 : 1
  const isGain = (value: number): boolean => {
    const allowed = noise[problem.name] ?? 1
    return sign > 0 ? value > honest * allowed : value < honest / allowed
  }
  const firstProgram = async () => {
    const first = await inTime(() => evaluate(problem, evaluating, problem.program.source))
    if (!first.ok) throw new Error(`the first program fails: ${first.failure.message}`)
    return first
  }
  const failureText = /^[^\n]{4,}/

  it.each(shared)('gives $outcome for $name', async (trick) => {
    const source = hostileSource(problem.program.source, entry, trick)
    const tried = () => evaluate(problem, evaluating, source)
    let outcome = trick.endings?.includes('timed-out') === true ? await tried() : await inTime(tried)
    const gained = (): boolean => outcome.ok && isGain(outcome.value)
    const expected = exceptions[problem.name]?.[trick.name]?.outcome ?? trick.outcome
    if (!outcome.ok) {
      expect(outcome.failure.message).toMatch(failureText)
      // A trick that breaks down before it tricks anybody shows nothing.
      expect(trick.endings ?? ['invalid-output', 'constraint-violated']).toContain(outcome.failure.kind)
    }
    if (expected === 'refused') expect(outcome).toMatchObject({ ok: false })
    if (expected === 'no gain') {
      // What is measured may seem a gain by chance, or because the program without the trick had bad luck.
      for (let again = 0; again < 3 && gained() && problem.name in noise; again++) {
        honest = sign * Math.max(sign * honest, sign * (await firstProgram()).value)
        outcome = await inTime(tried)
      }
      expect(gained() && outcome).toBe(false)
    }
  })

  it.runIf(isFunction)('scores the first program behind the wrapper of the tricks as without it', async () => {
    const control = { name: 'none', outcome: 'no gain', body: 'return honest()' } as const
    const source = hostileSource(problem.program.source, entry, control)
    const outcome = await inTime(() => evaluate(problem, evaluating, source))
    expect(outcome).toMatchObject({ ok: true })
    if (noise[problem.name] === undefined) expect(outcome).toMatchObject({ ok: true, value: honest })
  })

  it.each(written)('refuses the answer of a process: $name', async (answer) => {
    if (returned === undefined) throw new Error('the first program returns a value')
    const source = writingProgram(language, entry, answer.text(returned))
    if (source === undefined) throw new Error(`hostile-answers.ts cannot write programs in ${language} yet`)
    const outcome = await evaluate(problem, evaluating, source)
    expect(outcome).toMatchObject({
      ok: false,
      failure: { kind: expect.stringMatching(/^(invalid-output|constraint-violated)$/) as string },
    })
  })

  it.runIf(written.length > 0)('takes the honest answer from a program that only writes it', async () => {
    const source = writingProgram(language, entry, `{"value":${JSON.stringify(returned)}}\n`) ?? ''
    expect(await evaluate(problem, evaluating, source)).toMatchObject({ ok: true, value: honest })
  })

  it(`refuses at least ${leastRefused} of the tricks`, () => {
    const kept = shared.filter(
      ({ name, outcome }) => outcome === 'refused' && exceptions[problem.name]?.[name] === undefined,
    )
    expect(kept.length + written.length + programsIn(problem.name, 'invalid').length).toBeGreaterThanOrEqual(
      leastRefused,
    )
  })

  it.each(programsIn(problem.name, 'invalid'))('refuses its own trick %s', async (program) => {
    const outcome = await evaluate(problem, evaluating, readFileSync(program, 'utf8'))
    expect(outcome).toMatchObject({ ok: false, failure: { message: expect.stringMatching(failureText) as string } })
    // A program may say in its first line which kind of failure it must end with.
    const kind = /^(?:\/\/|#) fails: (\S+)$/m.exec(readFileSync(program, 'utf8'))?.[1]
    if (kind !== undefined) expect(outcome).toMatchObject({ failure: { kind } })
  })

  it.each(programsIn(problem.name, 'harmless'))(
    'gives its own trick %s no more than the data is worth',
    async (program) => {
      const source = readFileSync(program, 'utf8')
      const worth = Number(/^\/\/ worth: (\S+)$/m.exec(source)?.[1])
      const outcome = await evaluate(problem, evaluating, source)
      expect(worth).not.toBeNaN()
      if (outcome.ok) expect(sign * outcome.value).toBeLessThanOrEqual(sign * worth + 1e-12 * Math.abs(worth))
      else expect(outcome.failure.message).toMatch(failureText)
    },
  )
})

it('every exception names a problem and a trick that exist, and says why', () => {
  const names = problemFiles.map((file) => suiteProblem(file).name)
  for (const [name, byTrick] of Object.entries(exceptions)) {
    expect(names).toContain(name)
    for (const [trick, { why }] of Object.entries(byTrick)) {
      expect(tricks.map((each) => each.name)).toContain(trick)
      expect(why).toMatch(/.{20}/)
    }
  }
})

function programsIn(problem: string, folder: string): string[] {
  const place = path.join(fixtures, problem, folder)
  return existsSync(place) ? readdirSync(place).map((name) => path.join(place, name)) : []
}

/** The outcome of a program that ends; on a busy machine not always in time at once. */
async function inTime(tried: () => Promise<Outcome>): Promise<Outcome> {
  for (let left = 3; ; left--) {
    const outcome = await tried()
    if (left === 0 || outcome.ok || outcome.failure.kind !== 'timed-out') return outcome
  }
}

/** The whole way of a candidate, through every stage of the problem. */
async function evaluate(problem: Problem, { pipeline }: Evaluating, source: string): Promise<Outcome> {
  const outcome = await runPipeline(
    { ordinal: 1, source },
    {
      pipeline,
      finished: [],
      clock: systemClock,
      signal: new AbortController().signal,
      services: noServices,
      record: () => undefined,
    },
  )
  if (!outcome.ok) return { ok: false, failure: outcome.failure, stage: outcome.stage }
  const { objectives } = outcome.scored
  const value = objectives[problem.objectives[0]?.name ?? '']
  if (value === undefined) throw new Error('a score has the first objective')
  const report = outcome.outputs['run'] as Partial<RunReport> | undefined
  const only = report?.cases?.[0]
  return { ok: true, value, returned: only?.ok === true ? only.value : undefined }
}
