import type { Archive } from '../archive/archive.ts'
import type { Problem } from '../config/problem.ts'
import type { KnownInsight } from '../core/insight.ts'
import { isScript } from '../core/language.ts'
import { rawOf } from '../core/objective.ts'
import type { Elite } from '../core/placement.ts'
import type { Program } from '../core/program.ts'
import { rngStream } from '../core/rng.ts'
import { approachesOf, partsOf } from '../insights/approaches.ts'
import { clusterAttempts, isExhausted } from '../insights/clusters.ts'
import { Constructs } from '../insights/overused.ts'
import { chooseInsights } from '../insights/library.ts'
import type { PromptContext, PromptReadded } from '../prompting/context.ts'
import type { RunReader } from '../store/run-reader.ts'
import type { RunStore } from '../store/run-store.ts'

/** What memory is read from: a run's store, or a reader of it. */
export interface Remembered {
  readonly problem: Problem
  readonly store: Pick<RunStore, 'identity' | 'measures' | 'program'> & { readonly memory: RunReader['memory'] }
  readonly archive: Archive
}

/** The parts of a prompt that come from what the run has been through. */
export type Recalled = Pick<
  PromptContext,
  'trail' | 'tried' | 'exhausted' | 'attempts' | 'lessons' | 'failedIdeas' | 'overused' | 'approaches'
> & { readonly insights: readonly KnownInsight[] }

/** Nothing is remembered: for baselines that only sample. */
export const blank: Recalled = {
  trail: [],
  tried: [],
  exhausted: undefined,
  attempts: [],
  lessons: [],
  failedIdeas: [],
  overused: [],
  approaches: [],
  insights: [],
}

/** Bounds of what a prompt is told; its token budget may tell less. */
const most = {
  steps: 12,
  children: 400,
  places: 8,
  attempts: 12,
  lessons: 8,
  failures: 6,
  constructs: 5,
  elites: 64,
  approaches: 8,
}

/** Reads what a prompt is told about its parent and the search. */
export function rememberer({ problem, store, archive }: Remembered) {
  const constructs = new Constructs()
  const parts = rememberedParts(store)
  return (parent: Program, ordinal: number, operator: string, told?: readonly KnownInsight[]): Recalled => {
    const { memory } = store
    const [measure] = store.measures()
    const children = memory.changes(parent.ordinal, most.children).filter((child) => child.ordinal !== ordinal)
    const trail = memory.trail(parent.ordinal, most.steps)
    const own = trail.at(-1)?.objectives ?? {}
    const places = measure === undefined ? [] : clusterAttempts(children, own, measure)
    const failed = memory.failures(most.failures + children.length)
    const elites = bestElites(archive)
    const siblings = new Set(children.map((child) => child.ordinal))
    return {
      trail: trail.map((step) => ({ ...step, readded: readdedBy(memory, step.ordinal) })),
      tried: places.slice(0, most.places),
      exhausted: isExhausted(places) ? children.length : undefined,
      attempts: children
        .slice(-most.attempts)
        .map((child) => ({ ...child, readded: readdedBy(memory, child.ordinal) })),
      lessons: memory
        .lessons(parent.ordinal, most.lessons)
        .filter((lesson) => lesson.ordinal !== ordinal)
        .map(({ kind, condition, explanation, anchor }) => `${kind}, ${condition}: ${explanation} (${anchor.trim()})`),
      failedIdeas: failed
        .filter((one) => !siblings.has(one.ordinal) && one.ordinal !== ordinal)
        .slice(0, most.failures),
      overused: isScript(problem.program.language)
        ? constructs.overused(
            elites.map((elite) => elite.ordinal),
            (elite) => store.program(elite).source,
            most.constructs,
          )
        : [],
      approaches: approachesOf(
        elites.map((elite) => ({ ordinal: elite.ordinal, parts: parts(elite.ordinal) })),
        most.approaches,
      ).map(({ best, ...approach }) => {
        const fitness = elites.find((elite) => elite.ordinal === best)?.fitness ?? Number.NaN
        return { ...approach, value: rawOf(problem.objectives, fitness) }
      }),
      insights: told ?? insightsFor(store, parent, ordinal, operator, problem.memory.insights),
    }
  }
}

/**
 * Chooses insights that apply to a parent, for one prompt.
 *
 * @param count - As many as this at most.
 */
export function insightsFor(
  { memory, identity }: Pick<Remembered['store'], 'memory' | 'identity'>,
  parent: Program,
  ordinal: number,
  operator: string,
  count: number,
): readonly KnownInsight[] {
  const known = memory.applying(parent.ordinal, operator)
  return chooseInsights(known, memory.baseline(), count, rngStream(identity.seed, 'insights', ordinal))
}

/** The lines that a program brought back, together by who had removed them. */
function readdedBy(memory: Remembered['store']['memory'], ordinal: number): readonly PromptReadded[] {
  const groups = new Map<number, PromptReadded>()
  for (const { line, from, by, gain } of memory.readded(ordinal)) {
    groups.set(by, { from, by, gain, lines: [...(groups.get(by)?.lines ?? []), line] })
  }
  return [...groups.values()]
}

/** What programs are made of, so that each is read once; the least recently asked for leave first. */
function rememberedParts(store: Pick<Remembered['store'], 'program'>): (ordinal: number) => ReturnType<typeof partsOf> {
  const known = new Map<number, ReturnType<typeof partsOf>>()
  return (ordinal) => {
    const parts = known.get(ordinal) ?? partsOf(store.program(ordinal).source)
    known.delete(ordinal)
    known.set(ordinal, parts)
    if (known.size > 4 * most.elites) known.delete(known.keys().next().value ?? ordinal)
    return parts
  }
}

/** The best owners of cells, at most {@link most.elites}, whatever their island. */
function bestElites(archive: Archive): readonly Elite[] {
  const islands = Array.from({ length: archive.islandCount }, (_, island) => archive.owners(island))
  return islands
    .flatMap((owners) => owners.slice(0, most.elites))
    .sort((one, other) => other.fitness - one.fitness || one.ordinal - other.ordinal)
    .filter(({ ordinal }, index, all) => all.findIndex((one) => one.ordinal === ordinal) === index)
    .slice(0, most.elites)
}
