import { expect, test } from 'vitest'
import { samplers } from '../../src/builtins.ts'
import type { Objective } from '../../src/core/objective.ts'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { startRun } from '../../src/run/controller.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import { handOverEvent, levelEndEvent, standingOf } from '../../src/run/curriculum.ts'
import type { Curriculum } from '../../src/run/curriculum.ts'
import type { RunParts } from '../../src/run/parts.ts'
import { rebuildArchive } from '../../src/run/rebuild.ts'
import { Lineage } from '../../src/selection/lineage.ts'
import { rank } from '../../src/selection/rank.ts'
import type { ParentSampler } from '../../src/selection/sampler.ts'
import { promote } from '../../src/stages/promote.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import { pipelineOf } from '../pipeline/pipeline-of.ts'
import { identity, partsOver, problemWith, scoredBy } from '../run/parts.ts'
import { opened, setupWith } from '../stages/opened.ts'
import fc from '../seeded-properties.ts'

interface Drawn {
  readonly seed: number
  readonly concurrency: number
  readonly interval: number
}

const drawn = fc.record<Drawn>({
  seed: fc.nat(1000),
  concurrency: fc.integer({ min: 1, max: 9 }),
  interval: fc.constantFrom(0, 3, 10),
})

/** A run of 80 candidates whose programs are numbers; more or less every seventh fails. */
async function carriedOut({ seed, concurrency, interval }: Drawn, changes: Partial<RunParts> = {}) {
  const { objectives = problemWith({}).objectives } = changes.problem ?? {}
  const problem = { ...problemWith({ candidates: 80 }, concurrency), objectives }
  const objective = objectives[0] ?? identity.objective
  const store = new MemoryStore(memoryDisk({ ...identity, seed, objective }, problem.budget))
  const made = partsOver(store, problem, {
    ...changes,
    problem,
    vary: async (_, { parent, seed: text }) => {
      const draw = Number(text.split('/').at(-1)) * 7919 + seed
      for (let turn = draw % 5; turn > 0; turn--) await new Promise<void>((resolve) => setImmediate(resolve))
      const source = draw % 7 === 0 ? '!' : String(Number(parent.source) + (draw % 13) - 6)
      return { ok: true, source, traits: {}, change: { summary: 'moved' } }
    },
  })
  const parts = { ...made.parts, migration: { ...made.parts.migration, interval } }
  store.openSession(0)
  await placeFirstProgram(parts)
  await startRun(parts, createBudgetMeter(store, parts.clock), []).ended
  return { parts, store, problem }
}

const holds = (check: (draw: Drawn) => Promise<void>, numRuns = 15) =>
  fc.assert(fc.asyncProperty(drawn, check), { numRuns })

test('law: the archive is the fold of the placements', async () => {
  await holds(async (draw) => {
    const { parts, store, problem } = await carriedOut(draw)
    const folded = rebuildArchive(problem, store)
    expect(folded.islandCount).toBe(parts.archive.islandCount)
    for (let island = 0; island < folded.islandCount; island++) {
      expect(folded.occupied(island)).toEqual(parts.archive.occupied(island))
    }
    expect(folded.best).toEqual(parts.archive.best)
  })
})

test.each(
  samplers.filter(({ draws, needs }) => draws === 'owners' && needs !== 'scores').map((each) => [each.name, each]),
)('law: every parent that %s draws owns a cell of the island when it is drawn', async (_name, sampler) => {
  await holds(async (draw) => {
    let drawnParents = 0
    const watched: ParentSampler = {
      ...sampler,
      sample: (view, rng) => {
        const parent = sampler.sample(view, rng)
        expect(view.owners).toContainEqual(parent)
        drawnParents++
        return parent
      },
    }
    const { store } = await carriedOut(draw, {
      sampler: watched,
      lineage: Lineage.of([], sampler.needs === 'subtrees'),
    })
    expect(drawnParents).toBe(80)
    // Owners by the placements too: whoever became a parent was taken in somewhere.
    const taken = new Set(
      [...store.placements()].filter(({ decision }) => decision !== 'rejected').map(({ ordinal }) => ordinal),
    )
    for (const { parent } of store.lineage()) if (parent !== undefined) expect(taken).toContain(parent)
  }, 5)
})

test('law: islands share nothing but migrations: a parent was born on its child’s island or has migrated there', async () => {
  await holds(async (draw) => {
    const { store } = await carriedOut(draw)
    const there = new Set(
      [...store.placements()]
        .filter(({ decision }) => decision !== 'rejected')
        .map(({ ordinal, island }) => `${String(ordinal)}/${String(island)}`),
    )
    const migrated = [...store.placements()].some(({ via }) => via === 'migration')
    if (draw.interval === 0) expect(migrated).toBe(false)
    for (const { ordinal, parent } of store.lineage()) {
      if (parent === undefined) continue
      const island = (ordinal - 1) % 2
      expect(there).toContain(`${String(parent)}/${String(island)}`)
      // Without migrations a line of descent never leaves its island; the first program is born on both.
      if (draw.interval === 0 && parent > 0) expect((parent - 1) % 2).toBe(island)
    }
  })
})

