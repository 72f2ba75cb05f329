// EVOLVE-BLOCK-START
/** Weights of the room that is left of the scarcer and of the other resource, by how much of the machine is free. */
const weights: [scarce: number, other: number][] = [
  [1.0, 1.0],
  [1.0, 1.0],
  [1.0, 1.0],
  [1.0, 1.0],
]

/** How good it is to run a job on a machine with this much room; the best machine gets the job. */
function rank(job: [number, number], room: [number, number]): number {
  const scarce = Math.min(room[0] - job[0], room[1] - job[1])
  const other = Math.max(room[0] - job[0], room[1] - job[1])
  const free = Math.floor((room[0] + room[1]) / 50)
  const weight = weights[Math.min(free, 3)] ?? [1, 1]
  const alike = job[0] * room[0] + job[1] * room[1]
  return 0.0001 * alike - weight[0] * scarce - weight[1] * other - 0.0 * (other - scarce)
}
// EVOLVE-BLOCK-END

/** Ranks the machines that a job fits onto by the room they have. The first of the best gets the job. */
export function priority(job: [number, number], rooms: [number, number][]): number[] {
  return rooms.map((room) => rank(job, room))
}
