import { pairsOf } from '../grading/point.ts'
import { areApart, gridHexagon } from './exact.ts'
import type { GridHexagon } from './exact.ts'
import { clearanceRatio } from './hexagon.ts'
import type { Hexagon } from './hexagon.ts'

/** An arrangement without overlap, and what it took to get there. */
export interface Arrangement {
  /** Disjoint in exact arithmetic, around (0, 0). */
  readonly hexagons: readonly GridHexagon[]
  /** What all distances between centres were multiplied by; 1 when the hexagons were disjoint as returned. */
  readonly factor: number
  /** Pairs that touch or nearly touch afterwards. */
  readonly contacts: readonly (readonly [number, number])[]
}

/** Two hexagons by index, and their {@link clearanceRatio}. */
interface Pair {
  readonly first: number
  readonly second: number
  readonly ratio: number
}

/** Pairs below this ratio are looked at exactly; far above what rounding can do to a ratio. */
const near = 1 + 1e-9
/** Pairs below this ratio count as touching in feedback. */
const touching = 1 + 1e-5

/**
 * Moves all centres apart by the smallest common factor from 1 up at which no two hexagons overlap.
 *
 * One factor for all gives nothing away: hexagons that are disjoint as returned stay where they are.
 *
 * @param returned - Two or more.
 * @param worst - Their {@link tightestPair}; its ratio must not be 0.
 */
export function spreadOut(returned: readonly Hexagon[], worst: Pair): Arrangement {
  const [meanX, meanY] = [0, 1].map(
    (axis) => returned.reduce((sum, each) => sum + (each[axis] ?? 0), 0) / returned.length,
  ) as [number, number]
  const centred = returned.map(([x, y, degrees]): Hexagon => [x - meanX, y - meanY, degrees])
  const pairs = ratios(centred)
  const start = Math.max(1, 1 / worst.ratio)
  const tight = pairs.filter(({ ratio }) => ratio * start < near)
  for (let factor = start, step = 2 ** -52; ; step *= 2) {
    const hexagons = centred.map(([x, y, degrees]) => gridHexagon(x * factor, y * factor, degrees))
    const apart = tight.every(({ first, second }) =>
      areApart(hexagons[first] as GridHexagon, hexagons[second] as GridHexagon),
    )
    if (apart) {
      const contacts = pairs
        .filter(({ ratio }) => ratio * factor < touching)
        .map(({ first, second }) => [first, second] as const)
      return { hexagons, factor, contacts }
    }
    factor *= 1 + step
  }
}

/** The pair of hexagons that overlaps most, or else is closest to touching. */
export function tightestPair(hexagons: readonly Hexagon[]): Pair {
  return ratios(hexagons).reduce((least, each) => (each.ratio < least.ratio ? each : least))
}

function ratios(hexagons: readonly Hexagon[]): readonly Pair[] {
  return [...pairsOf(hexagons.length)].map(([first, second]) => ({
    first,
    second,
    ratio: clearanceRatio(hexagons[first] as Hexagon, hexagons[second] as Hexagon),
  }))
}
