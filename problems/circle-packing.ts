/** Centre x, centre y and radius of a circle in the unit square. */
type Circle = [number, number, number]

// EVOLVE-BLOCK-START
/** Rings around the middle: how many circles, distance from the middle, angle of the first one in turns. */
const rings = [
  [1, 0, 0],
  [8, 0.3, 0],
  [16, 0.7, 0],
]

/** Places n circles on the rings, pushed back into the square where a ring leaves it. */
function placeCentres(n: number): [number, number][] {
  const centres: [number, number][] = []
  for (const [count, distance, turn] of rings) {
    for (let i = 0; i < count; i++) {
      const angle = 2 * Math.PI * (turn + i / count)
      centres.push([clip(0.5 + distance * Math.cos(angle)), clip(0.5 + distance * Math.sin(angle))])
    }
  }
  while (centres.length < n) centres.push([clip(0), clip(0)])
  return centres.slice(0, n)
}

/** Keeps a coordinate away from the walls. */
function clip(value: number): number {
  return Math.min(0.99, Math.max(0.01, value))
}

/** Gives every circle the room up to its nearest wall, then shrinks each overlapping pair until it touches. */
function chooseRadii(centres: [number, number][]): number[] {
  const radii = centres.map(([x, y]) => Math.min(x, 1 - x, y, 1 - y))
  for (let i = 0; i < centres.length; i++) {
    for (let j = i + 1; j < centres.length; j++) {
      const distance = Math.hypot(centres[i][0] - centres[j][0], centres[i][1] - centres[j][1])
      if (radii[i] + radii[j] > distance) {
        const scale = distance / (radii[i] + radii[j])
        radii[i] *= scale
        radii[j] *= scale
      }
    }
  }
  return radii
}
// EVOLVE-BLOCK-END

/** Packs n circles into the unit square. */
export function pack(n: number): Circle[] {
  const centres = placeCentres(n)
  const radii = chooseRadii(centres)
  return centres.map(([x, y], i) => [x, y, radii[i]])
}
