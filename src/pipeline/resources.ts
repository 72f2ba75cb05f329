/** Slots by resource class, shared by all candidates of a run. */
export interface ResourceSlots {
  /** Resolves when a slot of the class is free and taken. Classes without a limit never wait. */
  take(resource: string | undefined): Promise<void> | undefined
  release(resource: string | undefined): void
}

/**
 * Opens the slots. Who waits longest is served first.
 *
 * @param limits - Slots by class, each at least 1; a class that is not named has no limit.
 */
export function resourceSlots(limits: Readonly<Record<string, number>>): ResourceSlots {
  const classes = new Map(
    Object.entries(limits).map(([name, limit]) => [name, { free: limit, waiting: [] as (() => void)[] }]),
  )
  return {
    take: (resource) => {
      const slots = resource === undefined ? undefined : classes.get(resource)
      if (slots === undefined) return undefined
      if (slots.free > 0) {
        slots.free--
        return undefined
      }
      return new Promise<void>((resolve) => slots.waiting.push(resolve))
    },
    release: (resource) => {
      const slots = resource === undefined ? undefined : classes.get(resource)
      if (slots === undefined) return
      const next = slots.waiting.shift()
      if (next === undefined) slots.free++
      else next()
    },
  }
}
