import { defineEvaluator, invalid, z } from 'evolve-agent'
import { bestDirection } from './hexagons/enclosing.ts'
import { centreOf, enclosingSide } from './hexagons/exact.ts'
import { cornersOf } from './hexagons/hexagon.ts'
import type { Hexagon } from './hexagons/hexagon.ts'
import { spreadOut, tightestPair } from './hexagons/spread-out.ts'

const count = 11

/** Eleven hexagons of side 1 in a row are 22 long: whatever is further out than this is no packing. */
const furthest = 1000

/** Hexagons that overlap by more than this share have practically one centre, and spreading would tear the rest apart. */
const leastRatio = 0.02

const place = z.number().min(-furthest).max(furthest)

/**
 * Packs 11 regular hexagons of side 1; the objective is the side of the smallest regular hexagon around them.
 *
 * The evaluator finds that hexagon itself: its centre, its direction and its side. Tolerance 0: hexagons that overlap are
 * moved apart by one common factor, checked in exact arithmetic, and the side is exact, rounded up.
 */
export default defineEvaluator({
  output: z.array(z.tuple([place, place, place])).length(count),
  cases: () => [{ id: `n${count}`, args: [count] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const worst = tightestPair(only.value)
    if (worst.ratio < leastRatio) {
      return invalid(`hexagons ${worst.first} and ${worst.second} have practically one centre`)
    }
    const { hexagons, factor, contacts } = spreadOut(only.value, worst)
    const placed = hexagons.map((hexagon, index): Hexagon => [...centreOf(hexagon), only.value[index]?.[2] ?? 0])
    const direction = bestDirection(placed.flatMap(cornersOf))
    const side = enclosingSide(hexagons, direction)
    const overlap =
      factor === 1
        ? 'The hexagons are disjoint as returned.'
        : `Hexagons ${worst.first} and ${worst.second} overlap: all distances between centres were multiplied by ${factor < 1 + 1e-6 ? `1 + ${(factor - 1).toPrecision(2)}` : factor.toPrecision(8)}.`
    const free = placed.flatMap((_, index) => (contacts.some((pair) => pair.includes(index)) ? [] : [index]))
    return {
      objectives: { side },
      feedback: `${overlap} The smallest hexagon around them has a side normal at ${direction.toFixed(4)} degrees. ${contacts.length} pairs touch: ${contacts.map(([first, second]) => `${first}-${second}`).join(', ') || 'none'}. ${free.length === 0 ? 'Every hexagon touches another.' : `Hexagons ${free.join(', ')} touch no other.`}`,
      artifacts: { factor, direction, contacts: contacts.length },
      descriptors: { angle_spread: angleSpread(placed), contacts: contacts.length },
    }
  },
})

/** 0 when all hexagons are parallel, up to 1 when their directions cancel out. */
function angleSpread(hexagons: readonly Hexagon[]): number {
  const [c, s] = [Math.cos, Math.sin].map((wave) =>
    hexagons.reduce((sum, [, , degrees]) => sum + wave((degrees * Math.PI) / 30), 0),
  ) as [number, number]
  return Math.max(0, 1 - Math.hypot(c, s) / hexagons.length)
}
