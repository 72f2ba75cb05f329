import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { loadProblemFromText } from '../../src/config/load.ts'
import { goodHead, known, mistakesOf, problemFolder } from './problem-folder.ts'
import fc from '../seeded-properties.ts'

const { folder, read, reread } = problemFolder()
const env = { KEY: 'k-1', WORD: 'circle', T: '7s' }

const amount = fc.integer({ min: 1, max: 1000 })
const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })
const prose = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '',
      ' ',
      'yes',
      '1e3',
      'null',
      '~',
      '# no comment',
      'a: b',
      '- a',
      'two\nlines\n',
      '  indented\n\n',
      '${WORD} $${x}',
      '\t',
    ),
  )
  .map((text) => text.replaceAll(/\$+\{(?!WORD\}|x\})/g, ''))
const fields = {
  model: fc.constantFrom('m', 'n', '${WORD}', 'yes', '3'),
  api_key: some(fc.constant('${KEY}')),
  base_url: some(fc.constantFrom('http://localhost:1/', 'https://example.org/v1')),
  temperature: some(
    fc.oneof(
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { maxLength: 3 }),
    ),
  ),
  reasoning_effort: some(fc.constantFrom('minimal', 'low', 'medium', 'high')),
  price: some(fc.record({ input: amount, output: amount, cached: some(amount) })),
  max_tokens: some(amount),
  requests_per_minute: some(amount),
}
const model = fc.record({
  provider: fc.constant('openai'),
  weight: some(amount),
  api: some(fc.constantFrom('chat', 'responses')),
  ...fields,
})
const config = fc.record({
  description: some(prose),
  known: some(
    fc.array(
      fc.record({
        value: fc.double({ noNaN: true, noDefaultInfinity: true }),
        source: some(prose.filter((text) => text !== '')),
        tolerance: some(fc.constantFrom(0, 1e-9)),
      }),
      { maxLength: 2 },
    ),
  ),
  trivial: some(fc.record({ value: fc.constantFrom(0, -0, 1e-7, 1e21) })),
  reveal: some(fc.boolean()),
  hint: some(fc.record({ show: some(fc.boolean()), text: prose.filter((text) => text !== '') })),
  limits: some(
    fc.record({ time: some(fc.constantFrom('${T}', '250ms', '1.5h')), memory: some(fc.constantFrom('1GiB', '64MB')) }),
  ),
  llm: some(
    fc.record({
      models: fc.uniqueArray(model, { maxLength: 3, selector: (entry) => entry.model }),
      analysis: some(fc.record({ provider: fc.constant('anthropic'), model: fc.constantFrom('o', 'p') })),
    }),
  ),
  search: some(
    fc.record({
      sampler: some(fc.constantFrom('rank', 'iid')),
      operators: some(fc.record({ rewrite: amount, diff: some(fc.constant(0)) })),
    }),
  ),
  budget: some(fc.record({ candidates: some(amount), usd: some(amount), wall: some(fc.constantFrom('2h', '${T}')) })),
})

describe('the effective text', () => {
  it('reads back to the same problem and to itself', () => {
    fc.assert(
      fc.property(config, (chosen) => {
        const text = goodHead + stringify(chosen, { keepUndefined: false }).replace(/^\{\}\n$/, '')
        const first = reread(text, env)
        const second = reread(first.effective, env)
        expect(second.problem).toEqual(first.problem)
        expect(second.effective).toBe(first.effective)
        expect(first.effective).not.toContain('k-1')
      }),
      { numRuns: 100 },
    )
  })

  it('says every default and keeps the paths as they were', () => {
    const { effective } = read(goodHead)
    for (const line of [
      '  file: program.ts',
      'evaluator: evaluator.ts',
      '  time: 10s',
      '  islands: 4',
      '  concurrency: 8',
      '  candidates: 2000',
    ]) {
      expect(effective.split('\n')).toContain(line)
    }
    expect(effective).not.toContain(folder)
  })

  it('keeps the name that a model takes from a reference as a reference', () => {
    const yaml = `${goodHead}llm: { models: [{ provider: openai, model: "\${WORD}" }], repair: circle }\n`
    const { problem, effective } = read(yaml, env)
    expect(problem.llm.repair?.name).toBe('circle')
    expect(effective).toContain('name: ${WORD}')
  })

  it('is called by its own name in messages while its paths belong to the problem file', () => {
    const options = { env, known, file: path.join(folder, 'problem.yaml'), label: 'runs/demo/config.yaml' }
    expect(loadProblemFromText(goodHead, options).problem.evaluator).toBe(path.join(folder, 'evaluator.ts'))
    expect(mistakesOf(() => loadProblemFromText(`${goodHead}reveal: 1\n`, options))).toHaveLength(1)
    expect(() => loadProblemFromText(`${goodHead}reveal: 1\n`, options)).toThrow(
      expect.objectContaining({
        location: { file: 'runs/demo/config.yaml', line: 6, column: 9, key: 'reveal' },
      }) as Error,
    )
  })
})
