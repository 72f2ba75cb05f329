type Move = [dx: number, dy: number]

// EVOLVE-BLOCK-START
/** Straight moves, one after another. */
const moves: Move[] = [
  [0.3, 0.9],
  [-0.4, 0.8],
  [0.5, 0.7],
  [-0.3, 0.9],
  [0.2, 0.8],
  [-0.3, 0.9],
  [0.4, 0.6],
  [-0.2, 0.5],
]
// EVOLVE-BLOCK-END

/** Drives the robot through the room. */
export function drive(): Move[] {
  return moves
}
