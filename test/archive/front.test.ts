import { expect, test } from 'vitest'
import { Archive } from '../../src/archive/archive.ts'
import { grid } from '../../src/archive/cell.ts'
import { crowdingDistances, dominance, mostCrowded } from '../../src/archive/front.ts'
import type { Placement } from '../../src/core/placement.ts'
import fc from '../seeded-properties.ts'

const member = (ordinal: number, ...vector: number[]) => ({ ordinal, fitness: vector[0] ?? 0, vector })
const space = grid([{ descriptor: 'x', scale: 'linear', range: [0, 1], bins: 1 }])

function arrive(archive: Archive, ordinal: number, ...vector: number[]): Placement {
  const arrival = { ordinal, fitness: vector[0] ?? 0, descriptors: { x: 0.5 }, vector }
  const placement = archive.propose(0, arrival, 'birth')
  archive.apply(placement)
  return placement
}

test('dominance is being nowhere worse and somewhere better', () => {
  expect(dominance([1, 2], [1, 1])).toBe('dominates')
  expect(dominance([1, 1], [1, 2])).toBe('dominated')
  expect(dominance([1, 2], [2, 1])).toBe('incomparable')
  expect(dominance([1, 2], [1, 2])).toBe('equal')
})

test('crowding distances by hand', () => {
  // Extents 4 and 4; the inner ones: (3 - 0)/4 + (4 - 1)/4 and (4 - 1)/4 + (3 - 0)/4.
  const front = [member(1, 0, 4), member(2, 1, 3), member(3, 3, 1), member(4, 4, 0)]
  expect(crowdingDistances(front)).toEqual([Infinity, 1.5, 1.5, Infinity])
  expect(crowdingDistances([member(1, 2, 2), member(2, 2, 2), member(3, 2, 2)])).toEqual([Infinity, 0, Infinity])
})

test('the most crowded leaves, of equals the last that arrived, and never the best by fitness', () => {
  expect(mostCrowded([member(1, 0, 4), member(2, 1, 3), member(3, 3, 1), member(4, 4, 0)])?.ordinal).toBe(3)
  expect(mostCrowded([member(1, 0, 4), member(2, 4, 0)])?.ordinal).toBe(1)
  expect(mostCrowded([member(1, 0, 9), member(2, 5, 5), member(3, 5.1, 4.9), member(4, 9, 0)])?.ordinal).not.toBe(4)
})

test('a cell keeps what no other dominates, and one arrival may displace several', () => {
  const archive = new Archive(space, 1, { capacity: 4, by: 'front' })
  expect(arrive(archive, 1, 1, 3).decision).toBe('new-cell')
  expect(arrive(archive, 2, 3, 1)).toMatchObject({ decision: 'improved', displaced: undefined })
  expect(arrive(archive, 3, 2, 2)).toMatchObject({ decision: 'improved', displaced: undefined })
  expect(arrive(archive, 4, 2, 2).decision).toBe('rejected')
  expect(arrive(archive, 5, 1, 2).decision).toBe('rejected')
  expect(arrive(archive, 6, 3, 3)).toMatchObject({ decision: 'improved', displaced: 2, alsoDisplaced: [3, 1] })
  expect(archive.owners(0)).toEqual([{ ordinal: 6, fitness: 3 }])
})

test('a full front keeps its ends and turns away what is most crowded', () => {
  const archive = new Archive(space, 1, { capacity: 3, by: 'front' })
  arrive(archive, 1, 0, 10)
  arrive(archive, 2, 10, 0)
  arrive(archive, 3, 5, 5)
  // Between 3 and 2 the newcomer is more crowded than 3.
  expect(arrive(archive, 4, 5.5, 4.5).decision).toBe('rejected')
  expect(arrive(archive, 5, 11, -1)).toMatchObject({ decision: 'improved' })
  expect(archive.owners(0).map(({ ordinal }) => ordinal)).toContain(5)
})

const vectors = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), { maxLength: 60 })

test('law: a front holds nothing dominated, keeps within its bound and never loses the best by fitness', () => {
  fc.assert(
    fc.property(vectors, fc.integer({ min: 2, max: 5 }), (drawn, capacity) => {
      const archive = new Archive(space, 1, { capacity, by: 'front' })
      const diary = drawn.map((vector, ordinal) => arrive(archive, ordinal, ...vector))
      const held = archive.owners(0).map(({ ordinal }) => drawn[ordinal] ?? [])
      expect(held.length).toBeLessThanOrEqual(capacity)
      for (const one of held) for (const other of held) expect(dominance(one, other)).not.toBe('dominates')
      if (drawn.length > 0) expect(archive.owners(0)[0]?.fitness).toBe(Math.max(...drawn.map(([first]) => first)))
      const rebuilt = new Archive(space, 1, archive.rules)
      diary.forEach((placement) => rebuilt.apply(placement))
      expect(rebuilt.occupied(0)).toEqual(archive.occupied(0))
    }),
  )
})
