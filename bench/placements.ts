/*
 * One million placements: what a selection and a commit cost, and what the controller's memory comes to.
 *
 *     npm run bench -- placements [candidates]
 *
 * The store, the archive, the lineage and the sampler are the product's own and its defaults; programs are 5 kB and scored without being
 * run. Store and archive start empty, so the last tenth is measured at the full size.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Archive } from '../src/archive/archive.ts'
import { grid } from '../src/archive/cell.ts'
import { rngStream } from '../src/core/rng.ts'
import { firstDeparture } from '../src/run/first-program.ts'
import { Lineage } from '../src/selection/lineage.ts'
import { pickInspirations } from '../src/selection/inspirations.ts'
import { adaptive } from '../src/selection/adaptive.ts'
import { createSqliteRun } from '../src/store/sqlite/run-store.ts'

const islands = 4
const axes = [
  { descriptor: 'length', scale: 'log', range: [100, 100_000], bins: 12 },
  { descriptor: 'depth', scale: 'linear', range: [0, 40], bins: 10 },
] as const

/** Carries out `candidates` selections and commits and prints percentiles and memory. */
export function measurePlacements(candidates: number): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'evolve-bench-'))
  const store = createSqliteRun(
    folder,
    {
      ...{ name: 'bench', seed: 1, createdAt: 0, version: '0', problemFile: '', config: '', evaluatorHash: '' },
      ...{ programHash: '', libraries: [], contract: '', reproducible: true },
      objective: { name: 'value', direction: 'maximize' },
    },
    { candidates, usd: undefined, tokens: undefined, wallMs: undefined },
  )
  const archive = new Archive(grid(axes), islands)
  const lineage = new Lineage()
  const filler = `${'x'.repeat(70)}\n`.repeat(70)
  const times = new Float64Array(candidates)

  const select = (ordinal: number): { island: number; parent: number } => {
    const island = (ordinal - 1) % islands
    const home = archive.owners(island)
    const view = { owners: home, version: archive.version(island), lineage, factsOf: () => ({ scores: {}, length: 1 }) }
    const parent = adaptive.sample(view, rngStream(1, 'parent', ordinal)).ordinal
    const others = [0, 1, 2, 3].filter((index) => index !== island).map((index) => archive.owners(index))
    const parentOf = (of: number) => lineage.parentOf(of)
    const distanceTo = (other: number) => archive.distance(island, parent, other)
    const inspirations = pickInspirations(
      { home, others, parentOf, distanceTo },
      parent,
      2,
      ['islands', 'random'],
      rngStream(1, 'inspirations', ordinal),
    )
    const generation = 1
    store.select(
      { ordinal, island, operator: 'perturb', model: undefined, parent, inspirations, generation, seen: ordinal - 1 },
      ordinal,
    )
    lineage.add(ordinal, parent)
    return { island, parent }
  }

  const commit = (ordinal: number, births: readonly number[]): void => {
    const rng = rngStream(1, 'score', ordinal)
    const fitness = rng.normal() + Math.log1p(ordinal)
    const descriptors = { length: 100 * 1000 ** rng.next(), depth: 40 * rng.next() }
    const placements = births.map((island) => archive.propose(island, { ordinal, fitness, descriptors }, 'birth'))
    placements.forEach((placement) => archive.apply(placement))
    lineage.score(ordinal, fitness)
    lineage.settle(
      ordinal,
      placements.some(({ decision }) => decision !== 'rejected'),
    )
    const evaluation = {
      objectives: { value: fitness },
      descriptors,
      scores: {},
      feedback: undefined,
      artifacts: {},
      fitness,
    }
    store.place(ordinal, evaluation, placements, ordinal)
  }

  const make = (ordinal: number): void => {
    store.patch(ordinal, {
      source: `${String(ordinal)}\n${filler}`,
      traits: {},
      change: { summary: 'bench' },
      hunks: [],
    })
    store.beginEvaluation(ordinal, undefined)
  }

  try {
    store.openSession(0)
    store.select(firstDeparture, 0)
    lineage.add(0, undefined)
    make(0)
    commit(0, [0, 1, 2, 3])
    let largest = 0
    for (let ordinal = 1; ordinal <= candidates; ordinal++) {
      const began = performance.now()
      const { island } = select(ordinal)
      const selected = performance.now()
      make(ordinal)
      const made = performance.now()
      commit(ordinal, [island])
      times[ordinal - 1] = selected - began + performance.now() - made
      if (ordinal % 10_000 === 0) largest = Math.max(largest, process.memoryUsage.rss())
      if (ordinal % Math.max(1, Math.floor(candidates / 10)) === 0) {
        const latest = times.slice(Math.max(0, ordinal - Math.floor(candidates / 10)), ordinal).sort()
        const at = (share: number): string => (latest[Math.floor(share * (latest.length - 1))] ?? 0).toFixed(3)
        const memory = (process.memoryUsage.rss() / 1e6).toFixed(0)
        console.log(
          `${String(ordinal).padStart(9)} candidates  select + commit p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms  memory ${memory} MB`,
        )
      }
    }
    console.log(`largest memory seen ${(largest / 1e6).toFixed(0)} MB`)
  } finally {
    store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
