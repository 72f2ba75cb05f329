import type { Elite } from '../core/placement.ts'
import type { Program } from '../core/program.ts'
import { rngStream } from '../core/rng.ts'
import { pickInspirations } from '../selection/inspirations.ts'
import { isOnPlateau } from '../selection/plateau.ts'
import type { Selected } from '../store/run-store.ts'
import type { DirectOperator } from '../variation/operator.ts'
import type { Programs } from './programs.ts'
import { drawOperator } from './draw-operator.ts'
import type { RunParts } from './parts.ts'
import { isStuck } from './stuck.ts'

/** What the decision depends on. */
export type Selecting = Pick<
  RunParts,
  'archive' | 'lineage' | 'problem' | 'operators' | 'learning' | 'bandit' | 'sampler' | 'factsOf'
> & {
  readonly store: Pick<RunParts['store'], 'identity'>
}

/**
 * Decides how candidate `ordinal` will be made. Islands take turns; everything else is drawn from streams that the
 * seed and the ordinal alone determine.
 *
 * An operator that learns keeps its parent, as long as the parent or a child of it owns a cell of the island.
 */
export function selectCandidate(parts: Selecting, programs: Programs, ordinal: number): Omit<Selected, 'seen'> {
  const { archive, lineage, problem, operators, sampler, factsOf } = parts
  const { seed } = parts.store.identity
  const island = (ordinal - 1) % archive.islandCount
  const home = archive.owners(island)
  const view = { owners: home, version: archive.version(island), lineage, factsOf }
  const sampled = sampler.sample(view, rngStream(seed, 'parent', ordinal)).ordinal
  const others = Array.from({ length: archive.islandCount }, (_, index) => index)
    .filter((index) => index !== island)
    .map((index) => archive.owners(index))
  const inspirations = pickInspirations(
    {
      home,
      others,
      parentOf: (of) => lineage.parentOf(of),
      distanceTo: (other) => archive.distance(island, sampled, other),
    },
    sampled,
    sampler.shows === 'archive' ? problem.search.inspirations : 0,
    problem.search.inspireBy,
    rngStream(seed, 'inspirations', ordinal),
  )
  const mayLearn = sampler.binds !== true && (problem.search.tune.when === 'always' || isOnPlateau(lineage))
  const busy = mayLearn ? busyParents(parts, island, home) : new Map<string, number>()
  const suited = operators.filter(({ operator }) => {
    if (operator.kind === 'model') {
      const shown = operator.inspirations.least <= inspirations.length
      return shown && (operator.when !== 'stuck' || isStuck(parts, island, sampled, ordinal))
    }
    const learning = parts.learning.get(operator.name)
    if (learning === undefined) return true
    if (!mayLearn) return false
    return (
      busy.has(operator.name) ||
      (learning.isOpen(sampled) && suits(operator, programs.get(sampled), problem.program.language))
    )
  })
  // With nothing else to do an operator that has learned enough about every parent goes on learning.
  const direct = operators.filter(({ operator }) => operator.kind === 'direct')
  const able = suited.length > 0 ? suited : direct.length > 0 ? direct : operators
  const { operator: drawn, model } = drawOperator(parts, able, seed, ordinal)
  const learns = parts.learning.has(drawn?.name ?? '')
  const parent = busy.get(drawn?.name ?? '') ?? sampled
  return {
    ordinal,
    island,
    operator: drawn?.name ?? '',
    model: model?.name,
    parent,
    inspirations: learns ? [] : inspirations,
    generation: programs.get(parent).generation + 1,
  }
}

/** The parents that operators which learn are busy with on an island, by operator: those that own a cell, or have a child that does. */
function busyParents(
  { learning, lineage }: Selecting,
  island: number,
  owners: readonly Elite[],
): ReadonlyMap<string, number> {
  const busy = new Map<string, number>()
  for (const [name, parents] of learning) {
    const parent = parents.current(island)
    const holds = owners.some(({ ordinal }) => ordinal === parent || lineage.parentOf(ordinal) === parent)
    if (parent !== undefined && holds) busy.set(name, parent)
  }
  return busy
}

/** What operators found in programs; a program is asked about once while it is in memory. */
const found = new WeakMap<Program, Map<string, boolean>>()

function suits(operator: DirectOperator, program: Program, language: string): boolean {
  const known = found.get(program) ?? new Map<string, boolean>()
  found.set(program, known)
  const answer = known.get(operator.name) ?? operator.suits?.(program.source, language) ?? true
  known.set(operator.name, answer)
  return answer
}
