import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modelFromEnvironment } from '../../src/config/environment-model.ts'
import { stageKinds } from '../../src/builtins.ts'
import { loadProblem, loadProblemFromText } from '../../src/config/load.ts'

describe('the model that the environment offers', () => {
  test('is none without a key, and an empty key is no key', () => {
    expect(modelFromEnvironment({})).toBeUndefined()
    expect(modelFromEnvironment({ OPENAI_API_KEY: '', OPENAI_BASE_URL: 'http://localhost/v1' })).toBeUndefined()
  })

  test("is Anthropic's before OpenAI's", () => {
    const both = modelFromEnvironment({ ANTHROPIC_API_KEY: 'a', OPENAI_API_KEY: 'b' })
    expect(both).toMatchObject({ variable: 'ANTHROPIC_API_KEY', entry: { provider: 'anthropic' } })
  })

  test('can be named and addressed by the environment, and never holds the key itself', () => {
    const offered = modelFromEnvironment({
      OPENAI_API_KEY: 'secret',
      OPENAI_MODEL: 'qwen3-coder',
      OPENAI_BASE_URL: 'http://localhost:8000/v1',
    })
    expect(offered?.entry).toEqual({
      provider: 'openai',
      model: 'qwen3-coder',
      api_key: '${OPENAI_API_KEY}',
      base_url: '${OPENAI_BASE_URL}',
    })
    expect(JSON.stringify(offered)).not.toContain('secret')
  })
})

describe('an offered model in a problem', () => {
  let folder = ''
  const known = { operators: ['diff', 'perturb'], samplers: ['rank'], topologies: ['ring'], stages: stageKinds }
  const env = { OPENAI_API_KEY: 'secret' }
  const entry = { provider: 'openai', model: 'm', api_key: '${OPENAI_API_KEY}' }
  const offer = { entry, cap: { usd: 1 } }
  const yaml =
    'name: n\nprogram: { file: p.ts, entry: f }\nevaluator: e.ts\nobjectives: [{ name: v, direction: maximize }]\n'

  function load(text: string, overrides: object) {
    const file = path.join(folder, 'n.yaml')
    writeFileSync(file, text)
    return loadProblem(file, { env, known, overrides })
  }

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'evolve-offer-'))
    writeFileSync(path.join(folder, 'p.ts'), '// EVOLVE-BLOCK-START\nexport const f = () => 1\n// EVOLVE-BLOCK-END\n')
    writeFileSync(path.join(folder, 'e.ts'), '')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('is taken with its cap where nothing is said about models and money', () => {
    const { problem, effective, offerTaken } = load(yaml, { offer })
    expect(offerTaken).toBe(true)
    expect(problem.llm.models.map(({ model, apiKey }) => [model, apiKey])).toEqual([['m', 'secret']])
    expect(problem.budget.usd).toBe(1)
    expect(effective).not.toContain('secret')
    // A resumed run reads the same model from its stored config, without any offer.
    const again = loadProblemFromText(effective, { env, known, file: problem.file })
    expect(again.problem).toEqual(problem)
  })

  test('is left alone by a problem with an llm section and by --no-llm', () => {
    expect(load(`${yaml}llm: { models: [] }\n`, { offer }).offerTaken).toBe(false)
    const without = load(yaml, { offer, llm: false })
    expect(without.offerTaken).toBe(false)
    expect(without.problem.llm.models).toEqual([])
    expect(without.problem.budget.usd).toBeUndefined()
  })

  test('is not capped where the problem or a flag limits money or tokens', () => {
    expect(load(`${yaml}budget: { usd: 7 }\n`, { offer }).problem.budget.usd).toBe(7)
    expect(load(yaml, { offer, tokens: '5000' }).problem.budget).toMatchObject({ usd: undefined, tokens: 5000 })
    // A number of candidates limits no money.
    expect(load(`${yaml}budget: { candidates: 7 }\n`, { offer }).problem.budget).toMatchObject({
      candidates: 7,
      usd: 1,
    })
  })
})
