import { describe, expect, test } from 'vitest'
import { wire } from '../../src/pipeline/graph.ts'
import { stageKinds } from '../../src/builtins.ts'
import { goodHead, mistakesOf, problemFolder } from './problem-folder.ts'

const { read, reread } = problemFolder()

/** Stages from line 8 on. */
const withStages = (...stages: readonly string[]): string =>
  `${goodHead}pipeline:\n  stages:\n${stages.map((stage) => `    - ${stage}\n`).join('')}`

describe('the pipeline of a problem', () => {
  test('is parse, run, score, describe when nothing is said', () => {
    const { problem } = read(goodHead)
    expect(problem.pipeline.stages.map(({ name, kind }) => [name, kind])).toEqual([
      ['parse', 'parse'],
      ['run', 'run'],
      ['score', 'score'],
      ['describe', 'describe'],
    ])
    const wiring = wire(problem.pipeline, { shapes: stageKinds, objectives: ['score'], runs: true })
    expect(wiring.ok && wiring.graph.nodes.map(({ needs }) => needs.map(({ input, from }) => [input, from]))).toEqual([
      [],
      [['program', 0]],
      [['results', 1]],
      [
        ['program', 0],
        ['scored', 2],
        ['results', 1],
      ],
    ])
  })

  test('is read back from the effective config as it was', () => {
    const { problem, effective } = read(
      `${withStages(
        '{ kind: parse }',
        '{ kind: run, name: quick, cases: [small], timeout: 2s, retries: 3 }',
        '{ kind: score, name: quick-score, needs: { results: quick } }',
        '{ kind: gate, require: score > 2 and quick-score.score < 5 }',
        '{ kind: run, name: full, after: { quick: success }, resource: slow, cache: false }',
        '{ kind: score, when: score > 1 }',
        '{ kind: describe }',
      )}  resources: { slow: 2 }\n  pause_after: 5\n`,
    )
    expect(reread(effective).problem.pipeline).toEqual(problem.pipeline)
    const { stages, resources, pauseAfter } = problem.pipeline
    expect(stages[1]).toEqual({
      key: 'pipeline.stages[1]',
      name: 'quick',
      kind: 'run',
      needs: {},
      after: {},
      when: undefined,
      resource: undefined,
      timeoutMs: 2000,
      retries: 3,
      cache: true,
      options: { cases: ['small'] },
    })
    expect([stages[4]?.cache, resources, pauseAfter]).toEqual([false, { slow: 2 }, 5])
  })

  test('tells every mistake of its wiring at once, each with its line', () => {
    const text = withStages(
      '{ kind: parse }',
      '{ kind: run, needs: { program: prase } }',
      '{ kind: run, name: second, needs: { program: score } }',
      '{ kind: score, needs: { results: second }, when: scroe > 1 }',
      '{ kind: score, name: parse }',
      '{ kind: describe, after: { nowhere: success }, resource: tpu }',
      '{ kind: gate, require: score >, name: g }',
    )
    expect(mistakesOf(() => read(text))).toEqual([
      '9:38 pipeline.stages[1].needs.program: names no stage: prase; there are parse, run, second, score, parse, describe, g',
      '10:52 pipeline.stages[2].needs.program: takes program, but score gives scored; program comes from parse',
      '11:56 pipeline.stages[3].when: mentions scroe, which is no objective; there are score',
      '12:7 pipeline.stages[4]: is a second stage named parse: give each its own name',
      '13:43 pipeline.stages[5].after.nowhere: names no stage: nowhere; there are parse, run, second, score, parse, describe, g',
      '13:64 pipeline.stages[5].resource: is a class without a limit: declare it, as in pipeline.resources: { tpu: 1 }',
      '14:30 pipeline.stages[6].require: ends too early',
    ])
  })

  test('must give every input a source', () => {
    const text = withStages('{ kind: score }', '{ kind: parse }', '{ kind: run }')
    expect(mistakesOf(() => read(text))).toEqual([
      '7:3 pipeline.stages: has no stage of the kind describe: without its descriptors no program gets into the archive',
      '8:7 pipeline.stages[0]: has nothing for its input results: no stage listed before it gives results; name one under needs: { results: run } or move it up',
    ])
    expect(mistakesOf(() => read(withStages('{ kind: describe }')))).toContainEqual(
      '8:7 pipeline.stages[0]: has nothing for its input program: no stage listed before it gives program; put one before it that gives program',
    )
  })

  test('gives dedupe results to compare only by behaviour, and then must have them', () => {
    const text = withStages(
      '{ kind: parse }',
      '{ kind: dedupe, by: behaviour }',
      '{ kind: dedupe, name: other, needs: { results: run } }',
      '{ kind: run }',
      '{ kind: score }',
      '{ kind: describe }',
    )
    expect(mistakesOf(() => read(text))).toEqual([
      '9:7 pipeline.stages[1]: has nothing for its input results: no stage listed before it gives results; name one under needs: { results: run } or move it up',
      '10:54 pipeline.stages[2].needs.results: is not read with these options: leave it out',
    ])
    expect(mistakesOf(() => read(withStages('{ kind: dedupe, audit: 2 }')))[0]).toMatch(
      /audit: must be a number from 0 to 1/,
    )
  })

  test('takes no grade of a model for an objective or an axis, since a model is never the only judge', () => {
    const text = `${withStages(
      '{ kind: parse }',
      '{ kind: run }',
      '{ kind: score }',
      "{ kind: review, criteria: [{ name: score, question: 'Is it good?' }, { name: grade, question: 'Is it?' }] }",
      "{ kind: review, name: again, criteria: [{ name: a, question: 'A?' }, { name: a, question: 'B?', scale: [3, 3] }] }",
      '{ kind: describe }',
    )}archive: { axes: [{ descriptor: grade, range: [0, 1], bins: 4 }] }\n`
    expect(mistakesOf(() => read(text))).toEqual([
      '12:110 pipeline.stages[4].criteria[1].scale: must be two finite numbers, the lower one first, such as [0, 10]',
    ])
    expect(mistakesOf(() => read(text.replace('[3, 3]', '[3, 4]')))).toEqual([
      '5:13 objectives[0].name: would come from stage review alone, and a model is never the only judge: let the evaluator give score, and call the criterion something else',
      '11:84 pipeline.stages[3].criteria[1].name: is the name of two values of stage review: give each criterion its own, and none the name grade',
      '12:55 pipeline.stages[4].criteria[0].name: is the name of two values of stage again: give each criterion its own, and none the name grade',
      '14:33 archive.axes[0].descriptor: is a grade of stage review, which may give none: use it in a gate, and let the evaluator give what the axis needs',
      '14:33 archive.axes[0].descriptor: is a grade of stage again, which may give none: use it in a gate, and let the evaluator give what the axis needs',
    ])
  })

  test('names a model of its own for a review, unless there is none at all', () => {
    const review = (llm: string) =>
      `${withStages(
        '{ kind: parse }',
        '{ kind: run }',
        '{ kind: score }',
        "{ kind: review, model: large, criteria: [{ name: clarity, question: 'Is it clear?' }] }",
        '{ kind: gate, require: clarity > 3 and review.grade > 0.1 }',
        '{ kind: describe }',
      )}${llm}`
    expect(mistakesOf(() => read(review('llm: { models: [{ provider: openai, model: small }] }\n')))).toEqual([
      '11:30 pipeline.stages[3].model: names none of llm.models: there are small',
    ])
    expect(read(review('')).problem.pipeline.stages[3]?.options).toEqual({
      criteria: [{ name: 'clarity', question: 'Is it clear?', scale: [0, 10], weight: 1 }],
      model: 'large',
      comments: false,
    })
    const gated = (require: string) => review('').replace('clarity > 3 and review.grade > 0.1', require)
    expect(mistakesOf(() => read(gated('score.clarity > 3 and review.score > 1')))).toEqual([
      '12:30 pipeline.stages[4].require: mentions score.clarity, but score gives no clarity',
      '12:30 pipeline.stages[4].require: mentions review.score, but review gives no score',
    ])
  })

  test('has a review follow the parse and the score above it, and a second review the first', () => {
    const { problem } = read(
      withStages(
        '{ kind: parse }',
        "{ kind: review, name: early, criteria: [{ name: sane, question: 'Is it sane?' }] }",
        '{ kind: run }',
        '{ kind: score }',
        "{ kind: review, criteria: [{ name: clarity, question: 'Is it clear?' }] }",
        '{ kind: gate, require: score > 1 }',
        '{ kind: describe }',
      ),
    )
    const wiring = wire(problem.pipeline, { shapes: stageKinds, objectives: ['score'], runs: true })
    if (!wiring.ok) throw new Error('it is wired')
    const { nodes } = wiring.graph
    const waits = nodes.map(({ declaration, after }) => [
      declaration.name,
      after.map(({ from, on }) => `${nodes[from]?.declaration.name ?? ''} ${on}`),
    ])
    expect(Object.fromEntries(waits)).toMatchObject({
      early: ['parse success'],
      review: ['parse success', 'score success', 'early always'],
      // The gate reads the evaluator's score: it does not wait for a model.
      gate: ['score always'],
    })
  })

  test('must not go round in circles', () => {
    const text = withStages(
      '{ kind: parse }',
      '{ kind: run, after: { score: success } }',
      '{ kind: score }',
      '{ kind: describe, after: { describe: always } }',
    )
    expect(mistakesOf(() => read(text))).toEqual([
      '9:7 pipeline.stages[1]: waits for itself in a circle: run, score wait for each other',
      '11:7 pipeline.stages[3]: waits for itself',
    ])
  })

  test('must not have stages that can never run', () => {
    const text = withStages(
      '{ kind: parse }',
      '{ kind: run }',
      '{ kind: score, after: { run: failure } }',
      '{ kind: describe }',
    )
    expect(mistakesOf(() => read(text))).toEqual([
      '10:7 pipeline.stages[2]: can never run: it waits both for the success and for the failure of run',
      '11:7 pipeline.stages[3]: can never run: it waits for a stage that can never run',
    ])
  })

  test('knows its kinds and the options of each', () => {
    const text = withStages(
      '{ kind: prase }',
      '{ kind: run, case: [small] }',
      '{ kind: gate }',
      '{ kind: score, needs: { result: run }, timeout: 5 }',
      '{ name: describe }',
    )
    const told = mistakesOf(() => read(text))
    expect(told[0]).toMatch(
      /^8:15 pipeline\.stages\[0\]\.kind: must be one of .*parse.*, but this is "prase"; did you mean parse\?$/,
    )
    expect(told[1]).toBe('9:20 pipeline.stages[1].case: is not a key under pipeline.stages[1]; did you mean cases?')
    expect(told[2]).toMatch(/^10:7 pipeline\.stages\[2\]\.require: is missing: Condition over objectives/)
    expect(told[3]).toBe(
      '11:31 pipeline.stages[3].needs.result: is not a key under pipeline.stages[3].needs; did you mean results?',
    )
    expect(told[4]).toMatch(/^11:55 pipeline\.stages\[3\]\.timeout: must be a duration/)
    expect(told[5]).toMatch(/^12:7 pipeline\.stages\[4\]\.kind: is missing: /)
  })
})

