import { describe, expect, test } from 'vitest'
import { rngStream } from '../../src/core/rng.ts'
import type { ParentSampler } from '../../src/selection/sampler.ts'

const owners = Array.from({ length: 30 }, (_, index) => ({ ordinal: index, fitness: 30 - index }))

/** What every parent sampler promises. */
export function samplerContract(sampler: ParentSampler): void {
  describe(`sampler ${sampler.name}`, () => {
    test('draws owners only, also from a list of one', () => {
      for (let draw = 0; draw < 300; draw++) {
        expect(owners).toContain(sampler.sample({ owners }, rngStream(1, 'parent', draw)))
      }
      expect(sampler.sample({ owners: owners.slice(0, 1) }, rngStream(1, 'parent', 0))).toEqual(owners[0])
    })

    test('is a function of its stream', () => {
      const draw = () => sampler.sample({ owners }, rngStream(4, 'parent', 12))
      expect(draw()).toEqual(draw())
    })

    test('leaves the list as it was', () => {
      const before = structuredClone(owners)
      sampler.sample({ owners }, rngStream(4, 'parent', 12))
      expect(owners).toEqual(before)
    })
  })
}
