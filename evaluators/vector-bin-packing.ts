import { defineEvaluator, invalid } from 'evolve-agent'
import { capacity, leastMachines, twoResourceJobs } from './bin-packing/instances.ts'
import type { Job } from './bin-packing/instances.ts'
import { excessOf, meanOf, overfull, played, roomsLeft } from './bin-packing/outcome.ts'
import type { Packed } from './bin-packing/outcome.ts'

/** Seeds of the instances that published rules are compared on, and their number of jobs. */
const publicSeeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
const publicJobs = 1000
/** Numbers of jobs at the end: a rule that only fits a thousand jobs shows. */
const hiddenJobs = [250, 500, 1000, 2000, 4000]

/**
 * Online packing of jobs with two resources onto machines: a function ranks the machines that a job fits onto; a new
 * machine is taken only when there is none.
 *
 * Jobs are dealt out one by one and then taken back, last one first, as in `bin-packing-weibull.ts`.
 */
export default defineEvaluator({
  output: played,
  cases: ({ rng, split }) => {
    const instances =
      split === 'search'
        ? publicSeeds.map((seed) => twoResourceJobs(seed, publicJobs))
        : hiddenJobs.flatMap((count) => [0, 1].map(() => twoResourceJobs(rng.int(2 ** 32), count)))
    return [{ id: 'instances', args: [capacity, instances] }]
  },
  drive({ call, again }, room: number, instances: readonly (readonly (readonly [number, number])[])[]) {
    const game = (jobs: readonly (readonly [number, number])[], instance: number) => {
      /** Free room of every machine, first and second resource. */
      const [first, second]: [number[], number[]] = [[], []]
      const placed: number[] = []
      let [choices, tight] = [0, 0]
      const load = (machine: number, one: number, other: number): void => {
        first[machine] = (first[machine] ?? room) - one
        second[machine] = (second[machine] ?? room) - other
      }
      /** The machine that a copy chooses, or -1 for an answer that is no list of as many numbers as there are machines. */
      const choose = (entry: typeof call, one: number, other: number) => {
        const fitting: number[] = []
        const rooms: [number, number][] = []
        let [best, tightest] = [0, 0]
        for (let machine = 0; machine < first.length; machine++) {
          const [left, right] = [first[machine] ?? 0, second[machine] ?? 0]
          if (left < one || right < other) continue
          fitting.push(machine)
          rooms.push([left, right])
          const [tightestLeft, tightestRight] = rooms[tightest] ?? [room, room]
          if (left + right < tightestLeft + tightestRight) tightest = rooms.length - 1
        }
        if (rooms.length === 0) return { machine: first.length, among: 0, isTight: true }
        const ranks = entry([one, other], rooms)
        if (!Array.isArray(ranks) || ranks.length !== rooms.length)
          return { machine: -1, among: rooms.length, isTight: false }
        for (let index = 0; index < rooms.length; index++) {
          if (typeof ranks[index] !== 'number') return { machine: -1, among: rooms.length, isTight: false }
          if (ranks[index] > ranks[best]) best = index
        }
        return { machine: fitting[best] ?? -1, among: rooms.length, isTight: best === tightest }
      }
      return {
        deal(): string {
          for (const [one, other] of jobs) {
            const { machine, among, isTight } = choose(call, one, other)
            if (machine < 0) {
              return `priority() did not return ${among} numbers for job ${placed.length + 1} of instance ${instance + 1}, which fits onto ${among} machines`
            }
            load(machine, one, other)
            placed.push(machine)
            choices += among
            tight += isTight ? 1 : 0
          }
          return ''
        },
        takeBack(): string {
          for (let index = jobs.length - 1; index >= 0; index--) {
            const [[one, other] = [0, 0], machine] = [jobs[index], placed[index] ?? 0]
            load(machine, -one, -other)
            // The last machine is empty again: this job had been its first.
            if (machine === first.length - 1 && first[machine] === room && second[machine] === room) {
              first.pop()
              second.pop()
            }
            if (choose(again, one, other).machine !== machine) {
              return `asked again in another order, priority() chooses another machine for job ${index + 1} of instance ${instance + 1}: it must depend on its arguments alone, not on earlier calls or chance`
            }
          }
          return ''
        },
        result: () => ({ placed, choices: choices / jobs.length, tightness: tight / jobs.length }),
      }
    }
    const games = instances.map(game)
    let problem = ''
    for (const each of games) problem ||= each.deal()
    for (const each of games.toReversed()) problem ||= each.takeBack()
    return { problem, instances: problem === '' ? games.map((each) => each.result()) : [] }
  },
  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const { problem, instances } = only.value
    if (problem !== '') return invalid(problem)
    const packed = (only.args[1] as readonly (readonly Job[])[]).map((jobs, index): Packed => {
      return { sizes: jobs, placed: instances[index]?.placed ?? [], least: leastMachines(jobs) }
    })
    const flaw = packed.map(overfull).find((each) => each !== undefined)
    if (flaw !== undefined) return invalid(flaw)
    return {
      objectives: { excess: excessOf(packed) },
      artifacts: { excess_by_instance: packed.map((each) => excessOf([each])) },
      feedback: stranded(packed),
      descriptors: {
        choices: meanOf(instances.map(({ choices }) => choices)),
        tightness: meanOf(instances.map(({ tightness }) => tightness)),
      },
    }
  },
})

/** A machine whose fuller resource has less room than this takes hardly any further job. */
const fullBelow = 10

/** How much room lies where the other resource is used up. */
function stranded(packed: readonly Packed[]): string {
  const rooms = packed.flatMap(roomsLeft)
  const least = packed.reduce((sum, each) => sum + each.least, 0)
  const total = rooms.reduce((sum, [one = 0, other = 0]) => sum + one + other, 0)
  const lost = rooms.reduce(
    (sum, [one = 0, other = 0]) => sum + (Math.min(one, other) < fullBelow ? Math.max(one, other) : 0),
    0,
  )
  return (
    `${rooms.length} machines where at least ${least} are needed. ` +
    `${((100 * lost) / Math.max(1, total)).toFixed(0)} % of the room left over lies on machines whose other resource has less than ${fullBelow} left.`
  )
}
