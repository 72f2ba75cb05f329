import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadProblem } from '../../src/config/load.ts'
import { errorsOf, goodHead, goodProgram, known, mistakesOf, problemFolder } from './problem-folder.ts'

const { folder, read, reread, write } = problemFolder()

describe('a problem with only the required keys', () => {
  const { problem } = read(goodHead)

  it('gets every default', () => {
    expect(problem).toEqual({
      file: path.join(folder, 'problem.yaml'),
      name: 'demo',
      description: '',
      program: {
        file: path.join(folder, 'program.ts'),
        entry: 'solve',
        language: 'typescript',
        source: goodProgram,
        imports: [],
      },
      evaluation: { backend: 'isolate' },
      evaluator: path.join(folder, 'evaluator.ts'),
      scorer: undefined,
      objectives: [{ name: 'score', direction: 'maximize' }],
      known: [],
      trivial: undefined,
      reveal: false,
      hint: undefined,
      goals: { target: undefined, patience: undefined },
      limits: { timeMs: 10_000, memoryBytes: 256_000_000, outputBytes: 1_000_000, consoleBytes: 16_000 },
      archive: {
        islands: 4,
        axes: [
          { descriptor: 'source-length', scale: 'log', range: [100, 100_000], bins: 12 },
          { descriptor: 'syntax-depth', scale: 'linear', range: [0, 40], bins: 10 },
        ],
        kind: 'grid',
        cells: undefined,
        elitesPerCell: 1,
        briefs: [],
        migration: { topology: 'ring', interval: 100, count: 2, rate: undefined },
        resetInterval: 0,
        spawn: { patience: 0, limit: 8, from: 'first' },
      },
      llm: {
        models: [],
        repair: undefined,
        analysis: undefined,
        deadlines: { firstTokenMs: 60_000, betweenTokensMs: 30_000, totalMs: 600_000 },
      },
      pipeline: {
        stages: ['parse', 'run', 'score', 'describe'].map((kind, index) => ({
          key: `pipeline.stages[${String(index)}]`,
          name: kind,
          kind,
          needs: {},
          after: {},
          when: undefined,
          resource: undefined,
          timeoutMs: undefined,
          retries: 1,
          cache: true,
          options: {},
        })),
        resources: {},
        pauseAfter: 3,
      },
      curriculum: [],
      search: {
        order: 'as-finished',
        lag: 16,
        bandit: undefined,
        tune: { when: 'always', evaluations: 300 },
        pivot: { exhausted: 10, plateau: 200 },
        sampler: 'adaptive',
        operators: { cross: 1, diff: 6, perturb: 1, rewrite: 2, tune: 0.5 },
        concurrency: 8,
        inspirations: 2,
        inspireBy: ['islands', 'random'],
      },
      memory: {
        lessons: 'statistics',
        insights: 3,
        import: undefined,
        noiseRepeats: undefined,
        verify: 0,
        check: false,
      },
      budget: { candidates: 2000, usd: undefined, tokens: undefined, wallMs: undefined },
    })
  })

  it('is frozen to the last entry', () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen))
    expect(frozen(problem)).toBe(true)
  })
})

describe('what is told about a problem', () => {
  it('keeps a hint back until it is to be shown', () => {
    expect(read(`${goodHead}hint: { text: try rings }\n`).problem.hint).toBeUndefined()
    expect(read(`${goodHead}hint: { text: try rings, show: true }\n`).problem.hint).toBe('try rings')
    expect(mistakesOf(() => read(`${goodHead}hint: { show: true }\n`))).toHaveLength(1)
  })

  it('says of a known value whether its solution was checked, and refuses a tolerance below 0', () => {
    const { known: values } = read(`${goodHead}known: [{ value: 2, source: a, tolerance: 0 }, { value: 3 }]\n`).problem
    expect(values).toEqual([
      { value: 2, source: 'a', tolerance: 0 },
      { value: 3, source: undefined, tolerance: undefined },
    ])
    expect(mistakesOf(() => read(`${goodHead}known: [{ value: 2, tolerance: -1 }]\n`))[0]).toMatch(/0 or more/)
  })
})

