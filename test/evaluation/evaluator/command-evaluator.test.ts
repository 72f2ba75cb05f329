import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { afterAll, describe, expect, it } from 'vitest'
import type { CaseResult } from '../../../src/core/evaluation.ts'
import { createTrustedPool } from '../../../src/evaluation/trusted/pool.ts'
import { evaluatorBundle } from '../../../src/evaluation/evaluator/scorer-bundle.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'evolve-scorer-'))
afterAll(() => rmSync(folder, { recursive: true }))

const script = `
const { createInterface } = require('node:readline')
const { appendFileSync } = require('node:fs')
appendFileSync('starts', 'x')
const say = (answer) => console.log(JSON.stringify(answer))
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, cases, score } = JSON.parse(line)
  if (cases) return say({ id, cases: [{ id: 'one', args: [cases.seed, cases.split, ...(cases.instance ? [cases.instance] : [])] }] })
  const [only] = score.cases
  if (!only.ok) return say({ id, failure: only.failure })
  switch (only.value) {
    case 'die': console.error('no memory left'); return process.exit(3)
    case 'hang': return
    case 'chat': return console.log('scoring now')
    case 'error': return say({ id, error: 'the table is missing' })
    case 'invalid': return say({ id, invalid: 'circles overlap' })
    case 'nan': return say({ id, objectives: { total: null } })
    default: return say({ id, objectives: { total: only.value * 2 }, feedback: only.args[1] + ' ' + score.source + (score.instance ? ' on ' + score.instance : '') })
  }
})
`

async function scorer(name: string) {
  const file = path.join(folder, `${name}.cjs`)
  writeFileSync(file, script)
  const problem = {
    file: path.join(folder, 'problem.yaml'),
    evaluator: file,
    scorer: { command: [process.execPath, `${name}.cjs`], timeMs: 1500 },
  }
  const bundle = await evaluatorBundle(problem, path.join(folder, 'out'))
  const form = { language: 'javascript', entry: 'f' }
  const pool = createTrustedPool({
    ...{ evaluatorFile: bundle.file, evaluatorPath: file, form, objectives: ['total'], threads: 1 },
  })
  return { bundle, pool, problem }
}

const returned = (value: string | number): readonly CaseResult[] => [{ id: 'one', ok: true, value, ms: 1 }]

describe('a command that scores', () => {
  it('draws cases, scores and says what is invalid, in one process that stays', async () => {
    const { pool } = await scorer('good')
    const cases = await pool.cases('seed', 'search')
    expect(cases).toEqual([{ id: 'one', args: [expect.any(Number), 'search'] }])
    for (const value of [1, 2, 3]) {
      expect(await pool.score(returned(value), 'text')).toMatchObject({
        ok: true,
        scored: { objectives: { total: value * 2 }, feedback: 'search text' },
      })
    }
    // One for each drawing of the cases, and one that has scored all.
    expect(readFileSync(path.join(folder, 'starts'), 'utf8').length).toBeLessThanOrEqual(3)
    const about = pool.about('large')
    expect(await about.cases('seed', 'search')).toEqual([{ id: 'one', args: [expect.any(Number), 'search', 'large'] }])
    expect(await about.score(returned(1), 'text')).toMatchObject({ scored: { feedback: 'search text on large' } })
    expect(await pool.score(returned(1), 'text')).toMatchObject({ scored: { feedback: 'search text' } })
    expect(await pool.score(returned('invalid'), '')).toEqual({
      ok: false,
      failure: { kind: 'constraint-violated', message: 'circles overlap' },
    })
    const failure = { kind: 'threw', message: 'no' } as const
    expect(await pool.score([{ id: 'one', ok: false, failure, ms: 1 }], '')).toEqual({ ok: false, failure })
    await pool.close()
  })

  it('is started again when it dies, and its fault is told with its last words', async () => {
    const { pool } = await scorer('mortal')
    await pool.cases('seed', 'search')
    await expect(pool.score(returned('die'), '')).rejects.toThrow(/the scorer ended with code 3: no memory left/)
    expect(await pool.score(returned(4), '')).toMatchObject({ ok: true, scored: { objectives: { total: 8 } } })
    await expect(pool.score(returned('hang'), '')).rejects.toThrow(/took longer than 1500 ms and was ended/)
    expect(await pool.score(returned(5), '')).toMatchObject({ ok: true, scored: { objectives: { total: 10 } } })
    await pool.close()
  })

  it.each([
    ['chat', /must write one line of JSON for each it reads, but wrote "scoring now"/],
    ['error', /the table is missing/],
    ['nan', /objectives\.total must be a finite number/],
  ])('is at fault when it answers with %s', async (value, message) => {
    const { pool } = await scorer('faulty')
    await pool.cases('seed', 'search')
    await expect(pool.score(returned(value), '')).rejects.toThrow(message)
    await pool.close()
  })

  it('changes its hash with the text of its files', async () => {
    const { bundle, problem } = await scorer('hashed')
    writeFileSync(path.join(folder, 'hashed.cjs'), `${script}\n// changed`)
    expect((await evaluatorBundle(problem, path.join(folder, 'out'))).hash).not.toBe(bundle.hash)
  })
})
