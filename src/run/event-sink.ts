import type { CandidateFailure } from '../core/failure.ts'
import type { PlacementDecision } from '../core/placement.ts'

/** What a run tells the world while it works. Values are raw: units of the first objective, milliseconds, USD. */
export type RunEvent =
  | {
      readonly type: 'started'
      readonly run: string
      readonly resumed: boolean
      readonly candidates: number | undefined
    }
  | { readonly type: 'notice'; readonly message: string }
  | {
      readonly type: 'finished-candidate'
      readonly ordinal: number
      readonly operator: string
      readonly outcome:
        | { readonly ok: true; readonly decision: PlacementDecision; readonly value: number }
        | { readonly ok: false; readonly failure: CandidateFailure }
    }
  | {
      readonly type: 'new-best'
      readonly ordinal: number
      readonly value: number
      readonly feedback: string | undefined
    }
  | { readonly type: 'progress'; readonly progress: Progress }
  /** The run stops; `untilMs` is the longest that what is in flight may still take, from now. */
  | { readonly type: 'draining'; readonly inFlight: number; readonly untilMs: number }

/** The run's figures at one moment. */
export interface Progress {
  readonly finished: number
  readonly inFlight: number
  /** Candidates asked for; `undefined` when the budget does not say. */
  readonly candidates: number | undefined
  readonly best: number | undefined
  readonly first: number | undefined
  readonly failures: Readonly<Record<string, number>>
  readonly tokens: number
  readonly usd: number
  readonly elapsedMs: number
  /** Candidates finished by this process and the time it took, for the rate. */
  readonly session: { readonly finished: number; readonly elapsedMs: number }
  readonly wallMs: number | undefined
}

/** The event-sink seam: terminal, plain lines, JSON. Never throws and never blocks the run. */
export interface EventSink {
  emit(event: RunEvent): void
  /** Leaves the terminal as it was found. */
  close(): void
}
