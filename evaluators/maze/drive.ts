/** The room is a square of this side; its lower left corner is (0, 0). */
export const room = 10

/** A move must change x or y by this much at least. */
export const shortestMove = 0.01

/** Where the robot starts. */
export const start = { x: 5, y: 1 } as const

/** Where it should end. */
export const goal = { x: 5, y: 9 } as const

/** A rectangle with its border, so that nothing passes where two of them touch. */
interface Wall {
  readonly x: readonly [from: number, to: number]
  readonly y: readonly [from: number, to: number]
}

/**
 * A cup that is open towards the start stands before the goal; the ways around it lead away from the goal at first.
 */
export const walls: readonly Wall[] = [
  { x: [2, 8], y: [7, 7.4] },
  { x: [2, 2.4], y: [3, 7] },
  { x: [7.6, 8], y: [3, 7] },
]

/** Distance between two looks for walls, along the larger change. No wall is as thin, so none is passed between two looks. */
const stride = 0.05

/** Where a drive ends, and which moves a wall cut short. */
export interface Drive {
  readonly x: number
  readonly y: number
  readonly stopped: readonly number[]
}

/**
 * Drives straight along one move after another. A move ends early, where it is, before a place that is in a wall or
 * outside of the room.
 *
 * @param moves - Changes of x and y, none longer than the room in either.
 */
export function drive(moves: readonly (readonly [dx: number, dy: number])[]): Drive {
  let { x, y }: { x: number; y: number } = start
  const stopped: number[] = []
  for (const [index, [dx, dy]] of moves.entries()) {
    const [fromX, fromY] = [x, y]
    const strides = Math.ceil(Math.max(Math.abs(dx), Math.abs(dy)) / stride)
    for (let done = 1; done <= strides; done++) {
      const [nextX, nextY] = [fromX + (dx * done) / strides, fromY + (dy * done) / strides]
      if (isBlocked(nextX, nextY)) {
        stopped.push(index)
        break
      }
      x = nextX
      y = nextY
    }
  }
  return { x, y, stopped }
}

function isBlocked(x: number, y: number): boolean {
  if (x < 0 || x > room || y < 0 || y > room) return true
  return walls.some((wall) => x >= wall.x[0] && x <= wall.x[1] && y >= wall.y[0] && y <= wall.y[1])
}
