import type { CallEnding, CallOpening } from '../store/run-store.ts'

/**
 * Where calls are accounted for. The run implements it over its store and budget.
 *
 * Both verbs are durable when they return.
 */
export interface CallLedger {
  /** Reserves the call's worst case. `undefined` when the budget has no room for it: the call must not go out. */
  open(call: CallOpening): number | undefined
  /** Settles a call at what it really cost. */
  close(id: number, ending: CallEnding): void
}
