/** Lets a fixed number of tasks through at a time, in the order they came. */
export interface Turnstile {
  /** Runs a task as soon as there is room. Rejects what `shut` was given once it is shut. */
  pass<Value>(task: () => Promise<Value>): Promise<Value>
  /** Rejects every task that still waits and every later one. Tasks that run are not touched. */
  shut(reason: Error): void
}

/**
 * Opens a turnstile.
 *
 * The threads have a queue of their own, but a deadline must not run while a task waits for its turn.
 *
 * @param width - Tasks at a time, at least 1.
 */
export function createTurnstile(width: number): Turnstile {
  const waiting: { readonly enter: () => void; readonly refuse: (reason: Error) => void }[] = []
  let inside = 0
  let shutBy: Error | undefined

  const enter = async (): Promise<void> => {
    if (shutBy !== undefined) throw shutBy
    if (inside < width) {
      inside++
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    waiting.push({ enter: () => resolve(undefined), refuse: reject })
    await promise
  }

  // A leaving task hands its place on, so that no newcomer can slip in between.
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) inside--
    else next.enter()
  }

  return {
    async pass(task) {
      await enter()
      try {
        return await task()
      } finally {
        leave()
      }
    },
    shut(reason) {
      shutBy = reason
      for (const { refuse } of waiting.splice(0)) refuse(reason)
    },
  }
}
