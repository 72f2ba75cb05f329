import type { Problem } from '../config/problem.ts'
import { UserError } from '../core/errors.ts'
import { findGpus } from '../evaluation/devices/find.ts'

/** The cards that a problem lends to its candidates, or why there are none. */
export interface LeasedDevices {
  readonly found: readonly { readonly index: number; readonly name: string }[]
  /** `undefined` when there are cards. */
  readonly missing: string | undefined
  /** Candidates on one card at a time. */
  readonly slots: number
  /** Whether a candidate has its card to itself on this machine. */
  readonly exclusive: boolean
  /** Whether the problem names the cards; else all that are found are lent. */
  readonly named: boolean
}

/** Looks for the cards that a problem lends; `undefined` for one that lends none. */
export async function leasedDevices({ evaluation }: Problem): Promise<LeasedDevices | undefined> {
  if (evaluation.backend !== 'process' || evaluation.device === undefined) return undefined
  const { ids, slots, exclusive } = evaluation.device
  const lent = { slots: exclusive ? 1 : slots, exclusive, named: ids !== undefined }
  try {
    const found = await findGpus(ids)
    return { ...lent, found: found.map(({ index, name }) => ({ index, name })), missing: undefined }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { ...lent, found: [], missing: error.message }
  }
}

/** One line: which cards, and who may use one at the same time. */
export function devicesText({ found, missing, slots, exclusive, named }: LeasedDevices): string {
  if (missing !== undefined) return `none: ${missing}`
  const cards = found.map(({ index, name }) => `${String(index)} (${name})`).join(', ')
  const origin = named ? 'named by evaluation.device.ids' : 'found by nvidia-smi'
  const share = exclusive
    ? 'each lent to one candidate at a time, and to nobody else that evolve runs on this machine'
    : `each lent to up to ${String(slots)} candidates at a time`
  return `${cards}, ${origin}; ${share}`
}
