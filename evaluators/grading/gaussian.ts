/** A Gaussian integer: real and imaginary part, both whole. */
export type Gaussian = readonly [re: number, im: number]

/** A vector of Gaussian integers. */
export type GaussianVector = readonly Gaussian[]

/** One term of a decomposition: the outer product of three vectors. */
export type RankOne = readonly [GaussianVector, GaussianVector, GaussianVector]

/** The parts of a vector that are not 0, with their places: most factors of a good decomposition are sparse. */
function entriesOf(vector: GaussianVector): readonly (readonly [place: number, re: number, im: number])[] {
  return vector.flatMap(([re, im], place) => (re === 0 && im === 0 ? [] : [[place, re, im] as const]))
}

/**
 * Adds up outer products of Gaussian integers: the real and the imaginary parts of a tensor, flat, last index fastest.
 *
 * Exact as long as no part of a sum exceeds 2^53: parts up to `b` in `r` terms stay below `3 r b^3`.
 *
 * @param terms - Vectors of the same `length`.
 */
export function sumOfTerms(
  terms: readonly RankOne[],
  length: number,
): { readonly re: Float64Array; readonly im: Float64Array } {
  const re = new Float64Array(length ** 3)
  const im = new Float64Array(length ** 3)
  for (const [first, second, third] of terms) {
    const last = entriesOf(third)
    for (const [a, aRe, aIm] of entriesOf(first)) {
      for (const [b, bRe, bIm] of entriesOf(second)) {
        const [pRe, pIm] = [aRe * bRe - aIm * bIm, aRe * bIm + aIm * bRe]
        const from = (a * length + b) * length
        for (const [c, cRe, cIm] of last) {
          re[from + c] = (re[from + c] ?? 0) + pRe * cRe - pIm * cIm
          im[from + c] = (im[from + c] ?? 0) + pRe * cIm + pIm * cRe
        }
      }
    }
  }
  return { re, im }
}
