import { expect, test } from 'vitest'
import { Archive } from '../../src/archive/archive.ts'
import type { CellRules } from '../../src/archive/archive.ts'
import { grid } from '../../src/archive/cell.ts'
import { dueMigrations } from '../../src/archive/migration.ts'
import { dueResets } from '../../src/archive/reset.ts'
import { dueSpawn } from '../../src/archive/spawn.ts'
import { complete } from '../../src/archive/topology.ts'
import { InvariantError } from '../../src/core/errors.ts'
import type { Placement } from '../../src/core/placement.ts'
import { rngStream } from '../../src/core/rng.ts'
import fc from '../seeded-properties.ts'

const space = grid([{ descriptor: 'x', scale: 'linear', range: [0, 4], bins: 4 }])
const rng = () => rngStream(1, 'reset', 0)

function arrive(archive: Archive, island: number, ordinal: number, x: number, fitness: number): Placement {
  const vector = archive.rules.by === 'front' ? [fitness, x] : undefined
  const arrival = { ordinal, fitness, descriptors: { x }, ...(vector === undefined ? {} : { vector }) }
  const placement = archive.propose(island, arrival, 'birth')
  archive.apply(placement)
  return placement
}

test('a cell with room takes more, a full one gives up its worst, and ties keep the first', () => {
  const archive = new Archive(space, 1, { capacity: 2, by: 'fitness' })
  expect(arrive(archive, 0, 1, 0.5, 3).decision).toBe('new-cell')
  expect(arrive(archive, 0, 2, 0.5, 3)).toMatchObject({ decision: 'improved', displaced: undefined })
  expect(arrive(archive, 0, 3, 0.5, 3).decision).toBe('rejected')
  expect(arrive(archive, 0, 4, 0.5, 4)).toMatchObject({ decision: 'improved', displaced: 2 })
  expect(archive.occupied(0).map(([cell, { ordinal }]) => [cell, ordinal])).toEqual([
    ['0', 4],
    ['0', 1],
  ])
  expect(archive.filled(0)).toBe(1)
})

test('a migrant is never sent where it already is, also to a cell with room', () => {
  const archive = new Archive(space, 2, { capacity: 3, by: 'fitness' })
  arrive(archive, 0, 1, 0.5, 3)
  const plan = { topology: complete, interval: 1, count: 5 }
  for (const placement of dueMigrations(archive, plan, 1)) archive.apply(placement)
  expect(archive.owners(1)).toEqual([{ ordinal: 1, fitness: 3 }])
  expect(dueMigrations(archive, plan, 2)).toEqual([])
})

test('a rate sends that share of the owners, at least one', () => {
  const archive = new Archive(space, 2)
  for (const x of [0, 1, 2, 3]) arrive(archive, 0, x + 1, x + 0.5, x)
  const sent = (rate: number) => dueMigrations(archive, { topology: complete, interval: 1, count: 9, rate }, 1)
  expect(sent(0.5).map(({ ordinal }) => ordinal)).toEqual([4, 3])
  expect(sent(0.01).map(({ ordinal }) => ordinal)).toEqual([4])
})

test('a reset empties the weaker half and founds it with the best of a survivor', () => {
  const archive = new Archive(space, 4)
  for (const [island, fitness] of [5, 1, 4, 1].entries()) {
    arrive(archive, island, 2 * island, 0.5, fitness)
    arrive(archive, island, 2 * island + 1, 1.5, fitness - 10)
  }
  const due = dueResets(archive, 10, 20, rng())
  expect(due.map(({ island, via, decision }) => [island, via, decision])).toEqual([
    [1, 'founding', 'new-cell'],
    [3, 'founding', 'new-cell'],
  ])
  for (const { ordinal } of due) expect([0, 4]).toContain(ordinal)
  due.forEach((placement) => archive.apply(placement))
  expect(archive.owners(1)).toHaveLength(1)
  expect(archive.owners(0)).toHaveLength(2)
  expect(archive.best).toEqual({ ordinal: 0, fitness: 5 })
})

test('resets wait for their interval, are off at 0 and leave one island alone', () => {
  const archive = new Archive(space, 2)
  arrive(archive, 0, 0, 0.5, 1)
  expect(dueResets(archive, 0, 20, rng())).toEqual([])
  expect(dueResets(archive, 10, 15, rng())).toEqual([])
  expect(dueResets(archive, 10, 0, rng())).toEqual([])
  expect(dueResets(archive, 10, 10, rng())).toHaveLength(1)
  expect(dueResets(new Archive(space, 1), 10, 10, rng())).toEqual([])
})

