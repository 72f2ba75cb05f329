import { describe, expect, it } from 'vitest'
import { goodHead, mistakesOf, problemFolder } from './problem-folder.ts'

const { read, reread } = problemFolder()

describe('flags of the command line', () => {
  it('take the place of what the file says', () => {
    const yaml = `${goodHead}budget: { candidates: 5 }\nsearch: { concurrency: 2 }\nllm: { models: [{ provider: openai, model: m }] }\n`
    const flags = {
      candidates: '10',
      usd: 1.5,
      tokens: '1e6',
      wall: '2h',
      concurrency: '16',
      sampler: 'iid',
      islands: 2,
    }
    const { problem, effective } = read(yaml, {}, flags)
    expect(problem.budget).toEqual({ candidates: 10, usd: 1.5, tokens: 1_000_000, wallMs: 7_200_000 })
    expect(problem.search).toMatchObject({ concurrency: 16, sampler: 'iid' })
    expect(problem.archive.islands).toBe(2)
    expect(reread(effective).problem).toEqual(problem)
  })

  it('count as a budget, so that no default is added', () => {
    expect(read(goodHead, {}, { wall: '1m' }).problem.budget).toMatchObject({ candidates: undefined, wallMs: 60_000 })
  })

  it('are named when their value is wrong, all at once', () => {
    const flags = { candidates: '0', usd: 'ten', tokens: -1, wall: '10', concurrency: 1.5, sampler: 'rnk', islands: '' }
    expect([...mistakesOf(() => read(goodHead, {}, flags))].sort()).toEqual([
      '--candidates must be a whole number from 1 up, but this is 0',
      '--concurrency must be a whole number from 1 to 1024, but this is 1.5',
      '--islands must be a whole number from 1 to 64, but this is ""',
      '--sampler must be adaptive, rank or iid, but this is "rnk"; did you mean rank?',
      '--tokens must be a whole number from 1 up, but this is -1',
      '--usd must be a number above 0, but this is "ten"',
      '--wall must be a duration from 1ms up, written as a number with ms, s, m, h or d, but this is "10"',
    ])
  })

  it('are not read for references', () => {
    expect(mistakesOf(() => read(goodHead, { A: 'rank' }, { sampler: '${A}' }))[0]).toMatch(
      /^--sampler must be adaptive, rank or iid/,
    )
  })

  it('do not hide that their section is no map', () => {
    expect(mistakesOf(() => read(`${goodHead}budget: 5\n`, {}, { usd: 1 }))).toEqual([
      '6:9 budget: must be a map with the keys candidates, usd, tokens, wall, target, patience, but this is 5',
    ])
  })
})

describe('a run without models', () => {
  const yaml = `${goodHead}llm:
  models: [{ provider: openai, model: m, api_key: "\${KEY}" }]
  repair: m
  deadlines: { total: 5m }
`
  it('needs no key and keeps the rest of the section', () => {
    const { problem, effective } = read(yaml, {}, { llm: false })
    expect(problem.llm).toMatchObject({ models: [], repair: undefined, deadlines: { totalMs: 300_000 } })
    expect(effective).not.toContain('KEY')
    expect(reread(effective).problem).toEqual(problem)
  })

  it('is not what happens by default', () => {
    expect(mistakesOf(() => read(yaml))).toHaveLength(1)
  })
})
