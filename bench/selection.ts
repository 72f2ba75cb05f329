// Measures what each sampler costs at a million programs: `node bench/selection.ts`. One step draws a parent and two
// inspirations, then decides and applies the placement of a child and notes it in the lineage; the store is left out. Cells
// are filled by a random walk whose best keeps rising, so that a part of the children enter the archive.
import { Archive } from '../src/archive/archive.ts'
import { grid } from '../src/archive/cell.ts'
import { samplers } from '../src/builtins.ts'
import { rngStream } from '../src/core/rng.ts'
import { pickInspirations } from '../src/selection/inspirations.ts'
import { Lineage } from '../src/selection/lineage.ts'
import type { EliteFacts, ParentSampler } from '../src/selection/sampler.ts'

const programs = Number(process.argv[2] ?? 1_000_000)
const bins = Number(process.argv[3] ?? 30)
const steps = 3000
const islands = 4
const space = grid([
  { descriptor: 'x', scale: 'linear', range: [0, 1], bins },
  { descriptor: 'y', scale: 'linear', range: [0, 1], bins },
])
const facts = new Map<number, EliteFacts>()
/** Ten cases; kept in memory, as a run keeps them. */
function factsOf(ordinal: number): EliteFacts {
  const scores = (): Record<string, number> =>
    Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`case${String(n)}`, (ordinal * (n + 7)) % 97]))
  const known = facts.get(ordinal) ?? { scores: scores(), length: 100 + (ordinal % 900) }
  facts.set(ordinal, known)
  return known
}

interface World {
  readonly archive: Archive
  readonly lineage: Lineage
  readonly places: Float64Array
}

/** Places a child near its parent's place; one in five fails. */
function breed({ archive, lineage, places }: World, ordinal: number, island: number, parent: number): void {
  const rng = rngStream(1, 'child', ordinal)
  lineage.add(ordinal, parent)
  if (rng.next() < 0.2) {
    lineage.settle(ordinal, false)
    return
  }
  const near = (at: number): number => Math.min(0.999, Math.max(0, (places[at] ?? 0.5) + 0.05 * rng.normal()))
  const [x, y] = [near(2 * parent), near(2 * parent + 1)]
  places[2 * ordinal] = x
  places[2 * ordinal + 1] = y
  const fitness = (lineage.fitnessOf(parent) ?? 0) + rng.normal() - 1.5
  const placement = archive.propose(island, { ordinal, fitness, descriptors: { x, y } }, 'birth')
  archive.apply(placement)
  lineage.score(ordinal, fitness)
  lineage.settle(ordinal, placement.decision !== 'rejected')
}

function step(world: World, sampler: ParentSampler, ordinal: number): void {
  const { archive, lineage } = world
  const island = ordinal % islands
  const home = archive.owners(island)
  const view = { owners: home, version: archive.version(island), lineage, factsOf }
  const parent = sampler.sample(view, rngStream(1, 'parent', ordinal)).ordinal
  const others = [0, 1, 2, 3].filter((index) => index !== island).map((index) => archive.owners(index))
  pickInspirations(
    {
      home,
      others,
      parentOf: (of) => lineage.parentOf(of),
      distanceTo: (other) => archive.distance(island, parent, other),
    },
    parent,
    sampler.shows === 'archive' ? 2 : 0,
    ['islands', 'random'],
    rngStream(1, 'inspirations', ordinal),
  )
  breed(world, ordinal, island, parent)
}

/** The same million programs for every sampler: three of four children of an owner, the others of any recent program. */
function grown(sampler: ParentSampler): World {
  const archive = new Archive(space, islands)
  const lineage = new Lineage(sampler.needs === 'subtrees')
  const places = new Float64Array(2 * (programs + steps + 1)).fill(0.5)
  const world = { archive, lineage, places }
  lineage.add(0, undefined)
  lineage.score(0, 0)
  for (let island = 0; island < islands; island++) {
    archive.apply(archive.propose(island, { ordinal: 0, fitness: 0, descriptors: { x: 0.5, y: 0.5 } }, 'birth'))
  }
  for (let ordinal = 1; ordinal < programs; ordinal++) {
    const island = ordinal % islands
    const owners = archive.owners(island)
    const owner = owners[Math.floor(rngStream(2, 'owner', ordinal).next() * owners.length)]
    breed(world, ordinal, island, owner?.ordinal ?? 0)
  }
  return world
}

console.log(`${programs.toLocaleString('en')} programs, ${String(islands)} islands x ${String(bins * bins)} cells`)
for (const sampler of samplers) {
  const world = grown(sampler)
  const owners = [0, 1, 2, 3].reduce((sum, island) => sum + world.archive.owners(island).length, 0)
  const times: number[] = []
  for (let ordinal = programs; ordinal < programs + steps; ordinal++) {
    const began = performance.now()
    step(world, sampler, ordinal)
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  const at = (share: number): string => (times[Math.floor(share * (steps - 1))] ?? 0).toFixed(3).padStart(8)
  console.log(
    `${sampler.name.padEnd(12)} ${String(owners).padStart(6)} owners   p50 ${at(0.5)} ms   p95 ${at(0.95)} ms   most ${at(1)} ms`,
  )
}
