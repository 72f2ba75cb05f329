import { defineEvaluator, invalid, z } from 'evolve-agent'
import { coordinate } from './grading/point.ts'
import { drive, goal, room, shortestMove } from './maze/drive.ts'

const mostMoves = 24

/**
 * A robot drives through a room by a list of moves; the objective is how far from the goal it ends.
 *
 * Deceptive: the way that comes nearest to the goal at first ends in a dead end, and every way around it leads away from
 * the goal. Where the robot ends is a behaviour, which the axes of the archive keep apart.
 *
 * @see Lehman and Stanley 2011, "Abandoning objectives", https://doi.org/10.1162/EVCO_a_00025 (deceptive mazes).
 */
export default defineEvaluator({
  output: z
    .array(z.tuple([coordinate, coordinate]))
    .min(1)
    .max(mostMoves),
  cases: () => [{ id: 'room', args: [] }],
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    for (const [index, [dx, dy]] of only.value.entries()) {
      const length = Math.max(Math.abs(dx), Math.abs(dy))
      if (length < shortestMove || length > room) {
        return invalid(
          `move ${index + 1} changes x or y by ${length} at most: the larger change must be ${shortestMove} to ${room}`,
        )
      }
    }
    const { x, y, stopped } = drive(only.value)
    const rounded = (value: number): string => value.toFixed(2)
    return {
      objectives: { distance: Math.hypot(x - goal.x, y - goal.y) },
      feedback:
        `The robot ends at (${rounded(x)}, ${rounded(y)}) after ${only.value.length} moves.` +
        (stopped.length === 0 ? '' : ` A wall stopped move ${stopped.map((index) => index + 1).join(', ')}.`),
      descriptors: { end_x: x, end_y: y },
    }
  },
})
