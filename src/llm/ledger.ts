import type { CallEnding, CallOpening } from '../store/run-store.ts'

/**
 * Where calls are accounted for. The run implements it over its store and budget.
 *
 * What both verbs write outlives this process when they return, and the machine's power when {@link CallLedger.onDisk}
 * resolves.
 */
export interface CallLedger {
  /** Reserves the call's worst case. `undefined` when the budget has no room for it: the call must not go out. */
  open(call: CallOpening): number | undefined
  /** Settles a call at what it really cost. */
  close(id: number, ending: CallEnding): void
  /** Resolves when everything written before this call is on the disk; those that wait at the same time share one sync. */
  onDisk(): Promise<void>
}
