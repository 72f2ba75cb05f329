import type { Budget } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import type { CallLedger } from '../llm/ledger.ts'
import type { RunStore, Totals } from '../store/run-store.ts'
import type { Stop } from './stop-rule.ts'

/** Counts what a run has used and says when it is enough. */
export interface BudgetMeter extends CallLedger {
  /** What is used now, this process's wall time included. */
  totals(): Totals
  /** The limits that hold now. */
  budget(): Budget
  /** Calls that are out. What they reserved may come back, so a refusal is final only without any. */
  callsOut(): number
  /** Why the latest call was refused, and by which limit. */
  refusal(): Stop
}

/**
 * Meters a run against its budget. Calls reserve their worst case before they go out and are settled afterwards, so
 * tokens and USD never exceed the budget, whatever is in flight.
 *
 * @param store - Its session must be open: wall time counts from there.
 * @param enforced - The limits that can be kept, from those that the store has.
 */
export function createBudgetMeter(
  store: RunStore,
  clock: Clock,
  enforced: (budget: Budget) => Budget = (budget) => budget,
): BudgetMeter {
  const before = store.totals().elapsedMs
  const openedAt = clock.now()
  const totals = (): Totals => ({ ...store.totals(), elapsedMs: before + clock.now() - openedAt })
  let refused: Stop = { rule: 'budget', reason: 'the budget has no room for another call', unfinished: false }
  const out = new Set<number>()
  return {
    totals,
    budget: () => enforced(store.budget()),
    callsOut: () => out.size,
    refusal: () => refused,
    open: (call) => {
      const used = store.totals()
      const over = overrun(enforced(store.budget()), used.tokens + call.reservedTokens, used.usd, call.reservedUsd)
      if (over !== undefined) {
        refused = { ...over, unfinished: false }
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
    onDisk: () => store.onDisk(),
  }
}

function overrun(
  budget: Budget,
  tokens: number,
  usd: number,
  reservedUsd: number | undefined,
): Omit<Stop, 'unfinished'> | undefined {
  if (budget.tokens !== undefined && tokens > budget.tokens) {
    return { rule: 'tokens', reason: `the next call could exceed the budget of ${String(budget.tokens)} tokens` }
  }
  if (budget.usd !== undefined && usd + (reservedUsd ?? 0) > budget.usd) {
    return { rule: 'usd', reason: `the next call could exceed the budget of ${String(budget.usd)} USD` }
  }
  return undefined
}
