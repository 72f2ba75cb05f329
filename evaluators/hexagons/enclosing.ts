import { convexHull } from '../grading/convex-hull.ts'
import type { Point } from '../grading/point.ts'
import { turn } from './hexagon.ts'

/** A sum `cosine * cos(angle) + sine * sin(angle)`. */
interface Wave {
  readonly cosine: number
  readonly sine: number
}

/**
 * The direction in which the smallest regular hexagon around some points has the normal of a side, in degrees.
 *
 * At a fixed direction the smallest hexagon follows from how far the points reach along the six normals: half of each
 * of the three widths must fit, and a third of the reaches along every other normal. Between directions at which a
 * corner of the hull takes over from its neighbour each of these five numbers is one wave, so their largest is smallest
 * at such a direction or where two waves cross; all are tried.
 *
 * @param points - Three or more, not all on one line.
 * @returns An angle in [0, 60), right up to rounding.
 */
export function bestDirection(points: readonly Point[]): number {
  const hull = convexHull(points).map((index) => points[index] as Point)
  const breaks = hull.map(([x, y], index) => {
    const [nextX, nextY] = hull[(index + 1) % hull.length] as Point
    return reduced(degrees(Math.atan2(x - nextX, nextY - y)))
  })
  const ordered = [...new Set([0, ...breaks])].sort((one, other) => one - other)
  let best = { direction: 0, size: Infinity }
  const consider = (direction: number): void => {
    const size = apothemAt(hull, direction)
    if (size < best.size) best = { direction, size }
  }
  for (const [index, from] of ordered.entries()) {
    const to = ordered[index + 1] ?? turn
    consider(from)
    const waves = wavesAt(hull, (from + to) / 2)
    for (const [place, one] of waves.entries()) {
      for (const other of waves.slice(place + 1)) {
        const crossing = degrees(Math.atan2(other.cosine - one.cosine, one.sine - other.sine))
        // Two waves cross every half turn.
        const angle = ((crossing % 180) + 180) % 180
        if (angle > from && angle < to) consider(angle)
      }
    }
  }
  return best.direction
}

/** Distance from the centre to the sides of the smallest regular hexagon with a normal in a direction, in degrees. */
function apothemAt(hull: readonly Point[], direction: number): number {
  const angle = radians(direction)
  return Math.max(...wavesAt(hull, direction).map((wave) => valueOf(wave, angle)))
}

function wavesAt(hull: readonly Point[], direction: number): readonly Wave[] {
  const reaches = Array.from({ length: 6 }, (_, index) => reachWave(hull, direction, turn * index))
  const mean = (...indices: readonly number[]): Wave => ({
    cosine: indices.reduce((sum, index) => sum + (reaches[index] as Wave).cosine, 0) / indices.length,
    sine: indices.reduce((sum, index) => sum + (reaches[index] as Wave).sine, 0) / indices.length,
  })
  return [mean(0, 3), mean(1, 4), mean(2, 5), mean(0, 2, 4), mean(1, 3, 5)]
}

/** How far the points reach along `direction + offset`, as a wave of the direction. */
function reachWave(hull: readonly Point[], direction: number, offset: number): Wave {
  const angle = radians(direction + offset)
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  const [x, y] = hull.reduce((far, each) => (each[0] * c + each[1] * s > far[0] * c + far[1] * s ? each : far))
  const [co, so] = [Math.cos(radians(offset)), Math.sin(radians(offset))]
  return { cosine: x * co + y * so, sine: y * co - x * so }
}

function valueOf({ cosine, sine }: Wave, angle: number): number {
  return cosine * Math.cos(angle) + sine * Math.sin(angle)
}

function radians(angle: number): number {
  return (angle * Math.PI) / 180
}

function degrees(angle: number): number {
  return (angle * 180) / Math.PI
}

function reduced(angle: number): number {
  return ((angle % turn) + turn) % turn
}