describe('models', () => {
  it('get their defaults, their key from the environment and an address without a trailing slash', () => {
    const { problem } = read(
      `${goodHead}llm:
  models:
    - { provider: openai, model: small, base_url: http://localhost:8000/v1/, api_key: "\${KEY}", temperature: 0.7 }
    - { provider: anthropic, model: large, name: big, weight: 3, temperature: [0.2, 1], price: { input: 3, output: 15 } }
  repair: big
  analysis: { provider: openai, model: tiny, api: responses, reasoning_effort: low }
`,
      { KEY: 'k-1' },
    )
    const [small, big] = problem.llm.models
    expect(small).toEqual({
      name: 'small',
      provider: 'openai',
      model: 'small',
      api: 'chat',
      baseUrl: 'http://localhost:8000/v1',
      apiKey: 'k-1',
      weight: 1,
      temperatures: [0.7],
      maxTokens: 8192,
      reasoningEffort: undefined,
      price: undefined,
      concurrency: 64,
      requestsPerMinute: undefined,
      tokensPerMinute: undefined,
    })
    expect(big).toMatchObject({ name: 'big', apiKey: undefined, weight: 3, temperatures: [0.2, 1] })
    expect(big?.price).toEqual({ input: 3, output: 15, cached: undefined })
    expect(problem.llm.repair).toEqual(big)
    expect(problem.llm.analysis).toMatchObject({
      name: 'tiny',
      api: 'responses',
      reasoningEffort: 'low',
      temperatures: [],
    })
  })
})

describe('a budget', () => {
  const model = 'llm: { models: [{ provider: openai, model: m }] }\n'
  it.each([
    ['', { candidates: 2000 }],
    ['budget: {}\n', { candidates: 2000 }],
    ['budget: { wall: 1h }\n', { candidates: undefined, wallMs: 3_600_000 }],
    ['budget: { candidates: 5 }\n', { candidates: 5 }],
    [`${model}budget: { usd: 3.5, tokens: 1000 }\n`, { candidates: undefined, usd: 3.5, tokens: 1000 }],
  ])('that says %j becomes %o', (yaml, budget) => expect(read(goodHead + yaml).problem.budget).toMatchObject(budget))

  it('of money alone gets the default candidates when there is no model to spend it', () => {
    expect(read(`${goodHead}budget: { usd: 3 }\n`).problem.budget).toMatchObject({ candidates: 2000, usd: 3 })
  })
})

describe('operators', () => {
  it('that the file leaves out are off', () => {
    expect(read(`${goodHead}search: { operators: { rewrite: 2, diff: 0 } }\n`).problem.search.operators).toEqual({
      rewrite: 2,
      diff: 0,
    })
  })

  it('of the default are only those that exist', () => {
    const file = write('problem.yaml', goodHead)
    const { problem } = loadProblem(file, { env: {}, known: { ...known, operators: ['perturb'] } })
    expect(problem.search.operators).toEqual({ perturb: 1 })
  })
})

describe('a problem file', () => {
  it('that is not there is named, with the likeliest files of its folder first', () => {
    const other = problemFolder()
    for (const name of ['alpha.yaml', 'circles.yaml', 'zeta.yml']) other.write(name, goodHead)
    const [message] = mistakesOf(() => loadProblem(path.join(other.folder, 'circle.yaml'), { env: {}, known }))
    expect(message).toBe(
      `cannot read the problem ${path.join(other.folder, 'circle.yaml')}: there is no such file; ` +
        `in ${other.folder} there is circles.yaml, alpha.yaml, zeta.yml`,
    )
  })

  it('that is a folder is answered with the problems in it', () => {
    const other = problemFolder()
    other.write('one.yaml', goodHead)
    expect(mistakesOf(() => loadProblem(other.folder, { env: {}, known }))[0]).toMatch(
      /it is not a file; in .* there is one\.yaml$/,
    )
  })

  it('in a folder that is not there is named too', () => {
    const file = path.join(folder, 'nowhere', 'a.yaml')
    expect(mistakesOf(() => loadProblem(file, { env: {}, known }))).toEqual([
      `cannot read the problem ${file}: there is no such file`,
    ])
  })

  it('of another encoding or of absurd size is refused', () => {
    const latin = write('latin.yaml', Uint8Array.from([0x6e, 0x3a, 0x20, 0xe9, 0xff]))
    expect(mistakesOf(() => loadProblem(latin, { env: {}, known }))[0]).toContain('not UTF-8')
    const huge = write('huge.yaml', `# ${'x'.repeat(1_000_001)}\n${goodHead}`)
    expect(mistakesOf(() => loadProblem(huge, { env: {}, known }))[0]).toContain('larger than 1 MB')
  })

  it('may begin with a byte order mark and use CRLF', () => {
    expect(read(`\uFEFF${goodHead.replaceAll('\n', '\r\n')}`).problem.name).toBe('demo')
  })
})

