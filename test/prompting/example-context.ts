import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { contractText } from '../../src/evaluation/evaluator/contract-text.ts'
import { shapeText } from '../../src/evaluation/evaluator/shape-text.ts'
import type { PromptContext, PromptParent, PromptProblem } from '../../src/prompting/context.ts'
import { isolateRules } from '../../src/prompting/context.ts'
import { parseTemplate } from '../../src/prompting/template.ts'
import type { Template } from '../../src/prompting/template.ts'

export const problem: PromptProblem = {
  name: 'circle-packing',
  description: 'Pack 26 disjoint circles in the unit square; maximise the sum of their radii.',
  entry: 'pack',
  language: 'ts',
  objectives: [{ name: 'sum_radii', direction: 'maximize' }],
  limits: { timeMs: 10_000, memoryBytes: 256_000_000, outputBytes: 1_000_000 },
  rules: isolateRules([], false),
  contract: contractText({
    entry: 'pack',
    cases: [{ id: 'n26', args: [26] }],
    shape: shapeText(z.array(z.tuple([z.number(), z.number(), z.number()])).length(26)),
    driven: false,
  }),
  known: [{ value: 2.635983084917, source: 'MX 2511.02864' }],
  reveal: false,
  hint: undefined,
}

const source = `// EVOLVE-BLOCK-START
export function pack(n: number): [number, number, number][] {
  const step = 1 / Math.ceil(Math.sqrt(n))
  return Array.from({ length: n }, (_, i) => [i * step, 0.5, step / 2])
}
// EVOLVE-BLOCK-END
`

export const parent: PromptParent = {
  source,
  objectives: { sum_radii: 0.9597642169962064 },
  fitness: 0.9597642169962064,
  feedback: undefined,
  artifacts: {},
  console: '',
}

/** A context in which everything that can be shown is there. */
export const fullContext: PromptContext = {
  problem: { ...problem, reveal: true, hint: 'Solve the radii by a linear program.' },
  replyFormat: 'edits',
  parent: {
    ...parent,
    feedback: 'circles 3 and 17 overlap by 2e-4',
    artifacts: { raw: 0.9598, worst: [3, 17] },
    console: 'round 1\nround 2\n',
  },
  brief: undefined,
  bestFitness: 2.1,
  inspirations: [
    { source: 'const b = 2\n', objectives: { sum_radii: 2.1 }, fitness: 2.1 },
    { source: 'const a = 1\n', objectives: { sum_radii: 1.25 }, fitness: 1.25 },
  ],
  trail: [
    { ordinal: 0, island: 0, operator: 'first', summary: 'the first program', objectives: { sum_radii: 0.8 } },
    { ordinal: 4, island: 0, operator: 'perturb', summary: 'literal 0.7 -> 0.4312', objectives: { sum_radii: 0.9 } },
    { ordinal: 9, island: 1, operator: 'diff', summary: 'grid', objectives: { sum_radii: 0.9597642169962064 } },
  ],
  tried: [
    {
      lines: { first: 3, last: 4 },
      anchor: 'const step = 1 / Math.ceil(Math.sqrt(n))',
      attempts: 7,
      improved: 1,
      regressed: 4,
      gain: { best: 0.1, mean: -0.0833, worst: -0.4597642169962064 },
      failures: { threw: 1, 'constraint-violated': 1 },
    },
    {
      lines: undefined,
      anchor: '',
      attempts: 1,
      improved: 0,
      regressed: 0,
      gain: undefined,
      failures: { 'search-missed': 1 },
    },
  ],
  exhausted: 12,
  attempts: [
    { summary: 'hexagonal rows', outcome: { ok: true, objectives: { sum_radii: 1.0597642169962064 } } },
    {
      summary: 'gradient steps',
      outcome: { ok: false, failure: { kind: 'threw', message: 'x is not defined', line: 3 } },
    },
    { summary: 'smaller step', outcome: { ok: true, objectives: { sum_radii: 0.5 } } },
  ],
  lessons: ['Hexagonal rows beat square ones when n is not a square.'],
  insights: [
    {
      id: 2,
      condition: 'the circles have one size',
      explanation: 'Let the sizes differ: gaps between equal circles stay empty.',
      example: 'r: step / 2',
    },
  ],
  failedIdeas: [
    {
      summary: 'random restarts',
      outcome: { ok: false, failure: { kind: 'timed-out', message: 'over 10 s', limitMs: 10_000 } },
    },
  ],
  overused: [{ text: 'Math.ceil(Math.sqrt(n))', elites: 9, of: 10 }],
  approaches: [
    { defines: ['pack', 'rows'], calls: ['Math.ceil', 'Math.sqrt'], programs: 9, value: 2.1 },
    { defines: [], calls: [], programs: 1, value: 0.8 },
  ],
  transition: {
    hunks: [
      { line: 3, removed: '  const step = 1 / Math.ceil(Math.sqrt(n))\n', added: '  const step = 0.2\n' },
      { line: 4, removed: '', added: '  // rows\n' },
      { line: 5, removed: '}\n', added: '' },
    ],
    outcome: { ok: true, objectives: { sum_radii: 1.0597642169962064 }, feedback: 'all circles touch' },
    mixed: [
      {
        id: 7,
        condition: 'always',
        explanation: 'Smaller steps are safer.',
        example: 'step / 2',
        helped: 4,
        hurt: 5,
      },
    ],
  },
  repair: {
    failure: {
      kind: 'search-missed',
      message: 'block 1 is nowhere in the program',
      nearest: { line: 3, text: 'const step' },
    },
    reply: 'I widen the step.\n\n<<<<<<< SEARCH\nconst stepp = 1\n=======\nconst step = 2\n>>>>>>> REPLACE\n',
  },
}

/** A context of the run's first prompt: nothing but the problem and the first program. */
export const bareContext: PromptContext = {
  problem,
  replyFormat: 'edits',
  parent,
  brief: undefined,
  bestFitness: undefined,
  inspirations: [],
  trail: [],
  tried: [],
  exhausted: undefined,
  attempts: [],
  lessons: [],
  insights: [],
  failedIdeas: [],
  overused: [],
  approaches: [],
  transition: undefined,
  repair: undefined,
}

/** One of the templates that ship. */
export function shippedTemplate(name: string): Template {
  const result = parseTemplate(name, readFileSync(new URL(`../../prompts/${name}.md`, import.meta.url), 'utf8'))
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.template
}

/** Reads a template that must be right. */
export function templateOf(text: string): Template {
  const result = parseTemplate('test', text)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.template
}

/** Four characters to a token, which is near the truth for English and code. */
export const countTokens = (text: string): number => Math.ceil(text.length / 4)
