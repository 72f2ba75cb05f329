import { ring } from '../../src/archive/topology.ts'
import type { Budget, Problem } from '../../src/config/problem.ts'
import type { Axis } from '../../src/core/descriptor.ts'
import type { Scored } from '../../src/core/evaluation.ts'
import type { RunEvent } from '../../src/run/event-sink.ts'
import type { RunParts } from '../../src/run/parts.ts'
import { LostLines } from '../../src/run/lost-lines.ts'
import { Lineage } from '../../src/selection/lineage.ts'
import { cachedFacts } from '../../src/run/elite-facts.ts'
import { rebuildArchive } from '../../src/run/rebuild.ts'
import { stopRules } from '../../src/builtins.ts'
import { openRungs } from '../../src/run/rungs.ts'
import { noOrders } from '../../src/run/steering.ts'
import { rank } from '../../src/selection/rank.ts'
import type { RunIdentity, RunStore } from '../../src/store/run-store.ts'
import type { ModelOperator } from '../../src/variation/operator.ts'
import { manualClock } from '../fakes/manual-clock.ts'
import { noServices, pipelineOf } from '../pipeline/pipeline-of.ts'

/** A program here is a number as text; its score is that number and its behaviour the last digit. */
export const axes: readonly Axis[] = [{ descriptor: 'digit', scale: 'linear', range: [0, 10], bins: 10 }]

export const identity: RunIdentity = {
  name: 'numbers',
  seed: 1,
  createdAt: 0,
  version: '0',
  problemFile: '/numbers.yaml',
  config: '',
  evaluatorHash: '',
  programHash: '',
  libraries: [],
  contract: '',
  reproducible: true,
  objective: { name: 'size', direction: 'maximize' },
}

/** Scores a program's text by a number, unless it holds an exclamation mark; its cell is the last digit. */
export function scoredBy(
  sizeOf: (source: string) => number,
  scoresOf: (source: string) => Scored['scores'] = () => ({}),
) {
  return pipelineOf([
    {
      name: 'score',
      output: 'scored',
      run: ({ source }) =>
        Promise.resolve(
          source.includes('!')
            ? { ok: false, failure: { kind: 'threw', message: 'an exclamation mark' } }
            : {
                ok: true,
                output: {
                  objectives: { size: sizeOf(source) },
                  descriptors: {},
                  scores: scoresOf(source),
                  artifacts: {},
                },
              },
        ),
    },
    {
      name: 'describe',
      needs: ['score'],
      run: ({ source }) => Promise.resolve({ ok: true, output: { digit: Math.abs(Number(source)) % 10 } }),
    },
  ])
}

export const pipeline = scoredBy(Number, (source) => ({ whole: Number(source), digit: Number(source) % 10 }))

/** A model operator whose reply is the child. */
export const echo: ModelOperator = {
  kind: 'model',
  name: 'echo',
  template: 'echo',
  inspirations: { least: 0, most: 1 },
  replyFormat: 'edits',
  apply: (reply) => ({ ok: true, source: reply, traits: {}, change: { summary: 'echoed' } }),
}

const model = {
  name: 'm',
  provider: 'openai',
  model: 'm',
  api: 'chat',
  baseUrl: undefined,
  apiKey: undefined,
  weight: 1,
  temperatures: [],
  maxTokens: 10,
  reasoningEffort: undefined,
  price: undefined,
  concurrency: 8,
  requestsPerMinute: undefined,
  tokensPerMinute: undefined,
} as const

