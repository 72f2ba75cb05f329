import type { CallLedger } from '../../src/llm/ledger.ts'
import type { CallEnding, CallOpening } from '../../src/store/run-store.ts'

/** A row of the ledger; `ending` is missing while the call is in flight. */
export interface LedgerRow extends CallOpening {
  readonly id: number
  readonly ending: CallEnding | undefined
}

/** A ledger in memory with hard budgets, for tests without a store. */
export interface MemoryLedger extends CallLedger {
  rows(): readonly LedgerRow[]
  /** What the budget is charged with now, open calls at their reservation. */
  charged(): { readonly tokens: number; readonly usd: number }
}

/** Makes an empty ledger; an absent limit does not limit. */
export function memoryLedger(budget: { tokens?: number; usd?: number } = {}): MemoryLedger {
  const rows: LedgerRow[] = []
  const charged = () => ({
    tokens: rows.reduce((sum, row) => sum + (row.ending?.chargedTokens ?? row.reservedTokens), 0),
    usd: rows.reduce(
      (sum, row) => sum + ((row.ending === undefined ? row.reservedUsd : row.ending.chargedUsd) ?? 0),
      0,
    ),
  })
  return {
    rows: () => rows,
    charged,
    open: (call) => {
      const now = charged()
      if (now.tokens + call.reservedTokens > (budget.tokens ?? Infinity)) return undefined
      if (now.usd + (call.reservedUsd ?? 0) > (budget.usd ?? Infinity)) return undefined
      rows.push({ ...call, id: rows.length, ending: undefined })
      return rows.length - 1
    },
    close: (id, ending) => {
      const row = rows[id]
      if (row === undefined || row.ending !== undefined) throw new Error(`call ${id} is not open`)
      rows[id] = { ...row, ending }
    },
    onDisk: () => Promise.resolve(),
  }
}
