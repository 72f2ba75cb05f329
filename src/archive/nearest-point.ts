/** Points arranged so that the nearest one is found without looking at most of them. */
export interface PointIndex {
  /** Index of the nearest point by Euclidean distance; of equally near ones the lowest. */
  nearest(position: readonly number[]): number
}

/**
 * Arranges points in a k-d tree, split at the median of one axis after the other.
 *
 * The tree lies in two flat arrays: the middle of a range is its root, what is before it lies below on the axis.
 *
 * @param points - At least one, `[N][D]`.
 * @see Bentley 1975, "Multidimensional binary search trees used for associative searching".
 */
export function indexPoints(points: readonly (readonly number[])[]): PointIndex {
  const dimensions = points[0]?.length ?? 0
  const order = arranged(points, dimensions)
  const coordinates = Float64Array.from(order.flatMap((point) => points[point] ?? []))
  let target: readonly number[] = []
  let best = -1
  let least = Number.POSITIVE_INFINITY

  const visit = (from: number, to: number, axis: number): void => {
    if (from >= to) return
    const middle = (from + to) >>> 1
    const base = middle * dimensions
    let distance = 0
    for (let each = 0; each < dimensions; each++) {
      const gap = (coordinates[base + each] as number) - (target[each] as number)
      distance += gap * gap
    }
    const point = order[middle] as number
    if (distance < least || (distance === least && point < best)) {
      least = distance
      best = point
    }
    const beyond = (target[axis] as number) - (coordinates[base + axis] as number)
    const next = axis + 1 === dimensions ? 0 : axis + 1
    if (beyond < 0) visit(from, middle, next)
    else visit(middle + 1, to, next)
    // A point exactly as far may have a lower index, so equality looks at the other side too.
    if (beyond * beyond > least) return
    if (beyond < 0) visit(middle + 1, to, next)
    else visit(from, middle, next)
  }

  return {
    nearest: (position) => {
      target = position
      best = -1
      least = Number.POSITIVE_INFINITY
      visit(0, order.length, 0)
      return best
    },
  }
}

function arranged(points: readonly (readonly number[])[], dimensions: number): number[] {
  const order = points.map((_, index) => index)
  const split = (from: number, to: number, axis: number): void => {
    if (to - from < 2) return
    const sorted = order.slice(from, to).sort((a, b) => (points[a]?.[axis] ?? 0) - (points[b]?.[axis] ?? 0) || a - b)
    for (const [offset, point] of sorted.entries()) order[from + offset] = point
    const middle = (from + to) >>> 1
    const next = (axis + 1) % dimensions
    split(from, middle, next)
    split(middle + 1, to, next)
  }
  split(0, order.length, 0)
  return order
}

/** Square of the Euclidean distance of two points `[D]`. */
export function squaredDistance(one: readonly number[], other: readonly number[]): number {
  let sum = 0
  for (let axis = 0; axis < one.length; axis++) {
    const gap = (one[axis] ?? 0) - (other[axis] ?? 0)
    sum += gap * gap
  }
  return sum
}
