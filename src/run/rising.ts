import { InvariantError } from '../core/errors.ts'
import type { Selected } from '../store/run-store.ts'
import type { BudgetMeter } from './budget.ts'
import { carryFrom, carryOperator, firstOf, levelEndEvent, handOverEvent, levelOver, levelText } from './curriculum.ts'
import { seededUpTo, standingOf } from './curriculum.ts'
import type { Curriculum, HandOver, LevelEnd } from './curriculum.ts'
import type { RunParts } from './parts.ts'
import { settingsOf } from './steering.ts'
import type { Programs } from './programs.ts'
import type { Stop } from './stop-rule.ts'

/** A carried candidate to select, what to wait for, a stop, or `regular`: the search decides. */
export type Rise = Omit<Selected, 'seen'> | 'regular' | { readonly commits: number } | Stop

/**
 * Leads a run through its curriculum: ends levels, lets what is on its way come in, and carries the best over. What it
 * decides is an event before anything follows from it, so a run that dies at any moment goes on from there.
 */
export class Rising {
  readonly #parts: RunParts
  readonly #meter: BudgetMeter
  readonly #curriculum: Curriculum

  constructor(parts: RunParts, meter: BudgetMeter, curriculum: Curriculum) {
    this.#parts = parts
    this.#meter = meter
    this.#curriculum = curriculum
  }

  /** What has to happen for candidate `ordinal`. The archive must be as its selection sees it. */
  next(ordinal: number, programs: Programs): Rise {
    this.#endLevel(ordinal)
    const { level, after } = this.#curriculum.standing
    if (level === 1) return 'regular'
    const { finished } = this.#parts.store.totals()
    // Everything of the level before comes in first, so that placements of two levels never mix.
    if (finished < after) return { commits: after }
    const handOver = this.#curriculum.standing.handOver ?? this.#handOver()
    const carried = handOver.carry[ordinal - after - 1]
    if (carried !== undefined) {
      const { island, source } = carried
      const { generation } = programs.get(source)
      const made = { operator: carryOperator, model: undefined, parent: undefined, inspirations: [], generation }
      return { ordinal, island, ...made, level, carried: source }
    }
    const seeded = seededUpTo(this.#curriculum.standing)
    if (finished < seeded) return { commits: seeded }
    if (this.#parts.archive.level === level) return 'regular'
    const reason = `no program works on ${levelText(this.#curriculum.levels, level)}, not even the first one: see evolve sql`
    return { rule: 'curriculum', reason, unfinished: false }
  }

  #endLevel(ordinal: number): void {
    const { store, clock, recorded, problem, steering, archive } = this.#parts
    const { level } = this.#curriculum.standing
    // Nobody is on this level yet, so it cannot be over.
    if (ordinal <= seededUpTo(this.#curriculum.standing) + 1 || archive.level !== level) return
    const [objective] = problem.objectives
    if (objective === undefined) throw new InvariantError('a problem has at least one objective')
    const goals = { ...problem.goals, ...settingsOf(steering.log) }
    const reason =
      recorded === undefined
        ? levelOver({
            ...{
              levels: this.#curriculum.levels,
              standing: this.#curriculum.standing,
              goals,
              objective,
              best: archive.best,
            },
            used: this.#meter.totals(),
            budget: this.#meter.budget(),
          })
        : recorded.levelEnd(ordinal)?.reason
    if (reason === undefined) return
    const end: LevelEnd = { level, after: ordinal - 1, reason }
    store.event(levelEndEvent, { ...end }, clock.now())
    this.#curriculum.standing = { level: level + 1, after: end.after, handOver: undefined }
  }

  #handOver(): HandOver {
    const { store, clock, archive, sink } = this.#parts
    const { level, after } = this.#curriculum.standing
    const before = standingOf(store.events(levelEndEvent).slice(0, level - 2), store.events(handOverEvent))
    const most = this.#curriculum.levels[level - 1]?.carry ?? 1
    const contract = this.#curriculum.contracts[level - 1] ?? ''
    const handOver = { level, after, contract, carry: carryFrom(archive, firstOf(before), most) }
    store.event(handOverEvent, { ...handOver, carry: handOver.carry.map((each) => ({ ...each })) }, clock.now())
    this.#curriculum.standing = { ...this.#curriculum.standing, handOver }
    const end = store.events(levelEndEvent).at(-1) as LevelEnd | undefined
    const why = `${levelText(this.#curriculum.levels, level - 1)} is over, ${end?.reason ?? ''}`
    const seeds = `seeded by ${String(handOver.carry.length)} programs`
    sink.emit({ type: 'notice', message: `${why}; ${levelText(this.#curriculum.levels, level)} begins, ${seeds}` })
    return handOver
  }
}
