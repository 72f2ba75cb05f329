import { expect, test } from 'vitest'
import { complete, none, ring, star } from '../../src/archive/topology.ts'
import { topologies } from '../../src/builtins.ts'
import { topologyContract } from '../contracts/topology.ts'

for (const topology of topologies) topologyContract(topology)

test('the links of four islands', () => {
  const links = (of: typeof ring) => [0, 1, 2, 3].map((island) => of.targets(island, 4))
  expect(links(ring)).toEqual([[1], [2], [3], [0]])
  expect(links(star)).toEqual([[1, 2, 3], [0], [0], [0]])
  expect(links(complete)).toEqual([
    [1, 2, 3],
    [0, 2, 3],
    [0, 1, 3],
    [0, 1, 2],
  ])
  expect(links(none)).toEqual([[], [], [], []])
})
