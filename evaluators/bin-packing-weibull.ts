import { defineEvaluator, invalid } from 'evolve-agent'
import { capacity, leastBins, weibullItems } from './bin-packing/instances.ts'
import { excessOf, meanOf, overfull, played, roomsLeft } from './bin-packing/outcome.ts'
import type { Packed } from './bin-packing/outcome.ts'

const itemsPerInstance = 5000
/** Seeds of the instances that published rules are compared on. */
const publicSeeds = [1, 2, 3, 4, 5]

/**
 * Online bin packing of Weibull items, as FunSearch put it: a function ranks the bins that an item fits into.
 *
 * `drive` deals the items out one by one, so a candidate cannot know what comes. Then it takes them out again, last one
 * first, and asks a second copy for each: only a function of its arguments alone gives the same answers. The instances of
 * the search are public; those of the end follow from the run's seed.
 */
export default defineEvaluator({
  output: played,
  cases: ({ rng, split }) => {
    const seeds = split === 'search' ? publicSeeds : publicSeeds.map(() => rng.int(2 ** 32))
    const instances = seeds.map((seed) => weibullItems(seed, itemsPerInstance))
    return [
      { id: 'instances', args: [capacity, instances, instances.map((items) => Math.ceil(1.5 * leastBins(items)))] },
    ]
  },
  drive({ call, again }, room: number, instances: readonly (readonly number[])[], most: readonly number[]) {
    const game = (items: readonly number[], instance: number) => {
      /** Bins by their room, so that only those are looked at that an item fits into. */
      const byRoom = Array.from({ length: room + 1 }, (): number[] => [])
      const free: number[] = []
      const placed: number[] = []
      let [choices, tight] = [0, 0]
      const fill = (bin: number, left: number): void => {
        const before = free[bin]
        if (before !== undefined) byRoom[before]?.splice(byRoom[before].indexOf(bin), 1)
        free[bin] = left
        byRoom[left]?.push(bin)
      }
      /** The bin that a copy chooses, or -1 for an answer that is no list of as many numbers as there are bins. */
      const choose = (entry: typeof call, item: number) => {
        const bins: number[] = []
        for (let left = item; left <= room; left++) {
          const alike = byRoom[left] ?? []
          for (let index = 0; index < alike.length; index++) bins.push(alike[index] ?? 0)
        }
        bins.sort((one, other) => one - other)
        bins.push(free.length)
        const rooms = bins.map((bin) => free[bin] ?? room)
        const ranks = entry(item, rooms)
        if (!Array.isArray(ranks) || ranks.length !== rooms.length)
          return { bin: -1, among: rooms.length, isTight: false }
        let [best, tightest] = [0, room]
        for (let index = 0; index < rooms.length; index++) {
          const left = rooms[index] ?? 0
          if (typeof ranks[index] !== 'number') return { bin: -1, among: rooms.length, isTight: false }
          if (ranks[index] > ranks[best]) best = index
          if (left < tightest) tightest = left
        }
        return { bin: bins[best] ?? -1, among: rooms.length, isTight: rooms[best] === tightest }
      }
      return {
        deal(): string {
          for (const item of items) {
            const { bin, among, isTight } = choose(call, item)
            const which = `item ${placed.length + 1} of instance ${instance + 1}`
            if (bin < 0) return `priority() did not return ${among} numbers for ${which}, which fits into ${among} bins`
            fill(bin, (free[bin] ?? room) - item)
            placed.push(bin)
            choices += among
            tight += isTight ? 1 : 0
            if (free.length > (most[instance] ?? 0)) {
              return `${free.length} bins are open after ${which}, more than one and a half times what all items need`
            }
          }
          return ''
        },
        takeBack(): string {
          for (let index = items.length - 1; index >= 0; index--) {
            const [item, bin] = [items[index] ?? 0, placed[index] ?? 0]
            fill(bin, (free[bin] ?? 0) + item)
            // The last bin is empty again: this item had opened it.
            if (bin === free.length - 1 && free[bin] === room) {
              free.pop()
              byRoom[room]?.pop()
            }
            if (choose(again, item).bin !== bin) {
              return `asked again in another order, priority() chooses another bin for item ${index + 1} of instance ${instance + 1}: it must depend on its arguments alone, not on earlier calls or chance`
            }
          }
          return ''
        },
        result: () => ({ placed, choices: choices / items.length, tightness: tight / items.length }),
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
    const packed = (only.args[1] as readonly (readonly number[])[]).map((items, index): Packed => {
      const sizes = items.map((item) => [item])
      return { sizes, placed: instances[index]?.placed ?? [], least: leastBins(items) }
    })
    const flaw = packed.map(overfull).find((each) => each !== undefined)
    if (flaw !== undefined) return invalid(flaw)
    return {
      objectives: { excess: excessOf(packed) },
      artifacts: { excess_by_instance: packed.map((each) => excessOf([each])) },
      feedback: wasteText(packed),
      descriptors: {
        choices: meanOf(instances.map(({ choices }) => choices)),
        tightness: meanOf(instances.map(({ tightness }) => tightness)),
      },
    }
  },
})

/** Bounds between which the rooms left over are counted. */
const bounds = [1, 5, 10, 20, 50, capacity + 1]

/** Which sizes of leftover room the waste is made of. */
function wasteText(packed: readonly Packed[]): string {
  const rooms = packed.flatMap((each) => roomsLeft(each).map(([room = 0]) => room))
  const total = rooms.reduce((sum, room) => sum + room, 0)
  const shares = bounds.slice(1).map((bound, index) => {
    const within = rooms.filter((room) => room >= (bounds[index] ?? 0) && room < bound)
    const share = (100 * within.reduce((sum, room) => sum + room, 0)) / Math.max(1, total)
    return `${share.toFixed(0)} % in bins with ${bounds[index]} to ${bound - 1} left`
  })
  const least = packed.reduce((sum, each) => sum + each.least, 0)
  return `${rooms.length} bins where at least ${least} are needed. Of the room left over, ${shares.join(', ')}.`
}
