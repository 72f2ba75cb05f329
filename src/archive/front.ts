/** A member of a cell that competes by several objectives. */
export interface FrontMember {
  readonly ordinal: number
  readonly fitness: number
  /** One value per objective, higher is better. */
  readonly vector: readonly number[]
}

/** How one vector of oriented objectives stands to another. */
export type Dominance = 'dominates' | 'dominated' | 'equal' | 'incomparable'

/**
 * Compares two vectors by Pareto dominance: one dominates when it is nowhere worse and somewhere better.
 *
 * @param left - One value per objective, higher is better, `[M]`.
 * @param right - The same objectives, `[M]`.
 */
export function dominance(left: readonly number[], right: readonly number[]): Dominance {
  let better = false
  let worse = false
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? 0
    if (value > other) better = true
    else if (value < other) worse = true
  }
  if (better) return worse ? 'incomparable' : 'dominates'
  return worse ? 'dominated' : 'equal'
}

/**
 * Crowding distance of every member of a front, in its order: the sum over objectives of the gap between its two
 * neighbours, in shares of the front's extent. The ends of each objective are infinitely far from the crowd. Of members
 * with the same value the earlier in the list stands first.
 *
 * @see Deb et al. 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II", section III-B.
 */
export function crowdingDistances(members: readonly FrontMember[]): number[] {
  const distances = members.map(() => 0)
  const objectives = members[0]?.vector.length ?? 0
  for (let objective = 0; objective < objectives; objective++) {
    const at = (index: number | undefined): number => members[index ?? 0]?.vector[objective] ?? 0
    const order = members.map((_, index) => index).sort((a, b) => at(a) - at(b) || a - b)
    const extent = at(order.at(-1)) - at(order[0])
    for (const [position, index] of order.entries()) {
      const inner = position > 0 && position < order.length - 1
      const gap = inner && extent > 0 ? (at(order[position + 1]) - at(order[position - 1])) / extent : 0
      distances[index] = (distances[index] ?? 0) + (inner ? gap : Number.POSITIVE_INFINITY)
    }
  }
  return distances
}

/**
 * Who leaves a front that has one member too many: the one with the least crowding distance; of equals the last that
 * arrived. The best by fitness never leaves.
 *
 * @param members - At least two, in order of arrival.
 */
export function mostCrowded<Member extends FrontMember>(members: readonly Member[]): Member | undefined {
  const distances = crowdingDistances(members)
  const best = members.reduce((top, member) => (member.fitness > top.fitness ? member : top), members[0] as Member)
  let leaving: number | undefined
  for (const [index, distance] of distances.entries()) {
    if (members[index] === best) continue
    if (leaving === undefined || distance <= (distances[leaving] ?? 0)) leaving = index
  }
  return leaving === undefined ? undefined : members[leaving]
}
