import type { Program } from '../core/program.ts'
import type { RunStore } from '../store/run-store.ts'

/** Programs by ordinal, the recently used ones in memory. */
export interface Programs {
  get(ordinal: number): Program
}

/** Reads programs through a cache of at most `capacity` entries; the one unused longest leaves first. */
export function cachedPrograms(store: Pick<RunStore, 'program'>, capacity = 1024): Programs {
  const cache = new Map<number, Program>()
  return {
    get: (ordinal) => {
      const program = cache.get(ordinal) ?? store.program(ordinal)
      cache.delete(ordinal)
      cache.set(ordinal, program)
      if (cache.size > capacity) cache.delete(cache.keys().next().value ?? ordinal)
      return program
    },
  }
}
