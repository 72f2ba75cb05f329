import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EvaluatorFault, InfrastructureError, InvariantError, UserError } from '../../../src/core/errors.ts'
import type { CaseResult } from '../../../src/core/evaluation.ts'
import type { Json } from '../../../src/core/json.ts'
import { bundleEvaluator } from '../../../src/evaluation/evaluator/bundle.ts'
import type { TrustedPool } from '../../../src/evaluation/trusted-pool.ts'
import type { TrustedPoolOptions } from '../../../src/evaluation/trusted/pool.ts'
import { createTrustedPool } from '../../../src/evaluation/trusted/pool.ts'

let folder: string
let opened: TrustedPool[]

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'evolve-pool-'))
  opened = []
})

afterEach(async () => {
  await Promise.all(opened.map((pool) => pool.close()))
  await rm(folder, { recursive: true })
})

/** A pool whose evaluator has these members; the answer of `score` is the sum of the two numbers. */
async function poolOf(members: string, options: Partial<TrustedPoolOptions> = {}): Promise<TrustedPool> {
  const evaluatorPath = path.join(folder, 'evaluator.ts')
  await writeFile(
    evaluatorPath,
    `import { defineEvaluator, invalid, z } from 'evolve-agent'
let calls = 0
export default defineEvaluator({
  output: z.array(z.number()).length(2),
  cases: ({ rng, split }) => [{ id: 'one', args: [split, rng.next()] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const [a = 0, b = 0] = only.value
    return { objectives: { total: a + b }, artifacts: { args: only.args } }
  },
  ${members}
})
`,
  )
  const { file } = await bundleEvaluator(evaluatorPath, path.join(folder, 'out'))
  const pool = createTrustedPool({
    evaluatorFile: file,
    evaluatorPath,
    form: { language: 'typescript', entry: 'solve' },
    objectives: ['total'],
    threads: 1,
    ...options,
  })
  opened.push(pool)
  return pool
}

const returned = (value: unknown): readonly CaseResult[] => [{ id: 'one', ok: true, value: value as Json, ms: 1 }]

const source = `// EVOLVE-BLOCK-START
export function solve(n: number): number {
  return n * 0.5
}
// EVOLVE-BLOCK-END
`

describe('a trusted pool', () => {
  it('parses, varies, draws cases and scores', async () => {
    const pool = await poolOf('')
    expect(await pool.parse(source)).toMatchObject({
      ok: true,
      parsed: { descriptors: { 'source-length': 61 } },
    })
    const request = { parent: { source, traits: {} }, inspirations: [], seed: 'a' }
    const child = await pool.vary('perturb', request)
    expect(child.ok && child.source).not.toBe(source)
    expect(await pool.vary('perturb', request)).toEqual(child)
    const [only] = await pool.cases('seed', 'search')
    expect(await pool.score(returned([1, 2]), source)).toMatchObject({
      ok: true,
      scored: { objectives: { total: 3 }, artifacts: { args: only?.args } },
    })
  })

  it("answers a candidate's fault as data", async () => {
    const pool = await poolOf('')
    await pool.cases('seed', 'search')
    expect(await pool.parse('export const other = 1')).toMatchObject({
      ok: false,
      failure: { kind: 'syntax' },
    })
    expect(await pool.score(returned([1, Number.NaN]), source)).toEqual({
      ok: false,
      failure: { kind: 'invalid-output', message: 'output[1]: NaN is not a finite number' },
    })
  })

  it('gives every thread the arguments of the cases that were drawn last', async () => {
    const pool = await poolOf('', { threads: 2 })
    await pool.cases('seed', 'search')
    const cases = await pool.cases('seed', 'holdout')
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => pool.score(returned([1, 2]), source)))
    for (const outcome of outcomes) {
      expect(outcome.ok && outcome.scored.artifacts['args']).toEqual(cases[0]?.args)
    }
  })

  it('keeps what an evaluator does to a value from the next call', async () => {
    const pool = await poolOf(`score({ cases: [only] }) {
      if (!only.ok) return only.failure
      const total = only.value[0]!
      only.value[0] = 100
      ;(only.args as unknown[])[0] = 'spoilt'
      return { objectives: { total } }
    }`)
    await pool.cases('seed', 'search')
    const results = returned([1, 2])
    for (let round = 0; round < 3; round++) {
      expect(await pool.score(results, source)).toMatchObject({ ok: true, scored: { objectives: { total: 1 } } })
    }
    expect(results).toEqual(returned([1, 2]))
  })

  it('shows evaluators no variable that could be a secret', async () => {
    process.env['EVOLVE_TEST_API_KEY'] = 'secret'
    try {
      const pool = await poolOf("cases: () => [{ id: 'one', args: [Object.keys(process.env)] }]")
      const [only] = await pool.cases('seed', 'search')
      expect(only?.args[0]).toContain('PATH')
      expect(only?.args[0]).not.toContain('EVOLVE_TEST_API_KEY')
    } finally {
      delete process.env['EVOLVE_TEST_API_KEY']
    }
  })
})

