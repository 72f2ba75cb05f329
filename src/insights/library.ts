import type { KnownInsight, Tally } from '../core/insight.ts'
import type { Rng } from '../core/rng.ts'
import { drawBeta } from './beta.ts'

/** Share of prompts in which what is least known is tried, whatever its record. */
const exploring = 1 / 8

/** So many judged uses make an insight, or asking without any, known. */
const knownFrom = 6

/** So many helped and so many hurt make a record mixed: the condition is to be found out. */
const mixedFrom = 3

/**
 * Chooses the insights for a prompt among those that apply to its parent.
 *
 * Each has a Beta distribution over the worth of its uses: helped counts 1, irrelevant 1/2, hurt 0. One draw from each
 * decides (Thompson sampling), and only those whose draw is better than the draw for a prompt without insights are
 * chosen. One prompt in eight tries what is least known instead, prompts without any insight included.
 *
 * @param baseline - What came of prompts without insights.
 * @param most - The most insights to choose, at least 0.
 * @returns The best draw first; possibly none.
 * @see Thompson 1933; Russo et al. 2018, "A tutorial on Thompson sampling", arXiv:1707.02038.
 */
export function chooseInsights(
  known: readonly KnownInsight[],
  baseline: Tally,
  most: number,
  rng: Rng,
): readonly KnownInsight[] {
  if (known.length === 0 || most === 0) return []
  if (rng.next() < exploring) {
    const least = leastKnown(known)
    if (judged(baseline) < Math.min(knownFrom, least === undefined ? knownFrom : judged(least))) return []
    if (least !== undefined) return [least]
  }
  const bar = drawWorth(baseline, rng)
  return known
    .map((insight) => ({ insight, worth: drawWorth(insight, rng) }))
    .filter(({ worth }) => worth > bar)
    .sort((one, other) => other.worth - one.worth)
    .slice(0, most)
    .map(({ insight }) => insight)
}

/**
 * Tells whether an insight does more harm than asking without any: the probability that its uses are worth at least as
 * much is below 5 %, by the normal approximation of both Beta distributions, after at least 6 judged uses.
 */
export function isHarmful(insight: Tally, baseline: Tally): boolean {
  return judged(insight) >= knownFrom && isClearlyWorse(insight, baseline)
}

/**
 * Tells whether one record is clearly worse than another: the probability that it is worth at least as much is below 5 %,
 * by the normal approximation of both Beta distributions.
 */
export function isClearlyWorse(one: Tally, other: Tally): boolean {
  const [own, bar] = [moments(one), moments(other)]
  return (own.mean - bar.mean) / Math.sqrt(own.variance + bar.variance) < quantile
}

/** Tells whether an insight sometimes helps and sometimes hurts, so that another condition could tell when. */
export function isMixed({ helped, hurt }: Tally): boolean {
  return helped >= mixedFrom && hurt >= mixedFrom
}

/** The 5 % quantile of the standard normal distribution. */
const quantile = -1.6448536269514722

function leastKnown(known: readonly KnownInsight[]): KnownInsight | undefined {
  return known
    .filter((insight) => judged(insight) < knownFrom)
    .reduce<KnownInsight | undefined>(
      (least, insight) => (least === undefined || judged(insight) < judged(least) ? insight : least),
      undefined,
    )
}

/** Uses that have been labelled. */
export function judged({ helped, hurt, irrelevant }: Tally): number {
  return helped + hurt + irrelevant
}

function shape({ helped, hurt, irrelevant }: Tally): readonly [number, number] {
  return [1 + helped + irrelevant / 2, 1 + hurt + irrelevant / 2]
}

function drawWorth(tally: Tally, rng: Rng): number {
  const [a, b] = shape(tally)
  return drawBeta(a, b, rng)
}

function moments(tally: Tally): { readonly mean: number; readonly variance: number } {
  const [a, b] = shape(tally)
  const sum = a + b
  return { mean: a / sum, variance: (a * b) / (sum * sum * (sum + 1)) }
}
