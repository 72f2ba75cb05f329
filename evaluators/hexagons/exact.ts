import { addSurds, compareSurds, multiplySurds, negatedSurd, signOfSurd, surd, surdAbove } from '../grading/surd.ts'
import type { Surd } from '../grading/surd.ts'
import { roundedUp } from '../grading/rational.ts'
import { turn } from './hexagon.ts'

/*
 * A direction whose half-angle has a rational tangent has a rational cosine and sine, and a regular hexagon turned by it
 * has corners in the field of sqrt(3). So hexagons are snapped to such directions (by less than 1e-15 degrees) and to a
 * fine grid of centres, and everything after that is exact.
 */

/** A rotation with a rational cosine and sine. */
interface Rotation {
  readonly cosine: bigint
  readonly sine: bigint
  readonly denominator: bigint
}

/** A regular hexagon of side 1 on the grid. */
export interface GridHexagon {
  /** In units of 2^-50. */
  readonly x: bigint
  readonly y: bigint
  readonly rotation: Rotation
}

type Vector = readonly [Surd, Surd]

const gridPlaces = 50
const gridUnit = 1n << BigInt(gridPlaces)
const tangentPlaces = 52

/** Snaps a hexagon to the grid. Coordinates must be below 2^100 or so in size, the angle finite. */
export function gridHexagon(x: number, y: number, degrees: number): GridHexagon {
  const onGrid = (value: number): bigint => BigInt(Math.round(value * 2 ** gridPlaces))
  return { x: onGrid(x), y: onGrid(y), rotation: rotationOf(degrees) }
}

/** Centre of a hexagon of the grid, up to rounding. */
export function centreOf({ x, y }: GridHexagon): readonly [x: number, y: number] {
  return [Number(x) / 2 ** gridPlaces, Number(y) / 2 ** gridPlaces]
}

/** Whether two hexagons have no inner point in common, exactly. Touching is allowed. */
export function areApart(first: GridHexagon, second: GridHexagon): boolean {
  const between: Vector = [surd(second.x - first.x, 0n, gridUnit), surd(second.y - first.y, 0n, gridUnit)]
  for (const { rotation } of [first, second]) {
    for (const twelfth of [1, 3, 5]) {
      const normal = unitVector(rotation, twelfth)
      const along = dot(normal, between)
      const apart = signOfSurd(along) < 0 ? negatedSurd(along) : along
      const reach = addSurds(ownReach(first, normal), ownReach(second, normal))
      if (compareSurds(apart, reach) >= 0) return true
    }
  }
  return false
}

/**
 * Side of the smallest regular hexagon around others whose sides have a normal in a direction, rounded up.
 *
 * @param degrees - Of the normal; snapped as the hexagons are.
 */
export function enclosingSide(hexagons: readonly GridHexagon[], degrees: number): number {
  const rotation = rotationOf(degrees)
  const reaches = Array.from({ length: 6 }, (_, index) => {
    const normal = unitVector(rotation, 2 * index)
    return furthest(hexagons, normal)
  })
  const mean = (...indices: readonly number[]): Surd =>
    multiplySurds(indices.map((index) => reaches[index] as Surd).reduce(addSurds), surd(1n, 0n, BigInt(indices.length)))
  const apothem = [mean(0, 3), mean(1, 4), mean(2, 5), mean(0, 2, 4), mean(1, 3, 5)].reduce(larger)
  return roundedUp(surdAbove(multiplySurds(apothem, surd(0n, 2n, 3n))))
}

/** Reaches this far below the largest, relatively to the size of the whole, are smaller whatever the rounding did. */
const clearlyLess = 1e-9

function furthest(hexagons: readonly GridHexagon[], normal: Vector): Surd {
  const [nx, ny] = normal.map(roughly) as [number, number]
  const rough = hexagons.map((hexagon) => {
    const [x, y] = centreOf(hexagon)
    return x * nx + y * ny + roughly(ownReach(hexagon, normal))
  })
  const size = Math.max(...rough.map(Math.abs))
  const most = Math.max(...rough)
  return hexagons
    .filter((_, index) => (rough[index] as number) >= most - clearlyLess * size)
    .map((hexagon) => {
      const centre: Vector = [surd(hexagon.x, 0n, gridUnit), surd(hexagon.y, 0n, gridUnit)]
      return addSurds(dot(normal, centre), ownReach(hexagon, normal))
    })
    .reduce(larger)
}

/** How far a hexagon reaches from its own centre along a unit vector. */
function ownReach({ rotation }: GridHexagon, direction: Vector): Surd {
  return [0, 2, 4, 6, 8, 10].map((twelfth) => dot(direction, unitVector(rotation, twelfth))).reduce(larger)
}

function larger(one: Surd, other: Surd): Surd {
  return compareSurds(one, other) >= 0 ? one : other
}

function dot([ax, ay]: Vector, [bx, by]: Vector): Surd {
  return addSurds(multiplySurds(ax, bx), multiplySurds(ay, by))
}

function roughly({ whole, root, denominator }: Surd): number {
  // Up to 2^500 or so in each part: within the range of doubles, and rounded once each.
  return Number(whole) / Number(denominator) + (Number(root) / Number(denominator)) * Math.sqrt(3)
}

/** Twice the cosine of each twelfth of a turn: a whole number, or a multiple of sqrt(3). */
const cosines: readonly (readonly [whole: bigint, root: bigint])[] = [
  [2n, 0n],
  [0n, 1n],
  [1n, 0n],
  [0n, 0n],
  [-1n, 0n],
  [0n, -1n],
  [-2n, 0n],
  [0n, -1n],
  [-1n, 0n],
  [0n, 0n],
  [1n, 0n],
  [0n, 1n],
]

/** The unit vector at a rotation plus some twelfths of a turn. */
function unitVector({ cosine, sine, denominator }: Rotation, twelfths: number): Vector {
  const [cw, cr] = cosines[twelfths % 12] as readonly [bigint, bigint]
  const [sw, sr] = cosines[(twelfths + 9) % 12] as readonly [bigint, bigint]
  return [
    surd(cosine * cw - sine * sw, cosine * cr - sine * sr, 2n * denominator),
    surd(sine * cw + cosine * sw, sine * cr + cosine * sr, 2n * denominator),
  ]
}

function rotationOf(degrees: number): Rotation {
  const reduced = degrees - turn * Math.round(degrees / turn)
  const tangent = BigInt(Math.round(Math.tan((reduced * Math.PI) / 360) * 2 ** tangentPlaces))
  const one = 1n << BigInt(tangentPlaces)
  return {
    cosine: one * one - tangent * tangent,
    sine: 2n * tangent * one,
    denominator: one * one + tangent * tangent,
  }
}
