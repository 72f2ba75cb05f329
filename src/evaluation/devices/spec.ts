/** Evaluations that could share one device at most, over all runs of this machine. */
export const mostShares = 16

/** Which devices candidates are lent: `evaluation.device` of a problem. */
export interface DeviceSpec {
  readonly kind: 'cuda'
  /** Numbers or UUIDs of the cards; `undefined` means all that are found at the start. */
  readonly ids: readonly (number | string)[] | undefined
  /** Evaluations that share one device; 1 to 16. Has no say in exclusive leases. */
  readonly slots: number
  /** Whether nothing else that this program runs on the machine may use the device meanwhile. */
  readonly exclusive: boolean
}
