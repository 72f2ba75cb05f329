import { InvariantError } from '../core/errors.ts'
import type { CandidateFailure } from '../core/failure.ts'
import { genomeLength, reductionPhases } from './reduction.ts'
import type { Reduction, ReductionPhase } from './reduction.ts'
import { reducible } from './reducing.ts'

/** A shorter program to be tried. */
export interface Attempt {
  readonly source: string
  readonly applied: readonly Reduction[]
  /** Where in the search it stands. */
  readonly cursor: Cursor
}

/** Where the search for something that can go stands within one program. */
interface Cursor {
  readonly phase: number
  /** Neighbouring reductions that are tried at once. */
  readonly chunk: number
  readonly at: number
  /** Something went since the first phase was begun the last time. */
  readonly changed: boolean
}

/** Phases in which a program is first tried without everything at once; the others are tried one by one. */
const wholesale: readonly ReductionPhase[] = ['comments', 'statements', 'numbers']

/**
 * Makes a program shorter by delta debugging over its syntax tree: phase by phase all reductions are tried at once, then
 * halves, quarters and so on down to single ones; what is accepted stays, and the rest is tried on. Phases are gone through
 * until a whole round finds nothing, so that in the end no single reduction is accepted.
 *
 * Deterministic: the same verdicts give the same program. A program that was refused is not tried again.
 *
 * @see Zeller and Hildebrandt 2002, "Simplifying and isolating failure-inducing input", https://doi.org/10.1109/32.988498.
 * @see Misherghi and Su 2006, "HDD: hierarchical delta debugging", https://doi.org/10.1145/1134285.1134307.
 */
export class Simplification {
  readonly #language: string
  readonly #tried = new Set<string>()
  #source: string
  /** Nothing once nothing is left. */
  #cursor: Cursor | undefined
  #program: Phased

  private constructor(source: string, language: string, program: Phased) {
    this.#language = language
    this.#source = source
    this.#program = program
    this.#cursor = start(program, 0, false)
  }

  /** Begins with a program, or says why it cannot be read. */
  static of(source: string, language: string): Simplification | CandidateFailure {
    const program = phased(source, language)
    return 'byPhase' in program ? new Simplification(source, language, program) : program
  }

  /** The shortest program so far. */
  get source(): string {
    return this.#source
  }

  /** Characters of it that may evolve. */
  get length(): number {
    return genomeLength(this.#source)
  }

  /**
   * What is tried next, at most `count` programs: each as if those before it were refused, so that they can be tried side
   * by side. None when nothing is left.
   */
  next(count: number): readonly Attempt[] {
    const attempts: Attempt[] = []
    const tried = new Set(this.#tried)
    for (let cursor = this.#cursor; cursor !== undefined && attempts.length < count; cursor = this.#after(cursor)) {
      const { phase, chunk, at } = cursor
      const made = this.#program.without((this.#program.byPhase[phase] ?? []).slice(at, at + chunk))
      if (made === undefined || tried.has(made.source)) continue
      tried.add(made.source)
      attempts.push({ ...made, cursor })
    }
    return attempts
  }

  /** Notes that an attempt was not as good. */
  refuse({ source, cursor }: Attempt): void {
    this.#tried.add(source)
    this.#cursor = this.#after(cursor)
  }

  /** Notes that an attempt was as good: it is the program from now on. */
  accept({ source, cursor }: Attempt): void {
    const program = phased(source, this.#language)
    if (!('byPhase' in program)) throw new InvariantError('a program that was made shorter cannot be read any more')
    this.#source = source
    this.#program = program
    const here = { ...cursor, changed: true }
    // What comes next has moved up to where the accepted ones were.
    this.#cursor = cursor.at < (program.byPhase[cursor.phase]?.length ?? 0) ? here : this.#after(here)
  }

  /** The next place of this phase, of the next phase or, after the last one, of a new round; none after one without a gain. */
  #after({ phase, chunk, at, changed }: Cursor): Cursor | undefined {
    const left = this.#program.byPhase[phase]?.length ?? 0
    if (at + chunk < left) return { phase, chunk, at: at + chunk, changed }
    if (chunk > 1 && left > 0) return { phase, chunk: Math.ceil(chunk / 2), at: 0, changed }
    if (phase + 1 < reductionPhases.length) return start(this.#program, phase + 1, changed)
    return changed ? start(this.#program, 0, false) : undefined
  }
}

interface Phased {
  readonly byPhase: readonly (readonly Reduction[])[]
  without(
    reductions: readonly Reduction[],
  ): { readonly source: string; readonly applied: readonly Reduction[] } | undefined
}

function phased(source: string, language: string): Phased | CandidateFailure {
  const program = reducible(source, language)
  if (!('reductions' in program)) return program
  const byPhase = reductionPhases.map((phase) => program.reductions.filter((each) => each.phase === phase))
  return { byPhase, without: (reductions) => program.without(reductions) }
}

function start({ byPhase }: Phased, phase: number, changed: boolean): Cursor {
  const all = byPhase[phase]?.length ?? 0
  return { phase, chunk: wholesale.includes(phaseNamed(phase)) ? Math.max(1, all) : 1, at: 0, changed }
}

function phaseNamed(index: number): ReductionPhase {
  return reductionPhases[index] ?? 'numbers'
}
