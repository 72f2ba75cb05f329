/** Centre x, centre y, radius, in sides of the square. */
export type Circle = readonly [x: number, y: number, radius: number]

/** The pairs of a list, each once, by index. */
export function* pairsOf(length: number): Generator<readonly [number, number]> {
  for (let first = 0; first < length; first++) {
    for (let second = first + 1; second < length; second++) yield [first, second]
  }
}
