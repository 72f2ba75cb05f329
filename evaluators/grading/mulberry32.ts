/**
 * A stream of numbers in [0, 1) from a 32-bit seed, the same on every machine.
 *
 * Published instances of packing benchmarks are stated in terms of this generator; for anything else use the `rng` that
 * `cases` is given.
 *
 * @see Tommy Ettinger's mulberry32, public domain.
 */
export function mulberry32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
