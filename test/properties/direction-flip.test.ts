import { expect, test } from 'vitest'
import { samplers } from '../../src/builtins.ts'
import type { Problem } from '../../src/config/problem.ts'
import type { Direction } from '../../src/core/objective.ts'
import { createBudgetMeter } from '../../src/run/budget.ts'
import { startRun } from '../../src/run/controller.ts'
import { placeFirstProgram } from '../../src/run/first-program.ts'
import { Lineage } from '../../src/selection/lineage.ts'
import type { ParentSampler } from '../../src/selection/sampler.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import { pipelineOf } from '../pipeline/pipeline-of.ts'
import { identity, partsOver, problemWith } from '../run/parts.ts'

const archives: Readonly<Record<string, Partial<Problem['archive']>>> = {
  'one elite in each cell': {},
  'fronts, resets and added islands': {
    elitesPerCell: 3,
    resetInterval: 25,
    spawn: { patience: 10, limit: 4, from: 'best' },
  },
}

/** A run whose programs are numbers: `up` rewards large ones, `down` punishes them by the negated values. */
async function placementsOf(sampler: ParentSampler, archive: Partial<Problem['archive']>, way: 'up' | 'down') {
  const sign = way === 'up' ? 1 : -1
  const direction: Direction = way === 'up' ? 'maximize' : 'minimize'
  const plain = problemWith({ candidates: 80 })
  const objectives = ['size', 'other'].map((name) => ({ name, direction }))
  const problem = { ...plain, objectives, archive: { ...plain.archive, ...archive } }
  const store = new MemoryStore(memoryDisk({ ...identity, objective: { name: 'size', direction } }, problem.budget))
  const pipeline = pipelineOf([
    {
      name: 'score',
      output: 'scored',
      run: ({ source }) => {
        const value = Number(source)
        const [size, other] = [sign * value, sign * ((value * 7) % 11)]
        return Promise.resolve({
          ok: true,
          output: { objectives: { size, other }, descriptors: {}, scores: { a: size, b: other }, artifacts: {} },
        })
      },
    },
    {
      name: 'describe',
      needs: ['score'],
      run: ({ source }) => Promise.resolve({ ok: true, output: { digit: Number(source) % 10 } }),
    },
  ])
  const vary: ReturnType<typeof partsOver>['parts']['vary'] = (_operator, { parent, seed }) => {
    const ordinal = Number(seed.split('/').at(-1))
    const source = String(Number(parent.source) + (ordinal % 17) - 6)
    return Promise.resolve({ ok: true, source, traits: {}, change: { summary: '' } })
  }
  const { parts } = partsOver(store, problem, { sampler, pipeline, vary, lineage: new Lineage(true) })
  store.openSession(0)
  await placeFirstProgram(parts)
  await startRun(parts, createBudgetMeter(store, parts.clock), store.unfinished()).ended
  return Array.from(store.placements())
}

test.each(samplers.flatMap((sampler) => Object.keys(archives).map((name) => ({ sampler, name }))))(
  'to maximise f and to minimise -f are the same search: $sampler.name, $name',
  async ({ sampler, name }) => {
    const [up, down] = await Promise.all([
      placementsOf(sampler, archives[name] ?? {}, 'up'),
      placementsOf(sampler, archives[name] ?? {}, 'down'),
    ])
    expect(up.length).toBeGreaterThan(80)
    expect(down).toEqual(up)
  },
)
