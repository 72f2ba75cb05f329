/** A stream of reproducible pseudo-random numbers. */
export interface Rng {
  /** A float64 in [0, 1) with 53 random bits. */
  next(): number
  /** An integer in [0, bound). `bound` is at least 1. */
  int(bound: number): number
  /** A standard normal value. */
  normal(): number
  /** One element, all equally likely. The list must not be empty. */
  pick<T>(items: readonly T[]): T
  /** An index drawn in proportion to non-negative weights; uniform when all are zero. The list must not be empty. */
  weighted(weights: readonly number[]): number
}

/**
 * Opens the named stream of a run at one ordinal.
 *
 * Nothing is carried over between draws of different ordinals: the stream is a pure function of its three arguments,
 * so a resumed run draws what the uninterrupted run would have drawn and there is no generator state to store.
 *
 * @param seed - The run's seed.
 * @param stream - What the numbers are for, for example `parent`.
 * @param ordinal - The candidate's ordinal, or any other counter that names the draw.
 * @see Blackman and Vigna 2018, "Scrambled linear pseudorandom number generators" (xoshiro128**).
 */
export function rngStream(seed: number, stream: string, ordinal: number): Rng {
  return rngFromText(`${String(seed)}/${stream}/${String(ordinal)}`)
}

/** Opens a stream whose seed is a text, hashed to the 128 bits of the generator's state. */
export function rngFromText(text: string): Rng {
  let [a, b, c, d] = hash128(text)
  const next32 = (): number => {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9)
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotateLeft(d, 11)
    return scrambled >>> 0
  }
  const next = (): number => ((next32() >>> 5) * 67108864 + (next32() >>> 6)) / 9007199254740992
  return {
    next,
    int: (bound) => Math.floor(next() * bound),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    pick: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
    weighted: (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      if (total <= 0) return Math.floor(next() * weights.length)
      let rest = next() * total
      for (const [index, weight] of weights.entries()) {
        rest -= weight
        if (rest < 0) return index
      }
      return weights.findLastIndex((weight) => weight > 0)
    },
  }
}

function rotateLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by))
}

/**
 * 128-bit non-cryptographic hash of a text.
 *
 * @see MurmurHash3 and cyrb128, both public domain, for the mixing constants.
 */
function hash128(text: string): [number, number, number, number] {
  let [h1, h2, h3, h4] = [1779033703, 3144134277, 1013904242, 2773480762]
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    h1 = h2 ^ Math.imul(h1 ^ unit, 597399067)
    h2 = h3 ^ Math.imul(h2 ^ unit, 2869860233)
    h3 = h4 ^ Math.imul(h3 ^ unit, 951274213)
    h4 = h1 ^ Math.imul(h4 ^ unit, 2716044179)
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067)
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233)
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213)
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179)
  const all = h1 ^ h2 ^ h3 ^ h4
  return [all | 0, (h2 ^ all) | 0, (h3 ^ all) | 0, (h4 ^ all) | 1]
}
