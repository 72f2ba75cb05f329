import type { CandidateFailure } from '../core/failure.ts'
import { holdoutText } from '../report/holdout-text.ts'
import type { HeldOut } from '../report/holdout-text.ts'
import { askRow } from '../store/ask-rows.ts'
import type { Row } from '../store/ask-rows.ts'
import type { RunReader } from '../store/run-reader.ts'

/** What the hold-out says about the best program of a run; `undefined` as long as it was not scored there. */
export function heldOutLine(reader: RunReader): string | undefined {
  const best = reader.best()
  const [first, champion] = [rowOf(reader, 0), best === undefined ? undefined : rowOf(reader, best.ordinal)]
  if (first === undefined || champion === undefined) return undefined
  return holdoutText(reader.identity.objective, heldOut(first), heldOut(champion))
}

function rowOf(reader: RunReader, ordinal: number): Row | undefined {
  return askRow(reader, 'SELECT ordinal, value, failure FROM holdout_scores WHERE ordinal = ?', [ordinal])
}

function heldOut({ ordinal, value, failure }: Row): HeldOut {
  return typeof failure === 'string'
    ? { ordinal: Number(ordinal), failure: JSON.parse(failure) as CandidateFailure }
    : { ordinal: Number(ordinal), value: Number(value) }
}
