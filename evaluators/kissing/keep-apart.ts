import { squaredDistance, squaredLength } from './vectors.ts'
import type { Vector } from './vectors.ts'

/** Which vectors of a list can stay together, and why the others cannot. */
export interface Kept {
  /** Indices of the vectors that stay, in order. */
  readonly indices: readonly number[]
  /** Square of the largest length of all vectors given; no two that stay are closer than that. */
  readonly bound: bigint
  readonly zeros: number
  /** Vectors that are too close to an earlier one that stays. */
  readonly crowded: readonly { readonly index: number; readonly by: number }[]
}

/**
 * Goes through vectors in order and keeps each that is not zero and at least as far from all kept before as the longest
 * of all is long, exactly.
 *
 * So whatever stays is a kissing configuration: spheres of one size around the vectors, scaled to one length, do not
 * overlap. A list that is one already stays whole.
 */
export function keepApart(vectors: readonly Vector[]): Kept {
  const bound = vectors.map(squaredLength).reduce((most, each) => (each > most ? each : most), 0n)
  const rough = roughComparison(vectors, bound)
  const indices: number[] = []
  const crowded: { index: number; by: number }[] = []
  let zeros = 0
  for (const [index, vector] of vectors.entries()) {
    if (vector.every((entry) => entry === 0n)) {
      zeros++
      continue
    }
    const by = indices.find((other) => {
      const verdict = rough(index, other)
      return verdict === 'unclear' ? squaredDistance(vector, vectors[other] as Vector) < bound : verdict === 'closer'
    })
    if (by === undefined) indices.push(index)
    else crowded.push({ index, by })
  }
  return { indices, bound, zeros, crowded }
}

type Verdict = 'closer' | 'apart' | 'unclear'

/**
 * Tells in floating point whether two vectors are closer than the bound, wherever rounding cannot change the answer.
 *
 * Every entry is divided by the largest length of all, so it is at most 1 and off by 2^-50; a squared distance of
 * `n` such entries is off by less than `n` times 2^-46.
 */
function roughComparison(vectors: readonly Vector[], bound: bigint): (first: number, second: number) => Verdict {
  const scale = Math.sqrt(Number(bound))
  const scaled = vectors.map((vector) => Float64Array.from(vector, (entry) => Number(entry) / scale))
  const doubt = (vectors[0]?.length ?? 0) * 2 ** -46
  return (first, second) => {
    const [one, other] = [scaled[first] as Float64Array, scaled[second] as Float64Array]
    let square = 0
    for (let entry = 0; entry < one.length; entry++) {
      const difference = (one[entry] as number) - (other[entry] as number)
      square += difference * difference
    }
    if (square < 1 - doubt) return 'closer'
    return square > 1 + doubt ? 'apart' : 'unclear'
  }
}