export function problemWith(budget: Partial<Budget>, concurrency = 4): Problem {
  return {
    file: '/numbers.yaml',
    name: 'numbers',
    description: '',
    program: { file: '/numbers.ts', language: 'typescript', entry: 'f', source: '1', imports: [] },
    timeBudgetMs: undefined,
    holdout: undefined,
    evaluation: { backend: 'isolate' },
    evaluator: '/evaluator.ts',
    scorer: undefined,
    objectives: [{ name: 'size', direction: 'maximize' }],
    known: [],
    trivial: undefined,
    reveal: false,
    hint: undefined,
    limits: { timeMs: 1000, memoryBytes: 1e8, outputBytes: 1e6, consoleBytes: 1e4 },
    archive: {
      islands: 2,
      axes,
      kind: 'grid',
      cells: undefined,
      elitesPerCell: 1,
      briefs: [],
      migration: { topology: 'ring', interval: 10, count: 2, rate: undefined },
      resetInterval: 0,
      spawn: { patience: 0, limit: 8, from: 'first' },
    },
    llm: {
      models: [model],
      repair: undefined,
      analysis: undefined,
      embedding: undefined,
      deadlines: { firstTokenMs: 1000, betweenTokensMs: 1000, totalMs: 1000 },
    },
    pipeline: { stages: [], resources: {}, pauseAfter: 3 },
    curriculum: [],
    search: {
      sampler: 'rank',
      operators: {},
      concurrency,
      inspirations: 1,
      inspireBy: ['islands', 'random'],
      order: 'as-finished',
      lag: 16,
      bandit: undefined,
      tune: { when: 'always', evaluations: 300 },
      pivot: { exhausted: 10, plateau: 200 },
      meta: undefined,
    },
    goals: { target: undefined, patience: undefined },
    memory: { lessons: 'off', insights: 3, import: undefined, noiseRepeats: 1, verify: 0, check: false },
    budget: { candidates: undefined, usd: undefined, tokens: undefined, wallMs: undefined, ...budget },
  }
}

/** Parts over a store whose direct operator adds its ordinal to the parent's number. */
export function partsOver(store: RunStore, problem: Problem, changes: Partial<RunParts> = {}) {
  const events: RunEvent[] = []
  const best: number[] = []
  const archive = rebuildArchive(problem, store)
  const parts: RunParts = {
    problem,
    store,
    archive,
    lineage: Lineage.of(store.lineage()),
    lost: new LostLines(
      (ordinal) => store.duplicates.removed(ordinal),
      (ordinal) => Lineage.of(store.lineage()).parentOf(ordinal),
    ),
    migration: { topology: ring, interval: 10, count: 2 },
    sampler: rank,
    factsOf: cachedFacts(store, problem.objectives),
    operators: [
      {
        operator: {
          kind: 'direct',
          name: 'add',
          vary: () => ({ ok: false, failure: { kind: 'unchanged', message: '' } }),
        },
        weight: 1,
      },
    ],
    learning: new Map(),
    bandit: undefined,
    pipeline,
    services: noServices,
    rungs: openRungs({ filed: store.rungs.filed(), keep: (entry) => store.rungs.enter(entry) }),
    cache: undefined,
    vary: (_operator, { parent, seed }) => {
      const ordinal = Number(seed.split('/').at(-1))
      return Promise.resolve({
        ok: true,
        source: ordinal % 7 === 0 ? '!' : String(Number(parent.source) + (ordinal % 13)),
        traits: {},
        change: { summary: `+${String(ordinal % 13)}` },
      })
    },
    buildPrompt: ({ ordinal }) => ({
      prompt: {
        template: 'echo',
        system: 's',
        user: String(ordinal),
        sections: [{ name: 'all', text: String(ordinal) }],
      },
      insights: [],
    }),
    extractor: undefined,
    buildMeta: () => ({ template: 'meta', system: 's', user: 'u', sections: [{ name: 'all', text: 'u' }] }),
    buildAnalysis: () => ({ template: 'analysis', system: 's', user: 'u', sections: [{ name: 'all', text: 'u' }] }),
    ask: () => Promise.reject(new Error('nobody asked for a model')),
    clock: manualClock(),
    sink: { emit: (event) => void events.push(event), close: () => undefined },
    schedule: undefined,
    stopRules,
    steering: { orders: noOrders, log: [] },
    keepBest: ({ ordinal }) => void best.push(ordinal),
    ...changes,
  }
  return { parts, events, best }
}
