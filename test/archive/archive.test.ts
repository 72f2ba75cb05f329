import { expect, test } from 'vitest'
import { Archive } from '../../src/archive/archive.ts'
import { grid } from '../../src/archive/cell.ts'
import { dueMigrations } from '../../src/archive/migration.ts'
import { ring } from '../../src/archive/topology.ts'
import type { Axis } from '../../src/core/descriptor.ts'
import type { Placement } from '../../src/core/placement.ts'
import fc from '../seeded-properties.ts'

const axes: readonly Axis[] = [{ descriptor: 'x', scale: 'linear', range: [0, 4], bins: 4 }]
const plan = { topology: ring, interval: 5, count: 2 }

function arrive(archive: Archive, island: number, ordinal: number, x: number, fitness: number): Placement {
  const placement = archive.propose(island, { ordinal, fitness, descriptors: { x } }, 'birth')
  archive.apply(placement)
  return placement
}

test('keeps the first of two equal elites', () => {
  const archive = new Archive(grid(axes), 1)
  expect(arrive(archive, 0, 1, 0.5, 3).decision).toBe('new-cell')
  expect(arrive(archive, 0, 2, 0.6, 3).decision).toBe('rejected')
  expect(arrive(archive, 0, 3, 0.6, 4)).toMatchObject({ decision: 'improved', displaced: 1 })
  expect(archive.owners(0)).toEqual([{ ordinal: 3, fitness: 4 }])
})

test('proposing changes nothing', () => {
  const archive = new Archive(grid(axes), 1)
  archive.propose(0, { ordinal: 1, fitness: 1, descriptors: { x: 1 } }, 'birth')
  expect(archive.owners(0)).toEqual([])
  expect(archive.best).toBeUndefined()
})

test('islands share nothing', () => {
  const archive = new Archive(grid(axes), 2)
  arrive(archive, 0, 1, 0.5, 3)
  expect(archive.owners(1)).toEqual([])
})

test('migration sends the best round the ring and never twice', () => {
  const archive = new Archive(grid(axes), 3)
  arrive(archive, 0, 1, 0.5, 3)
  arrive(archive, 0, 2, 1.5, 5)
  arrive(archive, 0, 3, 2.5, 4)
  const first = dueMigrations(archive, plan, 5)
  expect(first.map(({ ordinal, island, via }) => [ordinal, island, via])).toEqual([
    [2, 1, 'migration'],
    [3, 1, 'migration'],
  ])
  first.forEach((placement) => archive.apply(placement))
  expect(dueMigrations(archive, plan, 10).map(({ ordinal, island }) => [ordinal, island])).toEqual([
    [2, 2],
    [3, 2],
  ])
})

test('migration waits for its interval and is off at 0', () => {
  const archive = new Archive(grid(axes), 2)
  arrive(archive, 0, 1, 0.5, 3)
  expect(dueMigrations(archive, plan, 4)).toEqual([])
  expect(dueMigrations(archive, { ...plan, interval: 0 }, 5)).toEqual([])
  expect(dueMigrations(archive, plan, 5)).toHaveLength(1)
})

const arrivals = fc.array(
  fc.record({
    island: fc.nat(2),
    x: fc.double({ min: -1, max: 5, noNaN: true }),
    fitness: fc.integer({ min: 0, max: 9 }),
  }),
  { maxLength: 60 },
)

test('law: folding the placements rebuilds the archive', () => {
  fc.assert(
    fc.property(arrivals, (events) => {
      const archive = new Archive(grid(axes), 3)
      const diary: Placement[] = []
      for (const [index, { island, x, fitness }] of events.entries()) {
        diary.push(arrive(archive, island, index, x, fitness))
        for (const migration of dueMigrations(archive, plan, index + 1)) {
          archive.apply(migration)
          diary.push(migration)
        }
      }
      const rebuilt = new Archive(grid(axes), 3)
      diary.forEach((placement) => rebuilt.apply(placement))
      for (const island of [0, 1, 2]) expect(rebuilt.occupied(island)).toEqual(archive.occupied(island))
      expect(rebuilt.best).toEqual(archive.best)
    }),
  )
})

test('law: every owner is the best that ever arrived in its cell, and the first of its equals', () => {
  fc.assert(
    fc.property(arrivals, (events) => {
      const archive = new Archive(grid(axes), 1)
      const best = new Map<string, { ordinal: number; fitness: number }>()
      for (const [ordinal, { x, fitness }] of events.entries()) {
        const { cell } = arrive(archive, 0, ordinal, x, fitness)
        const known = best.get(cell)
        if (known === undefined || fitness > known.fitness) best.set(cell, { ordinal, fitness })
      }
      expect(new Map(archive.occupied(0))).toEqual(best)
    }),
  )
})

test('a new best needs a relative gain of 1e-9 over the last one, and small steps add up', () => {
  const archive = new Archive(grid(axes), 1)
  arrive(archive, 0, 0, 0.5, -2)
  arrive(archive, 0, 1, 0.5, -2 + 1.2e-9)
  expect([archive.best?.ordinal, archive.newBest?.ordinal]).toEqual([1, 0])
  arrive(archive, 0, 2, 0.5, -2 + 2.4e-9)
  expect([archive.best?.ordinal, archive.newBest?.ordinal]).toEqual([2, 2])
  const rebuilt = new Archive(grid(axes), 1)
  arrive(rebuilt, 0, 0, 0.5, 0)
  arrive(rebuilt, 0, 1, 0.5, 1e-300)
  expect(rebuilt.newBest?.ordinal).toBe(1)
})
