import type { Budget } from '../../src/config/problem.ts'
import type { Evaluation } from '../../src/core/evaluation.ts'
import type { Placement } from '../../src/core/placement.ts'
import type { Prompt } from '../../src/core/prompt.ts'
import type { EndedStage, StageRun } from '../../src/pipeline/stage.ts'
import type { CallEnding, CallOpening, RunIdentity, RunStore, Selected } from '../../src/store/run-store.ts'

/** Values for tests of stores; each can be varied in the field a test is about. */
export const identity: RunIdentity = {
  name: 'circle-packing',
  seed: 4_294_967_295,
  createdAt: 1_700_000_000_000,
  version: '0.1.0',
  problemFile: '/somewhere/circle-packing.yaml',
  config: 'name: circle-packing\n',
  evaluatorHash: 'e'.repeat(64),
  programHash: 'p'.repeat(64),
  libraries: [],
  contract: '',
  reproducible: true,
  objective: { name: 'sum_radii', direction: 'maximize' },
}

export const budget: Budget = { candidates: 100, usd: 1.5, tokens: undefined, wallMs: 3_600_000 }

export const start = identity.createdAt

export function selected(ordinal: number, more: Partial<Selected> = {}): Selected {
  return {
    ordinal,
    island: 0,
    operator: ordinal === 0 ? 'first' : 'perturb',
    model: undefined,
    parent: ordinal === 0 ? undefined : 0,
    inspirations: [],
    generation: ordinal === 0 ? 0 : 1,
    seen: 0,
    ...more,
  }
}

export const child = { source: 'let a = 1', traits: { step: 0.25 }, change: { summary: 'literal 1 -> 2' } }

export const prompt: Prompt = {
  template: 'diff',
  system: 'You improve programs.',
  user: '## Problem\n\nPack circles.\n\n## Parent\n\nlet a = 1',
  sections: [
    { name: 'problem', text: '## Problem\n\nPack circles.' },
    { name: 'parent', text: '## Parent\n\nlet a = 1' },
  ],
}

export function opening(ordinal: number, attempt: number, more: Partial<CallOpening> = {}): CallOpening {
  return {
    ordinal,
    attempt,
    provider: 'openai',
    model: 'small',
    purpose: 'propose',
    parameters: { temperature: 0.7 },
    reservedTokens: 1000,
    reservedUsd: 0.5,
    startedAt: start + 10,
    ...more,
  }
}

export function ending(more: Partial<CallEnding> = {}): CallEnding {
  return {
    status: 'ok',
    reply: 'the reply',
    finish: 'stop',
    error: undefined,
    usage: { input: 100, output: 20, cached: 50, reasoning: undefined },
    chargedTokens: 120,
    chargedUsd: 0.125,
    endedAt: start + 20,
    ...more,
  }
}

export function stageRun(stage: string, more: Partial<StageRun> = {}): StageRun {
  return {
    stage,
    version: 1,
    outcome: { ok: true, output: { a: [1, 2] } },
    startedAt: start + 30,
    durationMs: 1.5,
    ...more,
  }
}

/** Stage runs on their way to the store. */
export function ended(run: StageRun, keepOutput = true): EndedStage {
  return { ...run, keep: keepOutput ? 'stored' : 'recompute', shared: true }
}

export function evaluation(fitness: number, more: Partial<Evaluation> = {}): Evaluation {
  return {
    objectives: { sum_radii: fitness, seconds: 3 },
    descriptors: { 'source-length': 9 },
    scores: { n26: 0.1 },
    feedback: 'circle 3 could grow',
    artifacts: { raw: [[0.1, 0.2]], console: 'hello' },
    fitness,
    ...more,
  }
}

export function placement(ordinal: number, fitness: number, more: Partial<Placement> = {}): Placement {
  return {
    ordinal,
    island: 0,
    cell: '3,4',
    decision: 'new-cell',
    fitness,
    displaced: undefined,
    via: 'birth',
    clamped: [],
    ...more,
  }
}

/** Takes a candidate without a model from nothing to `evaluating`. */
export function toEvaluating(store: RunStore, ordinal: number, more: Partial<Selected> = {}): void {
  store.select(selected(ordinal, more), start + ordinal)
  store.patch(ordinal, { ...child, source: `let a = ${String(ordinal)}` })
  store.beginEvaluation(ordinal)
}

/** Takes a candidate without a model from nothing to `placed`. */
export function toPlaced(
  store: RunStore,
  ordinal: number,
  fitness: number,
  decided: Partial<Placement> = {},
  more: Partial<Selected> = {},
): void {
  toEvaluating(store, ordinal, more)
  store.place(ordinal, evaluation(fitness), [placement(ordinal, fitness, decided)], start + 1000 * (ordinal + 1))
}