describe('the rungs of a problem', () => {
  const withRungs = (rungs: string, more = ''): string => `${goodHead}pipeline:\n  rungs: ${rungs}\n${more}`

  test('stand for stages that run and score what is new, and let the best go on', () => {
    const { problem, effective } = read(
      withRungs('[{ cases: 2 }, { cases: 8, top: 0.25 }, { cases: all, top: 0.5, window: 40 }]'),
    )
    expect(problem.pipeline.stages.map(({ name, options }) => [name, options])).toEqual([
      ['parse', {}],
      ['rung-1', { cases: 2 }],
      ['score-1', {}],
      ['promote-2', { top: 0.25 }],
      ['rung-2', { cases: 8 }],
      ['score-2', {}],
      ['promote-3', { top: 0.5, window: 40 }],
      ['rung-3', { cases: 'all' }],
      ['score-3', {}],
      ['describe', {}],
    ])
    expect(reread(effective).problem.pipeline).toEqual(problem.pipeline)
    const wiring = wire(problem.pipeline, { shapes: stageKinds, objectives: ['score'], runs: true })
    const { nodes } = wiring.ok ? wiring.graph : { nodes: [] }
    const inputs = nodes.map(({ declaration: { name }, needs, after }) => [
      name,
      needs.map(({ from }) => nodes[from]?.declaration.name),
      after.map(({ from }) => nodes[from]?.declaration.name),
    ])
    expect(inputs.slice(3, 6)).toEqual([
      ['promote-2', ['score-1'], []],
      ['rung-2', ['parse', 'rung-1'], ['promote-2']],
      ['score-2', ['rung-2'], ['promote-2']],
    ])
    expect(inputs.at(-1)).toEqual(['describe', ['parse', 'score-3', 'rung-3'], ['promote-2', 'promote-3']])
  })

  test('grow, and say which share gets to each but the first', () => {
    expect(
      mistakesOf(() => read(withRungs('[{ cases: 0, top: 0.5 }, { cases: 8 }, { cases: 8, top: 2 }, { case: 9 }]'))),
    ).toEqual([
      '7:20 pipeline.rungs[0].cases: must be a number of cases from 1 up, a list of their ids, or all, but this is 0',
      '7:66 pipeline.rungs[2].top: must be a number above 0 up to 1, but this is 2',
      "7:71 pipeline.rungs[3].cases: is missing: The cases of this rung: so many of the evaluator's, from its first on; a list of ids; or all.",
      '7:73 pipeline.rungs[3].case: is not a key under pipeline.rungs[3]; did you mean cases?',
    ])
    expect(
      mistakesOf(() =>
        read(withRungs('[{ cases: 8, top: 0.5 }, { cases: 8 }, { cases: all, top: 1 }, { cases: 9, top: 1 }]')),
      ),
    ).toEqual([
      '7:28 pipeline.rungs[0].top: has no meaning on the first rung, where all begin: remove it',
      '7:35 pipeline.rungs[1].top: is missing: Share of the candidates that finished the rung before which goes on, above 0 up to 1.',
      '7:44 pipeline.rungs[1].cases: must be more than the rung before has: rungs grow',
      '7:82 pipeline.rungs[3].cases: must be more than the rung before has: rungs grow',
    ])
    expect(mistakesOf(() => read(withRungs('[{ cases: all }]')))).toEqual([
      '7:10 pipeline.rungs: must be a list of 2 to 20 entries',
    ])
  })

  test('are not given beside stages, nor where nothing is run', () => {
    const both = withRungs('[{ cases: 1 }, { cases: all, top: 1 }]', '  stages: [{ kind: parse }]\n')
    expect(mistakesOf(() => read(both))).toEqual([
      '7:10 pipeline.rungs: writes the stages itself: keep one of rungs and stages, or use the stages rung and promote',
    ])
    const none = withRungs('[{ cases: 1 }, { cases: all, top: 1 }]', 'evaluation: { backend: none }\n')
    expect(mistakesOf(() => read(none))).toContain(
      '7:3 pipeline.rungs: runs candidates on growing numbers of cases, but evaluation.backend is none: leave rungs out',
    )
  })
})
