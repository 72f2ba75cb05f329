import { defineEvaluator, invalid, z } from 'evolve-agent'
import type { GaussianVector, RankOne } from './grading/gaussian.ts'
import { sumOfTerms } from './grading/gaussian.ts'

/** Rows and columns of the matrices. */
const size = 4
const entries = size * size
/** The classical algorithm needs so many products; nobody wants more. */
const mostTerms = size ** 3
/** Doubled parts of this size keep every sum far below 2^53: 3 * 64 * 64^3 is 5e7. */
const largestPart = 64

const part = z.int().min(-largestPart).max(largestPart)
const vector = z.array(z.tuple([part, part])).length(entries)

/**
 * Multiplies 4 x 4 matrices with few products: a decomposition of the tensor <4,4,4> into products of three linear forms
 * over the half Gaussian integers (a + bi)/2.
 *
 * All numbers arrive doubled, as whole ones, so a sum of terms must be 8 times the tensor, exactly; there is no near miss.
 */
export default defineEvaluator({
  output: z
    .array(z.tuple([vector, vector, vector]))
    .min(1)
    .max(mostTerms),
  cases: () => [{ id: '444', args: [size] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const terms: readonly RankOne[] = only.value.filter((term) => term.every(isNotZero))
    const { re, im } = sumOfTerms(terms, entries)
    const wrong = wrongEntries(re, im)
    const [worst] = wrong
    if (worst !== undefined) {
      return invalid(
        `${wrong.length} of ${entries ** 3} entries of the tensor are wrong; the first is A[${placeOf(worst.a)}] B[${placeOf(worst.b)}] C^T[${placeOf(worst.c)}]: ` +
          `${worst.re / 8} + ${worst.im / 8}i instead of ${worst.expected}`,
      )
    }
    const parts = terms.flat(2)
    const used = parts.filter(([real, imaginary]) => real !== 0 || imaginary !== 0)
    return {
      objectives: { rank: terms.length },
      feedback:
        `An exact decomposition of rank ${terms.length}` +
        `${terms.length < only.value.length ? ` (${only.value.length - terms.length} terms are 0)` : ''}. ` +
        `${((100 * used.length) / parts.length).toFixed(0)} % of the coefficients are not 0, ` +
        `${used.filter(([, imaginary]) => imaginary !== 0).length} of them are not real; ${mergeable(terms)} pairs of terms share two of their three forms.`,
      descriptors: {
        density: used.length / parts.length,
        complexity: used.filter(([, imaginary]) => imaginary !== 0).length / used.length,
      },
    }
  },
})

function isNotZero(form: GaussianVector): boolean {
  return form.some(([re, im]) => re !== 0 || im !== 0)
}

interface WrongEntry {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly re: number
  readonly im: number
  readonly expected: number
}

/** Entries of the eightfold tensor that are not 8 at (ij, jl, li) and 0 elsewhere. */
function wrongEntries(re: Float64Array, im: Float64Array): readonly WrongEntry[] {
  const wrong: WrongEntry[] = []
  for (let index = 0; index < re.length; index++) {
    const [a, b, c] = [Math.floor(index / entries ** 2), Math.floor(index / entries) % entries, index % entries]
    const [i, j] = [Math.floor(a / size), a % size]
    const [k, l] = [Math.floor(b / size), b % size]
    const expected = j === k && c === l * size + i ? 1 : 0
    const found = { re: re[index] ?? 0, im: im[index] ?? 0 }
    if (found.re !== 8 * expected || found.im !== 0) wrong.push({ a, b, c, ...found, expected })
  }
  return wrong
}

function placeOf(index: number): string {
  return `${Math.floor(index / size)}, ${index % size}`
}

/** Pairs that could be one term at once: equal in two of three forms. */
function mergeable(terms: readonly RankOne[]): number {
  const texts = terms.map((term) => term.map((form) => form.join(';')))
  let pairs = 0
  for (const [index, one] of texts.entries()) {
    for (const other of texts.slice(index + 1)) {
      if (one.filter((text, place) => text === other[place]).length >= 2) pairs++
    }
  }
  return pairs
}
