import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Archive } from '../../src/archive/archive.ts'
import type { CellRules } from '../../src/archive/archive.ts'
import { grid } from '../../src/archive/cell.ts'
import { dueMigrations } from '../../src/archive/migration.ts'
import { dueResets } from '../../src/archive/reset.ts'
import { dueSpawn } from '../../src/archive/spawn.ts'
import { complete } from '../../src/archive/topology.ts'
import type { Placement } from '../../src/core/placement.ts'
import { rngStream } from '../../src/core/rng.ts'
import { openReadOnly } from '../../src/store/sqlite/read-only.ts'
import { createSqliteRun } from '../../src/store/sqlite/run-store.ts'
import { budget, evaluation, identity, start, toEvaluating } from '../store/run-values.ts'
import fc from '../seeded-properties.ts'

const space = grid([{ descriptor: 'x', scale: 'linear', range: [0, 3], bins: 3 }])
const rules = fc.constantFrom<CellRules>(
  { capacity: 1, by: 'fitness' },
  { capacity: 3, by: 'fitness' },
  { capacity: 3, by: 'front' },
)
const arrivals = fc.array(
  fc.record({ island: fc.nat(2), x: fc.integer({ min: -1, max: 4 }), fitness: fc.integer({ min: 0, max: 9 }) }),
  { minLength: 1, maxLength: 40 },
)

test('after any births, migrations, resets and new islands the view elites and a fold of the file tell the same archive', () => {
  fc.assert(
    fc.property(arrivals, rules, (events, rule) => {
      const dir = mkdtempSync(path.join(tmpdir(), 'evolve-elites-'))
      const archive = new Archive(space, 3, rule)
      const store = createSqliteRun(dir, identity, budget)
      try {
        for (const [ordinal, { island, x, fitness }] of events.entries()) {
          const front = rule.by === 'front' ? { vector: [fitness, -((fitness * 7 + ordinal) % 10)] } : {}
          const own = archive.propose(island, { ordinal, fitness, descriptors: { x }, ...front }, 'birth')
          archive.apply(own)
          const made = [own]
          const carryOut = (due: readonly Placement[]): void => {
            for (const placement of due) archive.apply(placement)
            made.push(...due)
          }
          carryOut(dueMigrations(archive, { topology: complete, interval: 4, count: 2 }, ordinal + 1))
          carryOut(dueResets(archive, 9, ordinal + 1, rngStream(1, 'reset', ordinal)))
          carryOut(dueSpawn(archive, { patience: 5, limit: 5, from: 'best' }))
          toEvaluating(store, ordinal)
          store.place(ordinal, evaluation(fitness), made, start + ordinal)
        }
        const rebuilt = new Archive(space, 3, rule)
        for (const placement of store.placements()) rebuilt.apply(placement)
        const reader = openReadOnly(dir)
        const viewed = reader.query('SELECT island, cell, ordinal, fitness FROM elites').rows
        reader.close()
        const held = Array.from({ length: archive.islandCount }, (_, island) => archive.occupied(island))
        const rows = held.flatMap((list, island) =>
          list.map(([cell, { ordinal, fitness }]) => [island, cell, ordinal, fitness]),
        )
        const sorted = (list: readonly (readonly unknown[])[]) => list.map((row) => JSON.stringify(row)).sort()
        expect(sorted(viewed)).toEqual(sorted(rows))
        expect(Array.from({ length: rebuilt.islandCount }, (_, island) => rebuilt.occupied(island))).toEqual(held)
      } finally {
        store.close()
        rmSync(dir, { recursive: true, force: true })
      }
    }),
    { numRuns: 40 },
  )
})
