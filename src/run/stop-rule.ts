import type { Budget, Goals } from '../config/problem.ts'
import type { Objective } from '../core/objective.ts'
import type { Elite } from '../core/placement.ts'
import type { Totals } from '../store/run-store.ts'

/** What a stop rule may look at, before each new candidate. */
export interface StopView {
  /** What is used now, this process's wall time included. */
  readonly used: Totals
  /** Calls to models that are out; `used` counts them at what they reserved. */
  readonly callsOut: number
  readonly budget: Budget
  readonly goals: Goals
  /** The best program of the run. */
  readonly best: Elite | undefined
  /** The candidate after which the level of the curriculum began; 0 without one. */
  readonly since: number
  readonly objective: Objective
  /** Path of the stop file, if somebody has made it. */
  readonly stopFile: string | undefined
}

/** The stop-rule seam: one line in `builtins.ts` adds one. Pure. */
export interface StopRule {
  readonly name: string
  /** Whether what it stops is left unfinished, so that a resume goes on without asking for more. */
  readonly unfinished: boolean
  /** Why no further candidate may start, in words for the user; `undefined` while one may. */
  reason(view: StopView): string | undefined
}

/** A stop: which rule and why. */
export interface Stop {
  readonly rule: string
  readonly reason: string
  readonly unfinished: boolean
}

/** The first rule that stops, in the order of the rules. */
export function firstStop(rules: readonly StopRule[], view: StopView): Stop | undefined {
  for (const rule of rules) {
    const reason = rule.reason(view)
    if (reason !== undefined) return { rule: rule.name, reason, unfinished: rule.unfinished }
  }
  return undefined
}
