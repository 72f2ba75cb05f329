import type { InputSpec } from '../../evaluation/evaluator/draw-args.ts'
import type { CutFunction } from './cut-function.ts'
import type { SourceFile } from './refusal.ts'

/** What a problem made from a function is made of. */
export interface Making {
  readonly name: string
  readonly file: SourceFile
  readonly cut: CutFunction
  readonly specs: readonly InputSpec[]
  readonly tolerance: number
  /** Items of lists and texts that are timed. */
  readonly timedLength: number
  /** Calls that are timed together. */
  readonly batch: number
  /** The schema's path from the new folder. */
  readonly schema: string
}

/** The texts of all files of the new problem, by name. */
export function problemTexts(making: Making): ReadonlyMap<string, string> {
  const { extension } = making.file
  return new Map([
    ['problem.yaml', yamlText(making)],
    [`program${extension}`, programText(making)],
    [`reference${extension}`, referenceText(making)],
    ['evaluator.ts', evaluatorText(making)],
    ['README.md', readmeText(making)],
  ])
}

function programText({ cut: { types, code, entry } }: Making): string {
  return [
    ...(types === '' ? [] : [types, '']),
    '// EVOLVE-BLOCK-START',
    code,
    '// EVOLVE-BLOCK-END',
    '',
    `export { ${entry} }`,
    '',
  ].join('\n')
}

function referenceText({ cut: { types, code, entry }, file }: Making): string {
  const head = `// ${entry} as it was in ${file.shown}. Candidates are compared with it, in their answers and in time.`
  return [head, '', ...(types === '' ? [] : [types, '']), code, '', `export { ${entry} }`, ''].join('\n')
}

function yamlText({ name, file, cut: { entry }, tolerance, batch, schema }: Making): string {
  const { extension } = file
  const options = `objective: speed_up, reference: reference${extension}, batch: ${batch}, tolerance: ${tolerance}`
  return `# yaml-language-server: $schema=${schema}
name: ${name}
description: |
  Make ${entry} faster. It is called with fresh inputs and must return what reference${extension} returns${tolerance === 0 ? '' : ` within ${tolerance}, relatively`}.
  The score is the speed-up over it, higher is better. Nothing that is kept from call to call is ever useful, there is no
  clock, and nothing can be imported.

program: { file: program${extension}, entry: ${entry} }
evaluator: evaluator.ts
objectives: [{ name: speed_up, direction: maximize }]

trivial: { value: 1, source: the function as it was }

limits: { time: 2s, memory: 256MB }

pipeline:
  stages:
    - { kind: parse }
    - { kind: run }
    - { kind: score }
    # ${batch === 1 ? 'One call is' : `${batch} calls are`} timed together, so that the clock has something to measure; five rounds of fresh inputs, three starts.
    - { kind: paired-timing, ${options} }
    - { kind: describe }

archive:
  islands: 2
  axes:
    - { descriptor: source-length, scale: log, range: [100, 30000], bins: 10 }
    - { descriptor: loop-nesting, range: [0, 6], bins: 6 }

search: { concurrency: 2 }

budget: { candidates: 1000 }
`
}

function evaluatorText({ file, cut: { entry }, specs, tolerance, timedLength }: Making): string {
  const list = specs.map((spec) => `  ${specText(spec)},`).join('\n')
  return `import { defineEvaluator, differenceFrom, drawArgs, invalid, z } from 'evolve-agent'
import type { InputSpec, Json } from 'evolve-agent'
import { ${entry} } from './reference${file.extension}'

/** What each argument looks like. Make it look like what ${entry} gets in real use. */
const inputs: InputSpec[] = [
${list}
]

/** Largest relative difference of two numbers that counts as none, as in problem.yaml. */
const tolerance = ${tolerance}

/** Items of lists and texts that are timed; those that are only checked have fewer. */
const timedLength = ${timedLength}
const checkedCalls = 60

/** Checks that answers are those of the reference on hidden inputs; the stage paired-timing says what a program is worth. */
export default defineEvaluator({
  output: z.array(z.json()),

  cases: ({ rng, split }) =>
    split === 'timing'
      ? [{ id: 'drawn', args: drawArgs(inputs, rng, [timedLength, timedLength]) }]
      : [{ id: 'drawn', args: [Array.from({ length: checkedCalls }, (_, call) => drawArgs(inputs, rng, [0, call]))] }],

  drive: ({ call }, calls: Json[][]) => calls.map((args) => call(...args)),

  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const calls = only.args[0] as Json[][]
    if (only.value.length !== calls.length) return invalid('there is not one answer for each call')
    for (const [index, args] of calls.entries()) {
      const expected: unknown = Reflect.apply(${entry}, undefined, structuredClone(args))
      const wrong = differenceFrom(expected, only.value[index] as Json, tolerance)
      if (wrong !== undefined) return invalid(\`${entry}(\${JSON.stringify(args).slice(1, -1).slice(0, 300)}): \${wrong}\`)
    }
    return { objectives: {} }
  },
})
`
}

/** A spec as a person would write it: keys without quotes where they need none. */
export function specText(spec: InputSpec): string {
  const text = JSON.stringify(spec, null, 1).replaceAll(/\n\s*/g, ' ')
  return text
    .replaceAll(/"([A-Za-z_]\w*)":/g, '$1:')
    .replaceAll(/"([^"'\\]*)"/g, "'$1'")
    .replaceAll(/\[ /g, '[')
    .replaceAll(/ \]/g, ']')
}

function readmeText({ name, file, cut: { entry } }: Making): string {
  const { extension } = file
  return `# ${name}

Makes \`${entry}\` of \`${file.shown}\` faster. It runs as it stands.

| file | what it is |
| --- | --- |
| \`problem.yaml\` | what to evolve, how to score it, how long to search |
| \`program${extension}\` | the function with all it needs; only what stands between the \`EVOLVE-BLOCK\` markers changes |
| \`reference${extension}\` | the function as it was: candidates must return what it returns, and are timed beside it |
| \`evaluator.ts\` | draws the inputs and compares the answers; candidates never see it |

\`\`\`sh
npx evolve check problem.yaml
npx evolve problem.yaml --candidates 200
npx evolve best ${name} --diff
\`\`\`

Look at \`inputs\` in \`evaluator.ts\` first: a function is made faster for the inputs that it is timed with. What the function does to its
arguments is not compared, only what it returns.
`
}