describe('files that a problem names', () => {
  it('are pointed at where they are named when they are missing', () => {
    const yaml = goodHead.replace('program.ts', 'gone.ts').replace('evaluator.ts', 'lib')
    write('lib/x.ts', '')
    expect(mistakesOf(() => read(yaml))).toEqual([
      `2:18 program.file: cannot be read: there is no such file at ${path.join(folder, 'gone.ts')}; the path is relative to the problem file`,
      `3:12 evaluator: cannot be read: it is not a file at ${path.join(folder, 'lib')}; the path is relative to the problem file`,
    ])
  })

  it('must be programs of a kind that can run', () => {
    write('program.py', '# EVOLVE-BLOCK-START\nx\n# EVOLVE-BLOCK-END\n')
    const yaml = `${goodHead.replace('program.ts', 'program.py')}evaluation: { backend: isolate }\n`
    expect(mistakesOf(() => read(yaml))).toEqual([
      '6:24 evaluation.backend: cannot run this program: an isolate runs JavaScript and TypeScript only',
    ])
  })

  it('may have a time budget below the limit of a call, in an isolate', () => {
    expect(read(`${goodHead}time_budget: 2s\n`).problem.timeBudgetMs).toBe(2000)
    expect(mistakesOf(() => read(`${goodHead}time_budget: 10s\n`))).toEqual([
      '6:14 time_budget: must be shorter than limits.time, at which a call is killed',
    ])
    expect(mistakesOf(() => read(`${goodHead}time_budget: 1s\nlimits: { time: 1s }\n`))).toHaveLength(1)
    const reading = `${goodHead}time_budget: 1s\nevaluation: { backend: none }\n`
    expect(mistakesOf(() => read(reading))).toEqual([
      '6:14 time_budget: is for the isolate: programs of other backends have a clock anyway',
    ])
  })

  it('may be any text that the evaluator reads as data', () => {
    write('program.conf', '; EVOLVE-BLOCK-START\nx = 1\n; EVOLVE-BLOCK-END\n')
    const yaml = goodHead.replace('file: program.ts, entry: solve', 'file: program.conf, language: ini')
    const { problem, effective } = read(`${yaml}evaluation: { backend: none }\n`)
    expect(problem.program).toMatchObject({ language: 'ini', entry: undefined })
    expect(problem.evaluation).toEqual({ backend: 'none' })
    expect(reread(effective).problem).toEqual(problem)
  })

  it('must have an ending that tells their language, or say it', () => {
    write('program.conf', '; EVOLVE-BLOCK-START\nx = 1\n; EVOLVE-BLOCK-END\n')
    const [message, ...more] = mistakesOf(() => read(goodHead.replace('program.ts', 'program.conf')))
    expect(message).toMatch(
      /^2:18 program\.file: must have an ending that tells its language \(.*\.py.*program\.language/,
    )
    expect(more).toEqual([])
  })

  it('in another language are told about its own comments', () => {
    write('bare.py', 'x = 1\n')
    const yaml = goodHead.replace('file: program.ts, entry: solve', 'file: bare.py')
    const [error] = errorsOf(() => read(`${yaml}evaluation: { backend: none }\n`))
    expect(error?.message).toContain('put # EVOLVE-BLOCK-START and # EVOLVE-BLOCK-END')
  })

  it('are reported beside the mistakes of the YAML', () => {
    write('unmarked.ts', 'export const x = 1\n')
    const errors = errorsOf(() => read(`${goodHead.replace('program.ts', 'unmarked.ts')}limits: { time: soon }\n`))
    expect(errors.map(({ location }) => [path.basename(location?.file ?? ''), location?.line])).toEqual([
      ['problem.yaml', 6],
      ['unmarked.ts', 1],
    ])
  })
})

describe('evolve markers', () => {
  const start = '// EVOLVE-BLOCK-START\n'
  const end = '// EVOLVE-BLOCK-END\n'
  it.each([
    ['missing', 'export const x = 1\n', 1, /no evolve block: put/],
    ['nested', `${start}let a\n${start}${end}${end}`, 3, /cannot be nested: close/],
    ['never closed', `let a\n${start}let b\n`, 2, /never closed: add/],
    ['closed without a start', `let a\n\n${end}`, 3, /closes nothing: put/],
    ['around nothing', `let a\n${start}  \n${end}`, 2, /the evolve blocks are empty: put/],
    ['at the end of the last line around nothing', `${start}// EVOLVE-BLOCK-END`, 1, /are empty/],
  ])('that are %s are told by the line of the program', (_what, source, line, message) => {
    const file = write('marked.ts', source)
    const [error, ...others] = errorsOf(() => read(goodHead.replace('program.ts', 'marked.ts')))
    expect(others).toEqual([])
    expect(error?.location).toEqual({ file, line, column: 1 })
    expect(error?.message).toMatch(message)
  })

  it('may also stand in # comments and around several blocks, one of them empty', () => {
    write('marked.ts', `${start}${end}# EVOLVE-BLOCK-START\nlet b\n# EVOLVE-BLOCK-END\n`)
    expect(read(goodHead.replace('program.ts', 'marked.ts')).problem.program.source).toContain('let b')
  })
})
