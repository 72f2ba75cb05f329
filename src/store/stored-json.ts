import { InvariantError } from '../core/errors.ts'
import type { Json } from '../core/json.ts'

/**
 * Checks a number on its way into the store.
 *
 * SQLite turns NaN into NULL without a word and JSON turns both NaN and the infinities into null, so such a number
 * would come back as a missing one. Negative zero becomes zero, as it would in either.
 *
 * @throws {@link InvariantError} when it is not finite.
 */
export function finite(value: number, what: string): number {
  if (!Number.isFinite(value)) throw new InvariantError(`${what} must be a finite number, got ${String(value)}`)
  return value + 0
}

/** {@link finite} for a number that may be missing, which is `null` in the store. */
export function finiteOrNull(value: number | undefined, what: string): number | null {
  return value === undefined ? null : finite(value, what)
}

/** A moment as the store keeps it: whole milliseconds since the Unix epoch. */
export function moment(now: number): number {
  return Math.round(finite(now, 'a time'))
}

/**
 * Writes plain data as JSON.
 *
 * @throws {@link InvariantError} when a number in it is not finite or it holds something that is no plain data.
 */
export function jsonText(value: Json | object, what: string): string {
  refuseUnstorable(value, what)
  return JSON.stringify(value)
}

function refuseUnstorable(value: unknown, what: string): void {
  switch (typeof value) {
    case 'number':
      if (!Number.isFinite(value)) throw new InvariantError(`${what} holds ${String(value)}, which cannot be stored`)
      return
    case 'string':
    case 'boolean':
    // A missing optional field is left out by JSON, which is what it means.
    case 'undefined':
      return
    case 'object':
      if (value === null) return
      if (Array.isArray(value)) for (const item of value) refuseUnstorable(item, what)
      else for (const key in value) refuseUnstorable((value as Record<string, unknown>)[key], what)
      return
    default:
      throw new InvariantError(`${what} holds a ${typeof value}, which cannot be stored`)
  }
}
