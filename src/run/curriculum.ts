import type { Archive } from '../archive/archive.ts'
import type { Budget, Goals } from '../config/problem.ts'
import type { Json } from '../core/json.ts'
import { instanceText } from '../core/level.ts'
import type { Level } from '../core/level.ts'
import { rawOf } from '../core/objective.ts'
import type { Objective } from '../core/objective.ts'
import type { Elite, Placement } from '../core/placement.ts'
import type { Pipeline } from '../pipeline/executor.ts'
import type { ParentSampler } from '../selection/sampler.ts'
import type { RunStore, Totals } from '../store/run-store.ts'

/** Kind of the event that ends a level; see {@link LevelEnd}. */
export const levelEndEvent = 'level-ended'
/** Kind of the event that says who seeds the next level; see {@link HandOver}. */
export const handOverEvent = 'hand-over'
/** Operator of a candidate that is a program of the level before, scored on the next instance. */
export const carryOperator = 'carry'

/** The end of a level. */
export interface LevelEnd {
  /** The level that ended, from 1. */
  readonly level: number
  /** Its last candidate. */
  readonly after: number
  readonly reason: string
}

/** Who seeds a level: candidates `after + 1`, `after + 2`, ... are these programs in this order. */
export interface HandOver {
  /** The level that begins, from 2. */
  readonly level: number
  readonly after: number
  /** The first program, then the best of each island. */
  readonly carry: readonly { readonly island: number; readonly source: number }[]
  /** How candidates of the level are called, as prompts tell it. */
  readonly contract: string
}

/** Where a run stands in its curriculum, as its events tell it. */
export interface Standing {
  /** The level that candidates are made for now, from 1. */
  readonly level: number
  /** Last candidate of the level before; 0 on the first. */
  readonly after: number
  /** Who seeds the level; `undefined` on the first, and while the level before still has candidates on their way. */
  readonly handOver: HandOver | undefined
}

/** Reads where a run stands from its events of the kinds {@link levelEndEvent} and {@link handOverEvent}. */
export function standingOf(ends: readonly Json[], handOvers: readonly Json[]): Standing {
  const last = ends.at(-1) as LevelEnd | undefined
  const level = (last?.level ?? 0) + 1
  const begun = (handOvers as unknown as readonly HandOver[]).find((each) => each.level === level)
  return { level, after: last?.after ?? 0, handOver: begun }
}

/** The curriculum of a run at work. */
export interface Curriculum {
  readonly levels: readonly Level[]
  /** How candidates of each level are evaluated, in their order. */
  readonly pipelines: readonly Pipeline[]
  /** How candidates of each level are called, as prompts tell it. */
  readonly contracts: readonly string[]
  /** Changes as the run goes on. */
  standing: Standing
}

/** The levels of a problem; only the last one for a sampler that draws from all programs, since it would mix levels. */
export function levelsOf(
  { curriculum }: { readonly curriculum: readonly Level[] },
  { draws }: Pick<ParentSampler, 'draws'>,
): readonly Level[] {
  return draws === 'programs' ? curriculum.slice(-1) : curriculum
}

/** How candidates of the archive's level are called, as prompts tell it; asked of the store once for each level. */
export function contractNow(
  store: Pick<RunStore, 'identity' | 'events'>,
  archive: Pick<Archive, 'level'>,
): () => string {
  let known = { level: 1, contract: store.identity.contract }
  return () => {
    const { level } = archive
    if (known.level === level) return known.contract
    const handOvers = store.events(handOverEvent) as unknown as readonly HandOver[]
    const begun = handOvers.find((each) => each.level === level)
    known = { level, contract: begun?.contract ?? store.identity.contract }
    return known.contract
  }
}

/** What the end of a level depends on. */
export interface LevelView {
  readonly levels: readonly Level[]
  readonly standing: Standing
  readonly used: Totals
  readonly budget: Budget
  readonly goals: Goals
  readonly objective: Objective
  /** The best program of the level. */
  readonly best: Elite | undefined
}

