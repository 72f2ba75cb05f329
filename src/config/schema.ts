import { z } from 'zod'
import { duration, finite, formed, list, map, nonNegative, oneOf, positive, size, text, whole } from './fields.ts'
import { curriculumSchema } from './schema-curriculum.ts'
import { evaluationSchema, evaluatorSchema } from './schema-evaluation.ts'
import type { StageKind } from '../stages/stage-kind.ts'
import { inspirationWays } from '../selection/inspirations.ts'
import { llmSchema } from './schema-llm.ts'
import { pipelineSchema } from './schema-pipeline.ts'

/** Names that exist in this build, handed in so that reading a problem needs no other room. */
export interface KnownNames {
  readonly operators: readonly string[]
  readonly samplers: readonly string[]
  readonly topologies: readonly string[]
  /** Kinds of pipeline stages with the options they understand. */
  readonly stages: readonly StageKind[]
}

/**
 * Builds the strict schema of a problem's YAML.
 *
 * It checks and fills defaults but changes no value: durations and sizes stay text. So what it returns can be written
 * down again and read back to the same thing.
 */
export function problemSchema(known: KnownNames) {
  return map('A problem: what to evolve, how to score it and how long to search.', {
    name: formed(
      'Name of the problem and of its run folders: letters, digits, "-", "_" and ".", at most 100.',
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
      'letters, digits, "-", "_" and "." beginning with a letter or digit, at most 100 of them',
    ),
    description: z
      .string({ error: 'must be text' })
      .describe('What a solution must do, in words; it stands in every prompt. Default: empty.')
      .default(''),
    program: map('The first program.', {
      file: text('Its file, relative to this YAML file, with evolve markers in comments.').optional(),
      files: list(
        'Its files when it has several, in place of `file`; the first one exports the entry.',
        z
          .union(
            [
              text('A file: with evolve markers it evolves between them, without as a whole.'),
              map('A file with more to say.', {
                file: text('The file, relative to this YAML file.'),
                fixed: z
                  .boolean({ error: 'must be true or false' })
                  .describe('Whether nothing in it may change. Default: false.')
                  .default(false),
              }),
            ],
            { error: 'must be the name of a file, or a map with the keys file, fixed' },
          )
          .describe('One file: its name, or a map that says more.'),
        1,
        64,
      ).optional(),
      entry: formed(
        'Name of the function that the evaluator calls; JavaScript and TypeScript programs must export one.',
        /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u,
        'the name of an exported function, for example solve',
      )
        .refine((entry) => !reservedWords.has(entry), {
          error: 'must be a name that the language does not reserve; export the function by a name of its own',
        })
        .optional(),
      language: formed(
        'Its language: javascript, typescript, python, c, cpp, cuda, wgsl or any other text. Default: told by the ending of the file.',
        /^[a-z][a-z0-9+#.-]{0,29}$/,
        'the name of a language in small letters, for example python',
      ).optional(),
      imports: list(
        'npm packages in plain JavaScript that candidates may import, each as name or name@version. Default: none.',
        formed(
          'A package, for example yalps or yalps@0.6.4.',
          /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(@\d+\.\d+\.\d+[0-9A-Za-z.+-]*)?$/,
          'the name of an npm package, alone or with an exact version: yalps or yalps@0.6.4',
        ),
        0,
        32,
      ).default([]),
    }),
    evaluation: evaluationSchema().prefault({}),
    evaluator: evaluatorSchema(),
    objectives: list(
      'What the evaluator measures, 1 to 16 values; the first one is the fitness.',
      map('One raw value with its direction.', {
        name: valueName('Key under `objectives` in what the evaluator returns.'),
        direction: oneOf('Which way is better.', ['maximize', 'minimize']),
      }),
      1,
      16,
    ).superRefine(unique('name', 'an objective of that name is listed above; give each its own name')),
    known: list(
      'Published values of the first objective, in its raw unit; shown by status. Default: none.',
      map('One published value.', {
        ...sourcedValue,
        tolerance: nonNegative(
          'By how much the published solution breaks a constraint; 0 for one that was checked exactly. Default: not known.',
        ).optional(),
      }),
      0,
      100,
    ).default([]),
    trivial: map(
      'What takes no thought to reach: the zero of "share of the gap closed". Default: none.',
      sourcedValue,
    ).optional(),
    reveal: z
      .boolean({ error: 'must be true or false' })
      .describe('Whether prompts may tell the known values. Default: false.')
      .default(false),
    hint: map('Advice to the author of the next program, kept out of prompts until it is shown. Default: none.', {
      show: z
        .boolean({ error: 'must be true or false' })
        .describe('Whether prompts tell the hint. Default: false.')
        .default(false),
      text: text('The advice: a method that is known to work, a structure of the best solutions.'),
    }).optional(),
    limits: limitsSchema().prefault({}),
    time_budget: duration(
      'Lets each call see how much of this time is left, and start from what the best program returned. Default: no clock.',
      { min: '1ms', max: '1d' },
    ).optional(),
    archive: archiveSchema(known.topologies).prefault({}),
    llm: llmSchema().prefault({}),
    search: searchSchema(known).prefault({}),
    pipeline: pipelineSchema(known.stages).prefault({}),
    curriculum: curriculumSchema().optional(),
    holdout: map(
      'Scores the best programs at the end of the run on inputs that the search never saw. Default: no hold-out.',
      {
        programs: whole('Best programs that are scored beside the first one, 1 to 100. Default: 1.', 1, 100).default(1),
        cases: list(
          'Ids of the hold-out cases to run. Default: all that the evaluator asks for.',
          text('Id of a case.'),
          1,
          100_000,
        ).optional(),
      },
    ).optional(),
    memory: memorySchema().prefault({}),
    budget: map('When to stop; the first limit reached ends the run. Default: 2000 candidates.', {
      candidates: whole('Children made, 1 or more; the first program is not counted.', 1).optional(),
      usd: positive('Cost of all model calls together, in US dollars, above 0.').optional(),
      tokens: whole('Input and output tokens of all model calls together, 1 or more.', 1).optional(),
      wall: duration('Wall time of the run, pauses left out.', { min: '1ms' }).optional(),
      target: finite('Value of the first objective that is good enough, in its raw unit.').optional(),
      patience: whole('Candidates in a row without a new best, 1 or more.', 1).optional(),
    }).prefault({}),
  })
}

/** A problem's YAML after checking, defaults filled, values as written. */
export type ProblemConfig = z.output<ReturnType<typeof problemSchema>>

function memorySchema() {
  return map('What is learned from what was tried, and told to later prompts.', {
    lessons: oneOf(
      'Who draws lessons: model (llm.analysis, or the first of llm.models), statistics (counts alone), off. Default: model if llm.analysis is given, else statistics.',
      ['model', 'statistics', 'off'],
    ).optional(),
    insights: whole('Insights of the library in one prompt, 0 to 20. Default: 3.', 0, 20).default(3),
    import: text(
      'A run whose insights, with their record, are taken over at the start: its name, or a path to its folder. Default: none.',
    ).optional(),
    noise_repeats: whole(
      'Evaluations of the first program from which the noise floor is measured, 1 to 100; 1 measures none. Default: 3 if they take less than a minute together.',
      1,
      100,
    ).optional(),
    verify: whole(
      'Pairs of candidates on which each new insight is tried, one with it and one without any, 0 to 50; 0 tries none. Default: 0.',
      0,
      50,
    ).default(0),
    check: z
      .boolean({ error: 'must be true or false' })
      .describe(
        'Whether the analysis model checks the conditions in words of the insights that a prompt is to tell. Default: false.',
      )
      .default(false),
  })
}

function limitsSchema() {
  return map('What one call of a candidate may use.', {
    time: duration('Wall time of one case. Default: 10s.', { min: '1ms', max: '1d' }).default('10s'),
    memory: size("Memory of the candidate beyond its process's own. Default: 256MB.", {
      min: '8MB',
      max: '1000GB',
    }).default('256MB'),
    output: size("One case's returned data as JSON. Default: 1MB.", { min: '1B', max: '100MB' }).default('1MB'),
    console: size('Console text kept; the rest is dropped and counted. Default: 16kB.', {
      min: '0B',
      max: '100MB',
    }).default('16kB'),
  })
}

function archiveSchema(topologies: readonly string[]) {
  const defaultAxes = [
    { descriptor: 'source-length', scale: 'log' as const, range: [100, 100000] as [number, number], bins: 12 },
    { descriptor: 'syntax-depth', scale: 'linear' as const, range: [0, 40] as [number, number], bins: 10 },
  ]
  return map('The MAP-Elites archive: the cells of every island.', {
    islands: whole('Islands, 1 to 64. Default: 4.', 1, 64).default(4),
    kind: oneOf(
      'How the axes are cut into cells: equal bins along each of them, or a chosen number of cells around evenly spread centroids, for more than three axes. Default: grid.',
      ['grid', 'cvt'],
    ).default('grid'),
    cells: whole('Cells of every island with `kind: cvt`, 2 to 5000. Default: 1000.', 2, 5000).optional(),
    elites_per_cell: whole(
      'Programs that a cell holds at most, 1 to 1000. With several objectives and more than 1, those that no other dominates. Default: 1, or 8 with several objectives.',
      1,
      1000,
    ).optional(),
    axes: list('Axes of every island, 1 to 8. Default: source-length and syntax-depth.', axisSchema(), 1, 8)
      .superRefine(
        unique('descriptor', 'an axis of that descriptor is listed above; give each axis its own descriptor'),
      )
      .default(defaultAxes),
    briefs: list(
      'An instruction of its own for each island, in their order; it stands in the prompts of that island. Default: none.',
      text('Instruction of one island.'),
      0,
      64,
    ).default([]),
    migration: map('How the best travel between islands.', {
      topology: oneOf('Which islands receive from which. Default: ring.', topologies).default(
        preferred('ring', topologies),
      ),
      interval: whole(
        'Candidates committed between two migrations, 0 to 1000000; 0 turns migration off. Default: 100.',
        0,
        1_000_000,
      ).default(100),
      count: whole('Elites that each island sends, best first, 1 to 1000. Default: 2.', 1, 1000).optional(),
      rate: z
        .number({ error: rateRule })
        .positive({ error: rateRule })
        .max(1, { error: rateRule })
        .describe('Share of its owners that each island sends instead of `count`, above 0 up to 1.')
        .optional(),
    })
      .superRefine(({ count, rate }, context) => {
        if (count === undefined || rate === undefined) return
        const message = 'says the same as count; keep one of the two'
        context.addIssue({ code: 'custom', path: ['rate'], message, params: { complete: true } })
      })
      .prefault({}),
    reset: map('How weak islands start afresh. Default: never.', {
      interval: whole(
        'Candidates committed between two resets of the weaker half of the islands, 0 to 10000000; 0 turns them off. Default: 0.',
        0,
        10_000_000,
      ).default(0),
    }).prefault({}),
    spawn: map('How a search that stands still gets another island. Default: never.', {
      patience: whole(
        'Scored candidates without a new best before an island is added, 0 to 10000000; 0 turns it off. Default: 0.',
        0,
        10_000_000,
      ).default(0),
      limit: whole('Islands at most, those of the start included, 1 to 64. Default: 8.', 1, 64).default(8),
      from: oneOf('What a new island starts from. Default: first.', ['first', 'best']).default('first'),
    }).prefault({}),
  }).superRefine(({ kind, cells, islands, spawn }, context) => {
    if (kind === 'grid' && cells !== undefined) {
      const message = 'is for kind: cvt; a grid has the product of its bins, so remove it or set kind: cvt'
      context.addIssue({ code: 'custom', path: ['cells'], message, params: { complete: true } })
    }
    if (spawn.patience > 0 && spawn.limit <= islands) {
      const message = `can add no island: spawn.limit is ${String(spawn.limit)} and there are ${String(islands)} islands from the start; raise the limit or set patience: 0`
      context.addIssue({ code: 'custom', path: ['spawn', 'patience'], message, params: { complete: true } })
    }
  })
}

const rateRule = 'must be a number above 0 up to 1'

function axisSchema() {
  const bound = finite('A bound, in the unit of the descriptor.')
  return map('One axis: a behaviour value cut into equal bins.', {
    descriptor: valueName('A built-in descriptor, or a number that the evaluator returns under `descriptors`.'),
    scale: oneOf('Whether bins are equal in the value or in its logarithm. Default: linear.', [
      'linear',
      'log',
    ]).default('linear'),
    range: z
      .tuple([bound, bound], { error: 'must be a list of two numbers: lower bound, upper bound' })
      .refine(([lower, upper]) => lower < upper, { error: 'must have its lower bound below its upper bound' })
      .describe(
        "Lower and upper bound in the descriptor's unit; values outside go to the edge bins. Both above 0 on a log scale.",
      ),
    bins: whole('Bins, 1 to 1000; not used with `kind: cvt`. Default: 10.', 1, 1000).default(10),
  }).superRefine(({ scale, range: [lower] }, context) => {
    if (scale === 'linear' || lower > 0) return
    const message = 'must lie above 0 on a log scale; raise it or use scale: linear'
    context.addIssue({ code: 'custom', path: ['range'], message })
  })
}

function searchSchema(known: KnownNames) {
  const weight = nonNegative('Share of draws relative to the other operators, 0 or more; 0 turns it off.')
  // In one fixed order, because weighted draws depend on it and the same run must be drawn again after a resume.
  const ordered = [...known.operators].sort()
  const weights = Object.fromEntries(ordered.map((name) => [name, weight.optional()]))
  return map('How parents are drawn and children made.', {
    sampler: oneOf('How a parent is drawn from the archive. Default: adaptive.', known.samplers).default(
      preferred('adaptive', known.samplers),
    ),
    operators: map(
      'Weight by operator; those left out are off. Default: { cross: 1, diff: 6, perturb: 1, rewrite: 2, tune: 0.5 }.',
      weights,
    )
      .refine((given) => Object.values(given).some((value) => (value ?? 0) > 0), {
        error: 'must give at least one operator a weight above 0',
      })
      .default(defaultWeights(ordered)),
    concurrency: whole('Candidates in flight, 1 to 1024. Default: 8.', 1, 1024).default(8),
    order: oneOf('Whether candidates are committed as they finish, or in order of creation. Default: as-finished.', [
      'as-finished',
      'by-ordinal',
    ]).default('as-finished'),
    lag: whole(
      'With order by-ordinal: candidate k sees the commits up to k minus this, 1 to 1024; the concurrency at most. Default: 16.',
      1,
      1024,
    ).default(16),
    bandit: map('Chooses operators and models by what they brought lately, in place of weights. Default: off.', {
      reward: oneOf('What counts of the rewards of an operator with its model. Default: mean.', [
        'mean',
        'max',
      ]).default('mean'),
      window: whole(
        'Finished candidates that count, the latest so many, 10 to 10000. Default: 200.',
        10,
        10_000,
      ).default(200),
      explore: nonNegative('Weight of what is not known about an operator, 0 or more. Default: 0.1.').default(0.1),
      per: oneOf('What a reward is divided by: the mean cost in tokens or money, or nothing. Default: tokens.', [
        'tokens',
        'usd',
        'candidate',
      ]).default('tokens'),
    }).optional(),
    tune: map('The operator tune.', {
      evaluations: whole('Children that tune makes of one program, 1 to 100000. Default: 300.', 1, 100_000).default(
        300,
      ),
    }).prefault({}),
    pivot: map('When the operator pivot may be drawn: where a parent is exhausted or its island is on a plateau.', {
      exhausted: whole(
        'Finished children of a program, none of them better, from which it counts as exhausted, 1 to 100000. Default: 10.',
        1,
        100_000,
      ).default(10),
      plateau: whole(
        'Candidates of an island since its best program was made from which it is on a plateau, 1 to 1000000. Default: 200.',
        1,
        1_000_000,
      ).default(200),
    }).prefault({}),
    meta: map('Lets a model evolve the instruction part of the prompts. Default: off.', {
      interval: whole(
        "Finished children of an operator's prompts between two requests for a better instruction, 5 to 100000. Default: 50.",
        5,
        100_000,
      ).default(50),
      population: whole('Instructions of one operator in use, 2 to 50. Default: 6.', 2, 50).default(6),
      window: whole(
        'Commits that count for the record of an instruction, the latest so many, 20 to 1000000. Default: 400.',
        20,
        1_000_000,
      ).default(400),
    }).optional(),
    inspirations: whole('Other programs shown to an operator, 0 to 16. Default: 2.', 0, 16).default(2),
    inspire_by: list(
      'How they are chosen, by turns: the best of other islands, at random, from the nearest cells, or the best of the island. Default: [islands, random].',
      oneOf('One way to choose an inspiration.', inspirationWays),
      1,
      16,
    ).default(['islands', 'random']),
  }).superRefine(({ order, lag, concurrency }, context) => {
    if (order !== 'by-ordinal' || lag >= concurrency) return
    const message = `by-ordinal needs a search.lag of at least search.concurrency (${String(concurrency)}), and it is ${String(lag)}: raise it`
    context.addIssue({ code: 'custom', path: ['order'], message, params: { complete: true } })
  })
}

function defaultWeights(operators: readonly string[]): Record<string, number> {
  const weights = Object.entries({ cross: 1, diff: 6, perturb: 1, rewrite: 2, tune: 0.5 }).filter(([name]) =>
    operators.includes(name),
  )
  return Object.fromEntries(weights.length > 0 ? weights : operators.map((name) => [name, 1]))
}

function preferred(name: string, names: readonly string[]): string {
  return names.includes(name) ? name : (names[0] ?? name)
}

const sourcedValue = {
  value: finite('The value, in the raw unit of the first objective.'),
  source: text('Where it is published.').optional(),
}

function valueName(description: string) {
  return formed(
    description,
    /^[A-Za-z][A-Za-z0-9._-]{0,99}$/,
    'letters, digits, "-", "_" and "." beginning with a letter, at most 100 of them',
  )
}

/** Refuses a list in which two entries have the same value under `key`. */
function unique<Key extends string>(key: Key, message: string) {
  return (entries: readonly Readonly<Record<Key, string>>[], context: z.RefinementCtx): void => {
    const seen = new Set<string>()
    for (const [index, entry] of entries.entries()) {
      if (seen.has(entry[key])) {
        const path = [index, key]
        context.addIssue({ code: 'custom', path, message: `must be unique: ${message}`, params: { complete: true } })
      }
      seen.add(entry[key])
    }
  }
}

const reservedWords = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally for ' +
    'function if implements import in instanceof interface let new null package private protected public return static ' +
    'super switch this throw true try typeof var void while with yield'
  ).split(' '),
)
