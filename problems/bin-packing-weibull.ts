// EVOLVE-BLOCK-START
/** What it costs to leave so much room, by fifths of a hundredth: 0 to 4, 5 to 9, and so on up to 95 to 99. */
const costs = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 8.5, 9.0, 9.5]

/** How good it is to put an item into a bin with this much room; the best bin gets the item. */
function rank(item: number, room: number): number {
  const left = room - item
  const cost = costs[Math.floor(left / 5)] ?? 0
  return -cost - 0.01 * left
}
// EVOLVE-BLOCK-END

/** Ranks the bins that an item fits into by the room that they have; the last one is empty. The first of the best is taken. */
export function priority(item: number, rooms: number[]): number[] {
  return rooms.map((room) => rank(item, room))
}