test('an island is added after patience scored candidates without a new best, up to the limit', () => {
  const archive = new Archive(space, 2)
  const plan = { patience: 3, limit: 3, from: 'first' } as const
  arrive(archive, 0, 0, 0.5, 1)
  arrive(archive, 1, 0, 0.5, 1)
  arrive(archive, 0, 1, 1.5, 2)
  expect(archive.stagnation.since).toBe(0)
  for (const ordinal of [2, 3]) arrive(archive, ordinal % 2, ordinal, 2.5, 0)
  expect(dueSpawn(archive, plan)).toEqual([])
  arrive(archive, 0, 4, 2.5, -1)
  const due = dueSpawn(archive, plan)
  expect(due).toMatchObject([{ ordinal: 0, island: 2, via: 'founding', decision: 'new-cell' }])
  expect(dueSpawn(archive, { ...plan, from: 'best' })).toMatchObject([{ ordinal: 1, island: 2 }])
  expect(dueSpawn(archive, { ...plan, patience: 0 })).toEqual([])
  due.forEach((placement) => archive.apply(placement))
  expect(archive.islandCount).toBe(3)
  expect(archive.stagnation.since).toBe(0)
  for (const ordinal of [5, 6, 7]) arrive(archive, 2, ordinal, 2.5, 0)
  expect(dueSpawn(archive, plan)).toEqual([])
})

test('an island that is neither there nor the next one is a mistake of ours', () => {
  const archive = new Archive(space, 2)
  arrive(archive, 0, 0, 0.5, 1)
  expect(() => archive.apply(archive.proposeFounder(0, 0, 3))).toThrow(InvariantError)
  expect(() => archive.proposeMigrant(1, 0, 0)).toThrow(InvariantError)
})

const arrivals = fc.array(
  fc.record({
    island: fc.nat(2),
    x: fc.double({ min: -1, max: 5, noNaN: true }),
    fitness: fc.integer({ min: 0, max: 9 }),
  }),
  { maxLength: 80 },
)
const rules = fc.constantFrom<CellRules>(
  { capacity: 1, by: 'fitness' },
  { capacity: 3, by: 'fitness' },
  { capacity: 3, by: 'front' },
)

test('law: folding births, migrations, resets and new islands rebuilds the archive and its patience', () => {
  fc.assert(
    fc.property(arrivals, rules, (events, rule) => {
      const archive = new Archive(space, 3, rule)
      const diary: Placement[] = []
      for (const [ordinal, { island, x, fitness }] of events.entries()) {
        diary.push(arrive(archive, island, ordinal, x, fitness))
        const carryOut = (due: readonly Placement[]): void => {
          for (const placement of due) archive.apply(placement)
          diary.push(...due)
        }
        carryOut(dueMigrations(archive, { topology: complete, interval: 5, count: 2 }, ordinal + 1))
        carryOut(dueResets(archive, 7, ordinal + 1, rngStream(1, 'reset', ordinal)))
        carryOut(dueSpawn(archive, { patience: 6, limit: 5, from: ordinal % 2 === 0 ? 'best' : 'first' }))
      }
      const rebuilt = new Archive(space, 3, rule)
      diary.forEach((placement) => rebuilt.apply(placement))
      expect(rebuilt.islandCount).toBe(archive.islandCount)
      expect(rebuilt.stagnation.since).toBe(archive.stagnation.since)
      expect(rebuilt.best).toEqual(archive.best)
      for (let island = 0; island < archive.islandCount; island++) {
        expect(rebuilt.occupied(island)).toEqual(archive.occupied(island))
        const owners = archive.owners(island)
        expect(owners).toEqual(owners.toSorted((a, b) => b.fitness - a.fitness || a.ordinal - b.ordinal))
        expect(new Set(owners.map(({ ordinal }) => ordinal)).size).toBe(owners.length)
        for (const { ordinal } of owners) expect(archive.cellOn(island, ordinal)).toBeDefined()
      }
    }),
  )
})

test('law: without migration, resets and new islands an island holds only what was born on it', () => {
  fc.assert(
    fc.property(arrivals, rules, (events, rule) => {
      const archive = new Archive(space, 3, rule)
      for (const [ordinal, { island, x, fitness }] of events.entries()) arrive(archive, island, ordinal, x, fitness)
      for (const island of [0, 1, 2]) {
        for (const { ordinal } of archive.owners(island)) expect(events[ordinal]?.island).toBe(island)
      }
    }),
  )
})