/**
 * Why a level is over, in words; `undefined` while it goes on. The last one is ended by the run's own stop rules alone.
 *
 * A level ends when the part of the run's budget up to its share is used: of the candidates where they are limited, else
 * of whatever limit is used up furthest. It ends before when its target is reached or its patience is at an end; the level
 * after it then has what is left over.
 */
export function levelOver(view: LevelView): string | undefined {
  const { levels, standing, used, goals, objective, best } = view
  const own = levels[standing.level - 1]
  if (own === undefined || standing.level >= levels.length) return undefined
  const { target, patience = goals.patience } = own
  const value = best === undefined ? undefined : rawOf([objective], best.fitness)
  if (target !== undefined && value !== undefined) {
    const reached = objective.direction === 'maximize' ? value >= target : value <= target
    if (reached) return `its target of ${String(target)} is reached: ${String(value)}`
  }
  const idle = used.finished - Math.max(seededUpTo(standing), best?.ordinal ?? 0)
  if (patience !== undefined && idle >= patience) {
    return `its last ${String(idle)} candidates brought no new best (patience ${String(patience)})`
  }
  return shareUsed(view)
}

function shareUsed({ levels, standing, used, budget }: LevelView): string | undefined {
  const sum = (of: readonly Level[]): number => of.reduce((total, { share }) => total + share, 0)
  const part = sum(levels.slice(0, standing.level)) / sum(levels)
  const { candidates, usd, tokens, wallMs } = budget
  if (candidates !== undefined) {
    const last = Math.floor(part * candidates)
    return used.selected < last ? undefined : `its share of the candidates is made, up to ${String(last)}`
  }
  const spent = [
    ['money', used.usd, usd],
    ['tokens', used.tokens, tokens],
    ['time', used.elapsedMs, wallMs],
  ] as const
  const [what] = spent.find(([, by, limit]) => limit !== undefined && by >= part * limit) ?? []
  return what === undefined ? undefined : `its share of the ${what} is used`
}

/** The last candidate that seeds a level; on the first level the first program. */
export function seededUpTo({ after, handOver }: Standing): number {
  return after + (handOver?.carry.length ?? 0)
}

/**
 * Who seeds the next level: the first program, so that its value is known there too and something is left should all
 * others fail, then the best of each island, no program twice.
 *
 * @param first - What the first program is on the level that ends.
 */
export function carryFrom(archive: Archive, first: number, most: number): HandOver['carry'] {
  const chosen = new Set([first])
  const champions = Array.from({ length: archive.islandCount }, (_, island) =>
    archive
      .owners(island)
      .filter(({ ordinal }) => !chosen.has(ordinal))
      .slice(0, most)
      .map(({ ordinal: source }) => {
        chosen.add(source)
        return { island, source }
      }),
  )
  return [{ island: 0, source: first }, ...champions.flat()]
}

/** What the first program is on a level: itself, or what it was carried over as. */
export function firstOf({ level, after }: Pick<Standing, 'level' | 'after'>): number {
  return level === 1 ? 0 : after + 1
}

/**
 * The foundings of the islands that nobody could be carried to, once everybody who seeds a level is committed: each
 * starts from the best program of the level.
 *
 * Pure: applies nothing.
 *
 * @param committed - Candidates that have ended, this one included.
 */
export function dueSeeding(archive: Archive, standing: Standing, committed: number): readonly Placement[] {
  const { best, level } = archive
  if (standing.handOver === undefined || committed !== seededUpTo(standing)) return []
  if (level !== standing.level || best === undefined) return []
  const islands = Array.from({ length: archive.islandCount }, (_, island) => island)
  const from = islands.find((island) => archive.cellOn(island, best.ordinal) !== undefined)
  if (from === undefined) return []
  return islands
    .filter((island) => archive.filled(island) === 0)
    .map((island) => archive.proposeFounder(from, best.ordinal, island))
}

/** A level as a line tells it. */
export function levelText(levels: readonly Level[], level: number): string {
  const own = levels[level - 1]
  return `level ${String(level)} of ${String(levels.length)}${own === undefined ? '' : `: instance ${instanceText(own.instance)}`}`
}
