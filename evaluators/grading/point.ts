import { z } from 'evolve-agent'

/** A place in the plane. */
export type Point = readonly [x: number, y: number]

/** Numbers above this size lose the digits that a geometric answer lives on; none of the problems needs them. */
export const largestMagnitude = 1e10

/** Shape of one number of an answer: finite and of a size that geometry can mean. */
export const coordinate = z.number().min(-largestMagnitude).max(largestMagnitude)

/** Shape of exactly `count` points of the plane. */
export function points(count: number) {
  return z.array(z.tuple([coordinate, coordinate])).length(count)
}

/** The pairs of a list, each once, by index. */
export function* pairsOf(length: number): Generator<readonly [number, number]> {
  for (let first = 0; first < length; first++) {
    for (let second = first + 1; second < length; second++) yield [first, second]
  }
}

/** The triples of a list, each once, by index. */
export function* triplesOf(length: number): Generator<readonly [number, number, number]> {
  for (let first = 0; first < length; first++) {
    for (let second = first + 1; second < length; second++) {
      for (let third = second + 1; third < length; third++) yield [first, second, third]
    }
  }
}
