import { describe, expect, test } from 'vitest'
import type { MigrationTopology } from '../../src/archive/topology.ts'

/** What every migration topology promises. */
export function topologyContract(topology: MigrationTopology): void {
  describe(`topology ${topology.name}`, () => {
    test('sends to other islands that exist, to each at most once', () => {
      for (let count = 1; count <= 9; count++) {
        for (let island = 0; island < count; island++) {
          const targets = topology.targets(island, count)
          expect(new Set(targets).size).toBe(targets.length)
          for (const target of targets) {
            expect(Number.isInteger(target) && target >= 0 && target < count && target !== island).toBe(true)
          }
        }
      }
    })

    test('says the same again', () => {
      expect(topology.targets(1, 5)).toEqual(topology.targets(1, 5))
    })

    test('reaches every island from every island in the end, unless nobody sends at all', () => {
      for (let count = 2; count <= 9; count++) {
        const reached = new Set([1])
        for (const island of reached) for (const target of topology.targets(island, count)) reached.add(target)
        const silent = Array.from({ length: count }, (_, island) => topology.targets(island, count)).every(
          (targets) => targets.length === 0,
        )
        expect(silent ? count : reached.size).toBe(count)
      }
    })
  })
}
