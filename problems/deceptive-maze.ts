type Move = [dx: number, dy: number]

// EVOLVE-BLOCK-START
/** Straight moves, one after another. */
const moves: Move[] = [
  [1.2, 3.6],
  [-1.6, 3.2],
  [2.0, 2.8],
  [-1.2, 3.6],
  [0.8, 3.2],
  [-1.2, 3.6],
  [1.6, 2.4],
  [-0.8, 2.0],
]
// EVOLVE-BLOCK-END

/** Drives the robot through the room. */
export function drive(): Move[] {
  return moves
}
