import { describe, expect, it } from 'vitest'
import { goodHead, mistakesOf, problemFolder } from './problem-folder.ts'

const { read } = problemFolder()

/** Mistakes of the good problem with more lines, of which the first is line 6. */
const after = (yaml: string): readonly string[] => mistakesOf(() => read(goodHead + yaml))

describe('YAML that cannot be read', () => {
  it.each([
    ['', '1:1 : the file is empty: a problem needs name, program, evaluator and objectives'],
    ['# nothing\n', '1:1 : the file is empty: a problem needs name, program, evaluator and objectives'],
    ['- a\n- b\n', '1:1 : the file must be a map of keys such as name: and program:'],
    ['just text\n', '1:1 : the file must be a map of keys such as name: and program:'],
    ['name: a: b\n', '1:7 : this is not YAML: Nested mappings are not allowed in compact mappings'],
    ['name: x\n---\nname: y\n', '2:1 : the file holds several documents: a problem is one, so remove the line ---'],
    ['name: *who\n', '1:7 : *who refers to nothing: put &who before an earlier value'],
    ['known: &k\n  - *k\n', '2:5 : *k lies inside the value it refers to: write the value out'],
    ['name: !!binary aGk=\n', '1:16 : tags such as !!binary have no meaning here: remove it'],
    ['name: !thing x\n', '1:7 : tags such as !name have no meaning here: remove it (Unresolved tag: !thing)'],
    ['? [a, b]\n: 1\n', '1:3 : a key must be plain text'],
    ['1: 2\n', '1:1 : a key must be plain text'],
  ])('%j is told by place and reason', (yaml, expected) => expect(mistakesOf(() => read(yaml))).toEqual([expected]))

  it('is told in one line and only once, since what follows a syntax error is guesswork', () => {
    const [message, ...more] = mistakesOf(() => read('name: [a,\nprogram: }\nevaluator: "x\n'))
    expect(more).toEqual([])
    expect(message).toMatch(/^2:1 : this is not YAML: .*$/)
  })

  it('is refused when aliases multiply it or when it is nested without end', () => {
    const bomb = ['a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]']
    for (const [to, from] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'])
      bomb.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`)
    expect(mistakesOf(() => read(bomb.join('\n')))[0]).toMatch(
      /^2:8 : aliases multiply this file too far: write the values out/,
    )
    expect(mistakesOf(() => read('['.repeat(50_000)))).toHaveLength(1)
  })
})

describe('keys', () => {
  it('given twice are told together with every other mistake', () => {
    expect(after('limits: { time: 1s, time: 2s }\nname: again\nreveal: maybe\n')).toEqual([
      '6:21 time: is given twice in the same map: keep one of them',
      '7:1 name: is given twice in the same map: keep one of them',
      '8:9 reveal: must be true or false, but this is "maybe"',
    ])
  })

  it.each([
    ['descripton: x\n', '6:1 descripton: is not a key at the top of a problem; did you mean description?'],
    ['limits:\n  tme: 1s\n', '7:3 limits.tme: is not a key under limits; did you mean time?'],
    ['limits: { wall: 1s }\n', '6:11 limits.wall: is not a key under limits; it belongs under budget'],
    [
      'search: { order: by-ordinal }\nmemory: { verify: 5 }\n',
      '7:11 memory.verify: does not go with search.order: by-ordinal, since trials follow what has finished; remove one of them',
    ],
    ['bins: 3\n', '6:1 bins: is not a key at the top of a problem; it belongs under archive.axes[]'],
    [
      'search: { operators: { dif: 1 } }\n',
      '6:24 search.operators.dif: is not a key under search.operators; did you mean diff?',
    ],
    [
      'search: { operators: { __proto__: 1, diff: 1 } }\n',
      '6:24 search.operators.__proto__: is not a key under search.operators; known are cross, diff, perturb, rewrite, tune',
    ],
    [
      'archive:\n  axes:\n    - { descriptor: a, range: [0, 1], bin: 2, bins: 2 }\n',
      '8:39 archive.axes[0].bin: is not a key under archive.axes[0]; did you mean bins?',
    ],
    [
      'llm:\n  models:\n    - provider: openai\n      model: m\n      baseUrl: x\n',
      '10:7 llm.models[0].baseUrl: is not a key under llm.models[0]; did you mean base_url?',
    ],
    [
      'llm:\n  repair: { provider: openai, model: m, maxTokens: 9 }\n',
      '7:41 llm.repair.maxTokens: is not a key under llm.repair; did you mean max_tokens?',
    ],
    [
      'zzzzzzzzzz: 1\n',
      '6:1 zzzzzzzzzz: is not a key at the top of a problem; known are name, description, program, evaluation, evaluator, objectives, known, trivial, reveal, hint, limits, time_budget, archive, llm, search, pipeline, curriculum, holdout, memory, budget',
    ],
  ])('unknown in %j are told with the nearest known one', (yaml, expected) => expect(after(yaml)).toEqual([expected]))

  it('that are missing point at their parent and say what they are for', () => {
    expect(mistakesOf(() => read('program:\n  file: program.ts\nobjectives:\n  - direction: maximize\n'))).toEqual([
      '1:1 name: is missing: Name of the problem and of its run folders: letters, digits, "-", "_" and ".", at most 100.',
      '1:1 evaluator: is missing: File of the module that scores what the program returns, relative to this YAML file.',
      '1:1 program.entry: is missing: Name of the exported function that the evaluator calls.',
      '4:5 objectives[0].name: is missing: Key under `objectives` in what the evaluator returns.',
    ])
  })

  it('without a value point behind the colon', () => {
    expect(after('limits:\n  time:\n')).toEqual([
      '7:8 limits.time: must be a duration from 1ms to 1d, written as a number with ms, s, m, h or d, but nothing is written here',
    ])
  })
})

describe('values', () => {
  const model = (fields: string): string => `llm: { models: [{ provider: openai, model: m, ${fields} }] }\n`
  it.each([
    [
      'limits: { time: 10 }\n',
      '6:17 limits.time: must be a duration from 1ms to 1d, written as a number with ms, s, m, h or d, but this is 10',
    ],
    [
      'limits: { time: 2d }\n',
      '6:17 limits.time: must be a duration from 1ms to 1d, written as a number with ms, s, m, h or d, but this is "2d"',
    ],
    [
      'limits: { memory: 256mb }\n',
      '6:19 limits.memory: must be a size from 8MB to 1000GB, written as a number with B, kB, MB or GB (powers of 1000), or KiB, MiB or GiB (powers of 1024), but this is "256mb"',
    ],
    ['trivial: { value: .nan }\n', '6:19 trivial.value: must be a finite number, but this is NaN'],
    ['known: [{ value: "2" }]\n', '6:18 known[0].value: must be a finite number, but this is "2"'],
    ['known: 3\n', '6:8 known: must be a list of 0 to 100 entries, but this is 3'],
    [
      'limits:\n  - time\n',
      '6:1 limits: must be a map with the keys time, memory, output, console, but this is a list',
    ],
    ['archive: { islands: 65 }\n', '6:21 archive.islands: must be a whole number from 1 to 64, but this is 65'],
    ['archive: { islands: 1.5 }\n', '6:21 archive.islands: must be a whole number from 1 to 64, but this is 1.5'],
    ['archive: { axes: [] }\n', '6:18 archive.axes: must be a list of 1 to 8 entries'],
    [
      'archive: { axes: [{ descriptor: a, range: [3, 3], bins: 2 }] }\n',
      '6:43 archive.axes[0].range: must have its lower bound below its upper bound',
    ],
    [
      'archive: { axes: [{ descriptor: a, range: [3], bins: 2 }] }\n',
      '6:43 archive.axes[0].range: must be a list of two numbers: lower bound, upper bound',
    ],
    [
      'archive: { axes: [{ descriptor: a, scale: log, range: [0, 3], bins: 2 }] }\n',
      '6:55 archive.axes[0].range: must lie above 0 on a log scale; raise it or use scale: linear',
    ],
    [
      'archive: { axes: [{ descriptor: a, range: [0, 3], bins: 1001 }] }\n',
      '6:57 archive.axes[0].bins: must be a whole number from 1 to 1000, but this is 1001',
    ],
    [
      'archive: { axes: [{ descriptor: a, range: [0, 3], bins: 1 }, { descriptor: a, range: [0, 3], bins: 1 }] }\n',
      '6:76 archive.axes[1].descriptor: must be unique: an axis of that descriptor is listed above; give each axis its own descriptor',
    ],
    [
      'archive: { migration: { topology: rign } }\n',
      '6:35 archive.migration.topology: must be ring or star, but this is "rign"; did you mean ring?',
    ],
    [
      'archive: { migration: { interval: -1 } }\n',
      '6:35 archive.migration.interval: must be a whole number from 0 to 1000000, but this is -1',
    ],
    [
      'search: { sampler: rnk }\n',
      '6:20 search.sampler: must be adaptive, rank or iid, but this is "rnk"; did you mean rank?',
    ],
    [
      'search: { operators: { diff: -1 } }\n',
      '6:30 search.operators.diff: must be a number of 0 or more, but this is -1',
    ],
    [
      'search: { operators: { diff: 0, perturb: 0 } }\n',
      '6:22 search.operators: must give at least one operator a weight above 0',
    ],
    ['search: { operators: {} }\n', '6:22 search.operators: must give at least one operator a weight above 0'],
    [
      'search: { concurrency: 1025 }\n',
      '6:24 search.concurrency: must be a whole number from 1 to 1024, but this is 1025',
    ],
    ['search: { inspirations: 17 }\n', '6:25 search.inspirations: must be a whole number from 0 to 16, but this is 17'],
    ['budget: { candidates: 0 }\n', '6:23 budget.candidates: must be a whole number from 1 up, but this is 0'],
    ['budget: { usd: 0 }\n', '6:16 budget.usd: must be a number above 0, but this is 0'],
    ['budget: { usd: .inf }\n', '6:16 budget.usd: must be a number above 0, but this is Infinity'],
    ['budget: { tokens: -5 }\n', '6:19 budget.tokens: must be a whole number from 1 up, but this is -5'],
    [
      'budget: { wall: 0s }\n',
      '6:17 budget.wall: must be a duration from 1ms up, written as a number with ms, s, m, h or d, but this is "0s"',
    ],
    [model('weight: 0'), '6:55 llm.models[0].weight: must be a number above 0, but this is 0'],
    [model('temperature: 2.1'), '6:60 llm.models[0].temperature: must be a number from 0 to 2, but this is 2.1'],
    [model('temperature: [1, 3]'), '6:64 llm.models[0].temperature[1]: must be a number from 0 to 2, but this is 3'],
    [
      model('temperature: warm'),
      '6:60 llm.models[0].temperature: must be a number from 0 to 2 or a list of such numbers, but this is "warm"',
    ],
    [model('max_tokens: 0'), '6:59 llm.models[0].max_tokens: must be a whole number from 1 to 10000000, but this is 0'],
    [
      model('price: { input: 1 }'),
      '6:47 llm.models[0].price.output: is missing: Per million output tokens, 0 or more.',
    ],
    [
      'llm: { models: [{ provider: anthropic, model: m, api: responses }] }\n',
      '6:55 llm.models[0].api: must be chat: only openai has another protocol, but this is "responses"',
    ],
    [
      'llm: { models: [{ provider: opnai, model: m }] }\n',
      '6:29 llm.models[0].provider: must be openai, anthropic or replay, but this is "opnai"; did you mean openai?',
    ],
    [
      'llm: { models: [{ provider: openai, model: m }, { provider: anthropic, model: m }] }\n',
      '6:79 llm.models[1].model: must be unique: llm.models[0] has the same; give one of them another name',
    ],
    [
      'llm: { repair: big }\n',
      '6:16 llm.repair: must be the name of one of llm.models or a map that describes a model, but this is "big"',
    ],
    [
      'llm: { analysis: 7 }\n',
      '6:18 llm.analysis: must be the name of one of llm.models or a map that describes a model, but this is 7',
    ],
    [
      'llm: { analysis: { provider: openai } }\n',
      "6:8 llm.analysis.model: is missing: The model's identifier at the provider.",
    ],
    [
      'llm: { deadlines: { total: 25h } }\n',
      '6:28 llm.deadlines.total: must be a duration from 1ms to 1d, written as a number with ms, s, m, h or d, but this is "25h"',
    ],
  ])('%j', (yaml, expected) => expect(after(yaml)).toEqual([expected]))

  it.each([
    [
      'name: demo',
      'name: ../demo',
      '1:7 name: must be letters, digits, "-", "_" and "." beginning with a letter or digit, at most 100 of them, but this is "../demo"',
    ],
    [
      'entry: solve',
      'entry: a-b',
      '2:37 program.entry: must be the name of an exported function, for example solve, but this is "a-b"',
    ],
    [
      'entry: solve',
      'entry: default',
      '2:37 program.entry: must be a name that the language does not reserve; export the function by a name of its own, but this is "default"',
    ],
    [
      'direction: maximize',
      'direction: max',
      '5:31 objectives[0].direction: must be maximize or minimize, but this is "max"',
    ],
    [
      'name: score',
      'name: __proto__',
      '5:13 objectives[0].name: must be letters, digits, "-", "_" and "." beginning with a letter, at most 100 of them, but this is "__proto__"',
    ],
    [
      'maximize }\n',
      'maximize }\n  - { name: score, direction: minimize }\n',
      '6:13 objectives[1].name: must be unique: an objective of that name is listed above; give each its own name',
    ],
    [
      'evaluator: evaluator.ts',
      'evaluator: 3',
      '3:12 evaluator: must be the file of a module, or a map with the key command, but this is 3',
    ],
  ])('%j as %j', (good, bad, expected) =>
    expect(mistakesOf(() => read(goodHead.replace(good, bad)))).toEqual([expected]),
  )

  it('that an alias brings are pointed at where the alias stands, and inside it where they are written', () => {
    expect(after('known: [{ value: &v many }]\ntrivial: { value: *v }\n')).toEqual([
      '6:21 known[0].value: must be a finite number, but this is "many"',
      '7:19 trivial.value: must be a finite number, but this is "many"',
    ])
  })

  it('are cut when they are long', () => {
    expect(after(`reveal: ${'x'.repeat(500)}\n`)[0]).toHaveLength(
      '6:9 reveal: must be true or false, but this is '.length + 60,
    )
  })
})
