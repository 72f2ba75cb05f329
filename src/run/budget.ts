import type { Budget } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import type { CallLedger } from '../llm/ledger.ts'
import type { RunStore, Totals } from '../store/run-store.ts'

/** Counts what a run has used and says when it is enough. */
export interface BudgetMeter extends CallLedger {
  /** What is used now, this process's wall time included. */
  totals(): Totals
  /** Why no further candidate may start, in words for the user, or `undefined` while one may. */
  exhausted(): string | undefined
  /** Calls that are out. What they reserved may come back, so a refusal is final only without any. */
  callsOut(): number
  /** Why the latest call was refused. */
  refusal(): string
}

/**
 * Meters a run against its budget. Calls reserve their worst case before they go out and are settled afterwards, so
 * tokens and USD never exceed the budget, whatever is in flight.
 *
 * @param store - Its session must be open: wall time counts from there.
 * @param budget - The limits, if they are not just those the store has.
 */
export function createBudgetMeter(store: RunStore, clock: Clock, budget: Budget = store.budget()): BudgetMeter {
  const before = store.totals().elapsedMs
  const openedAt = clock.now()
  const totals = (): Totals => ({ ...store.totals(), elapsedMs: before + clock.now() - openedAt })
  let refused = 'the budget has no room for another call'
  const out = new Set<number>()
  return {
    totals,
    exhausted: () => {
      const used = totals()
      if (budget.candidates !== undefined && used.selected >= budget.candidates) {
        return budget.candidates === 1 ? '1 candidate is done' : `${String(budget.candidates)} candidates are done`
      }
      if (budget.wallMs !== undefined && used.elapsedMs >= budget.wallMs) return 'the wall time is used up'
      return undefined
    },
    callsOut: () => out.size,
    refusal: () => refused,
    open: (call) => {
      const used = store.totals()
      const reason = overrun(budget, used.tokens + call.reservedTokens, used.usd, call.reservedUsd)
      if (reason !== undefined) {
        refused = reason
        return undefined
      }
      const id = store.openCall(call)
      out.add(id)
      return id
    },
    close: (id, ending) => {
      store.closeCall(id, ending)
      out.delete(id)
    },
  }
}

function overrun(budget: Budget, tokens: number, usd: number, reservedUsd: number | undefined): string | undefined {
  if (budget.tokens !== undefined && tokens > budget.tokens) {
    return `the next call could exceed the budget of ${String(budget.tokens)} tokens`
  }
  if (budget.usd !== undefined && usd + (reservedUsd ?? 0) > budget.usd) {
    return `the next call could exceed the budget of ${String(budget.usd)} USD`
  }
  return undefined
}
