import type { Rng } from '../core/rng.ts'

/**
 * Draws from a Beta distribution.
 *
 * @param a - Greater than 0.
 * @param b - Greater than 0.
 * @returns A number in [0, 1].
 */
export function drawBeta(a: number, b: number, rng: Rng): number {
  const one = drawGamma(a, rng)
  const other = drawGamma(b, rng)
  return one + other === 0 ? 0.5 : one / (one + other)
}

/**
 * Draws from a Gamma distribution with scale 1 by squeeze and rejection.
 *
 * @see Marsaglia and Tsang 2000, "A simple method for generating gamma variables", https://doi.org/10.1145/358407.358414.
 */
function drawGamma(shape: number, rng: Rng): number {
  if (shape < 1) return drawGamma(shape + 1, rng) * (1 - rng.next()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = rng.normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - rng.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}