describe('a mistake of the evaluator', () => {
  const mistakeOf = async (work: Promise<unknown>): Promise<UserError> => {
    const error: unknown = await work.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UserError)
    return error as UserError
  }

  it('is named by the file and line that its author wrote', async () => {
    const pool = await poolOf(
      'score() {\n    const none: number[] | undefined = undefined\n    return none!.length as never\n  }',
    )
    await pool.cases('seed', 'search')
    const error = await mistakeOf(pool.score(returned([1, 2]), source))
    expect(error.message).toBe(
      "the evaluator threw TypeError: Cannot read properties of undefined (reading 'length') (evaluator.ts:13)",
    )
    expect(error.location).toMatchObject({ file: path.join(folder, 'evaluator.ts'), line: 13 })
  })

  it('is told when it throws while it loads', async () => {
    const pool = await poolOf("...(() => { throw new Error('no data file') })()")
    const error = await mistakeOf(pool.cases('seed', 'search'))
    expect(error.message).toBe('the evaluator threw no data file (evaluator.ts:11)')
  })

  it('is told when the default export is something else', async () => {
    const evaluatorPath = path.join(folder, 'evaluator.ts')
    await writeFile(evaluatorPath, 'export default { cases: () => [] }')
    const { file } = await bundleEvaluator(evaluatorPath, folder)
    const pool = createTrustedPool({
      evaluatorFile: file,
      evaluatorPath,
      form: { language: 'typescript', entry: 'f' },
      objectives: [],
      threads: 1,
    })
    opened.push(pool)
    const error = await mistakeOf(pool.cases('seed', 'search'))
    expect(error.message).toMatch(/^the default export is not an evaluator: write .* \(evaluator\.ts\)$/)
  })

  it('is told when the same seed gives other cases', async () => {
    const pool = await poolOf("cases: () => [{ id: 'one', args: [++calls] }]")
    await pool.cases('seed', 'search')
    const error = await mistakeOf(pool.score(returned([1, 2]), source))
    expect(error.message).toContain('gave other cases for the same seed')
  })

  it('does not break the pool', async () => {
    const pool = await poolOf(
      "score: () => { if (calls++ === 0) throw new Error('once'); return { objectives: { total: calls } } }",
    )
    await pool.cases('seed', 'search')
    await mistakeOf(pool.score(returned([1, 2]), source))
    expect(await pool.score(returned([1, 2]), source)).toMatchObject({ ok: true })
  })
})

describe('a thread', () => {
  it('that misses its deadline is ended and replaced, and nobody else waits for it', async () => {
    const pool = await poolOf(
      'score({ cases: [only] }) { while (only.ok && only.value[0] === 0); return invalid("ended") }',
      {
        threads: 2,
        deadlines: { score: 3000 },
      },
    )
    await pool.cases('seed', 'search')
    const stuck = pool.score(returned([0, 0]), source)
    const others = Promise.all([1, 2, 3].map((first) => pool.score(returned([first, 0]), source)))
    await expect(stuck).rejects.toThrow(
      /^the evaluator: score took longer than 3000 ms in a trusted thread, which was ended and replaced$/,
    )
    await expect(stuck).rejects.toThrow(EvaluatorFault)
    expect(await others).toHaveLength(3)
    expect(await Promise.all([1, 2, 3, 4].map((first) => pool.score(returned([first, 0]), source)))).toHaveLength(4)
  })

  it('that ends itself does not end the controller', async () => {
    const pool = await poolOf(
      'score({ cases: [only] }) { if (only.ok && only.value[0] === 0) process.exit(3); return invalid("ended") }',
    )
    await pool.cases('seed', 'search')
    await expect(pool.score(returned([0, 0]), source)).rejects.toThrow(InfrastructureError)
    expect(await pool.score(returned([1, 0]), source)).toMatchObject({ ok: false })
  })
})

describe('misuse of a pool', () => {
  it('is refused: an unknown operator', async () => {
    const request = { parent: { source, traits: {} }, inspirations: [], seed: 'a' }
    await expect((await poolOf('')).vary('diff', request)).rejects.toThrow(InvariantError)
  })

  it('is refused: a score before any cases', async () => {
    await expect((await poolOf('')).score(returned([1, 2]), source)).rejects.toThrow(
      'cases are drawn before they are scored',
    )
  })

  it('is refused: work after close, what waits included', async () => {
    const pool = await poolOf('score() { while (true); }')
    await pool.cases('seed', 'search')
    const works = [pool.score(returned([1, 2]), source), pool.parse(source)].map((work) =>
      work.catch((error: unknown) => error),
    )
    await pool.close()
    for (const error of await Promise.all(works)) expect(error).toBeInstanceOf(InfrastructureError)
    await expect(pool.parse(source)).rejects.toThrow('the trusted threads were closed')
  })
})
