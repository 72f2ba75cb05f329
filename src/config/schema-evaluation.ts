import { z } from 'zod'
import { mostShares } from '../evaluation/devices/spec.ts'
import { environmentMistake } from '../evaluation/process/environment.ts'
import { duration, list, map, oneOf, size, text, whole } from './fields.ts'

/** The schema of `evaluation`. What belongs to one backend only is optional here; see `unfitting`. */
export function evaluationSchema() {
  return map('Where candidates are run.', {
    backend: oneOf(
      'isolate: JavaScript and TypeScript in a V8 isolate. process: a command, in any language. none: nothing is run, the evaluator reads the source. Default: isolate for JavaScript and TypeScript, else process.',
      ['isolate', 'process', 'none'],
    ).optional(),
    command: list(
      'What runs one case: a program and its arguments, with {program}, {build}, {runner} and {node} replaced. Default: the shipped runner, for Python, JavaScript and TypeScript.',
      text('A word of the command line.'),
      1,
      100,
    ).optional(),
    build: map('What is run once per candidate before its cases, such as a compiler.', {
      command: list(
        'A program and its arguments; its outputs go into {build}.',
        text('A word of the command line.'),
        1,
        100,
      ),
      time: duration('Longest time of a build. Default: 60s.', { min: '1ms', max: '1d' }).default('60s'),
      memory: size('Memory of all processes of a build. Default: 2GB.', { min: '8MB', max: '1000GB' }).default('2GB'),
    }).optional(),
    env: list(
      'Variables that candidates see: NAME passes one through, NAME=value sets it. Default: none of yours.',
      text('NAME or NAME=value.').superRefine((entry, context) => {
        const message = environmentMistake(entry)
        if (message !== undefined) context.addIssue({ code: 'custom', message })
      }),
      0,
      100,
    ).optional(),
    read: list(
      "Files and folders that candidates may read beside the system's programs, such as a virtual environment. Default: none.",
      text('A path, relative to the YAML file.'),
      0,
      100,
    ).optional(),
    sandbox: oneOf(
      'auto: as strict as this machine allows. required: refuse to run without bubblewrap. off: no namespaces. Default: auto.',
      ['auto', 'required', 'off'],
    ).optional(),
    start: duration(
      'Longest time until the command writes {"ready":true}; limits.time counts from there. Default: 10s with the shipped runner, else none, and limits.time counts from the start.',
      { min: '1ms', max: '1d' },
    ).optional(),
    cpu: duration('Processor time of all processes of one case. Default: limits.time and one second.', {
      min: '1ms',
      max: '100d',
    }).optional(),
    processes: whole('Processes and threads of one case at a time, 1 to 100000. Default: 64.', 1, 100_000).optional(),
    disk: size('What one case may write to files. Default: 64MB.', { min: '4kB', max: '1000GB' }).optional(),
    device: map('The GPU that each candidate is lent for its cases. Default: none.', {
      kind: oneOf('cuda: an NVIDIA card; CUDA_VISIBLE_DEVICES names it.', ['cuda']),
      ids: list(
        'Cards by number or UUID. Default: all that nvidia-smi lists.',
        z
          .union([z.int().min(0), z.string().min(1)], { error: 'must be the number or the UUID of a card' })
          .describe('Number or UUID of a card.'),
        1,
        64,
      ).optional(),
      slots: whole('Candidates that share one card, 1 to 16. Default: 1.', 1, mostShares).default(1),
      exclusive: z
        .boolean({ error: 'must be true or false' })
        .describe(
          'Whether a card is used by one candidate of all runs on this machine at a time, for timings. Default: true.',
        )
        .default(true),
    }).optional(),
  })
}

/** What stands under `evaluation`, as written. */
export type EvaluationConfig = z.output<ReturnType<typeof evaluationSchema>>

/** The schema of `evaluator`: a module, or a command that is kept alive. */
export function evaluatorSchema() {
  const description = 'File of the module that scores what the program returns, relative to this YAML file.'
  const command = map('A trusted command that scores, line by line.', {
    command: list('The command and its arguments.', text('A word of the command line.'), 1, 100),
    time: duration('Longest time of one answer. Default: 30s.', { min: '1ms', max: '1d' }).default('30s'),
  })
  const error = 'must be the file of a module, or a map with the key command'
  return z.union([text(description), command], { error }).describe(description)
}
