import { z } from 'zod'
import {
  duration,
  finite,
  formed,
  list,
  map,
  nonNegative,
  oneOf,
  positive,
  size,
  text,
  whole,
  unique,
  valueName,
} from './fields.ts'
import { archiveSchema } from './schema-archive.ts'
import { curriculumSchema } from './schema-curriculum.ts'
import { evaluationSchema, evaluatorSchema } from './schema-evaluation.ts'
import type { StageKind } from '../stages/stage-kind.ts'
import { llmSchema } from './schema-llm.ts'
import { pipelineSchema } from './schema-pipeline.ts'
import { searchSchema } from './schema-search.ts'

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

const sourcedValue = {
  value: finite('The value, in the raw unit of the first objective.'),
  source: text('Where it is published.').optional(),
}

const reservedWords = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally for ' +
    'function if implements import in instanceof interface let new null package private protected public return static ' +
    'super switch this throw true try typeof var void while with yield'
  ).split(' '),
)