test('law: maximising f and minimising -f are mirrored runs', async () => {
  const scoring = (sign: number) => scoredBy((source) => sign * Number(source))
  const history = async (draw: Drawn, direction: Objective['direction']) => {
    const objectives = [{ name: 'size', direction }]
    const problem = { ...problemWith({}), objectives }
    const sampler = rank
    const pipeline = scoring(direction === 'maximize' ? 1 : -1)
    const { store } = await carriedOut(draw, { problem, sampler, pipeline })
    const values = [...store.lineage()].map(({ ordinal }) => store.evaluation(ordinal)?.objectives['size'])
    return { placements: [...store.placements()], lineage: [...store.lineage()], values }
  }
  await holds(async (draw) => {
    const up = await history(draw, 'maximize')
    const down = await history(draw, 'minimize')
    expect(down.placements).toEqual(up.placements)
    expect(down.lineage).toEqual(up.lineage)
    expect(down.values).toEqual(up.values.map((value) => (value === undefined ? undefined : 0 - value)))
  })
})

test('law: with a curriculum the archive is the fold of the placements, of one level, and its best is the best of that level', async () => {
  const levels = [1, 2, 3].map((instance) => ({ instance, share: 1, patience: undefined, target: undefined, carry: 2 }))
  await holds(async (draw) => {
    // On every further level a program is worth a thousand times less, so values of two levels cannot be taken for another.
    const pipelines = levels.map(({ instance }) => scoredBy((source) => Number(source) - 1000 * instance))
    const curriculum: Curriculum = {
      ...{ levels, pipelines, contracts: ['', '', ''] },
      standing: { level: 1, after: 0, handOver: undefined },
    }
    const [pipeline] = pipelines
    if (pipeline === undefined) throw new Error('there is a first level')
    const { parts, store, problem } = await carriedOut(draw, { curriculum, pipeline })
    const folded = rebuildArchive(problem, store)
    expect(folded.level).toBe(3)
    for (let island = 0; island < folded.islandCount; island++) {
      expect(folded.occupied(island)).toEqual(parts.archive.occupied(island))
      expect(folded.filled(island)).toBeGreaterThan(0)
      for (const { ordinal } of folded.owners(island)) expect(store.program(ordinal).level).toBe(3)
    }
    expect(folded.best).toEqual(parts.archive.best)
    const seen = store.disk.candidates.map(({ selected }) => selected.level ?? 1)
    expect(seen).toEqual([...seen].sort())
    const values = store.disk.candidates.flatMap(({ evaluation }, ordinal) =>
      seen[ordinal] === 3 && evaluation !== undefined ? [evaluation.fitness] : [],
    )
    expect(folded.best?.fitness).toBe(Math.max(...values))
    // Whatever an owner's level, no parent is of another one.
    for (const { ordinal, parent } of store.lineage()) {
      if (parent !== undefined) expect(seen[parent]).toBe(seen[ordinal])
    }
    expect(standingOf(store.events(levelEndEvent), store.events(handOverEvent))).toEqual(curriculum.standing)
  })
})

test('law: with rungs the archive, and so the best, holds programs that finished the last rung alone', async () => {
  const scored = ({ source }: { readonly source: string }) => {
    const output = { objectives: { size: Number(source) }, descriptors: {}, scores: {}, artifacts: {} }
    return Promise.resolve(
      source.includes('!')
        ? ({ ok: false, failure: { kind: 'threw', message: '' } } as const)
        : ({ ok: true, output } as const),
    )
  }
  const promotion = opened(promote, setupWith({}, problemWith({})), { top: 0.5 })
  const pipeline = pipelineOf([
    { name: 'score-1', output: 'scored', run: scored },
    {
      ...{ name: 'promote-2', output: 'nothing', filter: true, keep: 'recompute' },
      after: { 'score-1': 'success' },
      run: async (candidate, _, context) => {
        const first = await scored(candidate)
        return first.ok ? promotion.run(candidate, { scored: first.output }, context) : first
      },
    },
    { name: 'score-2', output: 'scored', run: scored },
    {
      name: 'describe',
      needs: ['score-2'],
      run: ({ source }) => Promise.resolve({ ok: true, output: { digit: Math.abs(Number(source)) % 10 } }),
    },
  ])
  await holds(async (draw) => {
    const { parts, store, problem } = await carriedOut(draw, { pipeline })
    const entries = [...store.rungs.filed()]
    const promoted = new Set(entries.filter((entry) => entry.promoted).map(({ ordinal }) => ordinal))
    const finished = store.disk.candidates.flatMap(({ stageRuns }, ordinal) =>
      stageRuns.some(({ stage, outcome }) => stage === 'score-2' && outcome.ok === true) ? [ordinal] : [],
    )
    expect(finished.filter((ordinal) => !promoted.has(ordinal))).toEqual([])
    const archive = rebuildArchive(problem, store)
    expect(archive.best).toEqual(parts.archive.best)
    for (let island = 0; island < archive.islandCount; island++) {
      for (const { ordinal } of archive.owners(island)) expect(promoted).toContain(ordinal)
    }
    expect(entries.length).toBeGreaterThan(promoted.size)
  })
})
