import type { Json } from '../../core/json.ts'
import { firstDifference } from '../timing/difference.ts'
import { firstFlaw } from './plain-data.ts'

/**
 * Compares an answer with what a trusted function returned.
 *
 * A typed array counts as the list of its numbers, -0 as 0: so they come out of a candidate's process.
 *
 * @param tolerance - Largest relative difference of two numbers that counts as none; 0 asks for equality.
 * @returns Where and how they differ; `undefined` when they are the same.
 * @throws Error when the trusted function returned what is no plain data: then nothing can be compared.
 */
export function differenceFrom(expected: unknown, given: Json, tolerance: number): string | undefined {
  const plain = listed(expected)
  const flaw = firstFlaw(plain, 'its answer')
  if (flaw !== undefined) throw new Error(`the reference does not return plain data: ${flaw.path} is ${flaw.reason}`)
  return firstDifference(given, plain as Json, tolerance)
}

/** A typed array as a list, where it is the value or a direct part of one, as a candidate's answer is read. */
function listed(value: unknown): unknown {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as unknown as number[])
  if (Array.isArray(value)) return value.map(listed)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, listed(item)]))
}
