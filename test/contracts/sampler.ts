import { describe, expect, test } from 'vitest'
import type { Elite } from '../../src/core/placement.ts'
import { rngStream } from '../../src/core/rng.ts'
import { Lineage } from '../../src/selection/lineage.ts'
import type { EliteFacts, ParentSampler, SamplingView } from '../../src/selection/sampler.ts'
import fc from '../seeded-properties.ts'

/**
 * A run of any shape: every program but the first has an earlier scored parent, some failed or are still on their way,
 * and some of the scored ones own a cell.
 */
const views: fc.Arbitrary<SamplingView> = fc
  .array(fc.record({ from: fc.nat(), score: fc.option(fc.integer({ min: -5, max: 5 })), owns: fc.boolean() }), {
    maxLength: 40,
  })
  .map((drawn) => {
    const lineage = new Lineage(true)
    lineage.add(0, undefined)
    lineage.score(0, 0)
    const scored: Elite[] = [{ ordinal: 0, fitness: 0 }]
    const owners: Elite[] = [{ ordinal: 0, fitness: 0 }]
    const facts: EliteFacts[] = [{ scores: { a: 0, b: 0 }, length: 10 }]
    for (const [index, { from, score, owns }] of drawn.entries()) {
      lineage.add(index + 1, scored[from % scored.length]?.ordinal)
      if (score === null) continue
      lineage.score(index + 1, score)
      lineage.settle(index + 1, owns)
      facts[index + 1] = { scores: { a: score, b: (from % 4) - score }, length: 1 + (from % 90) }
      const elite = { ordinal: index + 1, fitness: score }
      scored.push(elite)
      if (owns) owners.push(elite)
    }
    owners.sort((a, b) => b.fitness - a.fitness || a.ordinal - b.ordinal)
    return { owners, lineage, factsOf: (ordinal) => facts[ordinal] ?? { scores: {}, length: 1 } }
  })

/** What every parent sampler promises, on runs of any shape. */
export function samplerContract(sampler: ParentSampler): void {
  describe(`sampler ${sampler.name}`, () => {
    const forAll = (check: (view: SamplingView, draw: () => Elite) => void): void =>
      fc.assert(
        fc.property(views, fc.nat(), (view, seed) =>
          check(view, () => sampler.sample(view, rngStream(seed, 'parent', 12))),
        ),
      )

    test(`draws ${sampler.draws === 'owners' ? 'owners of cells' : 'scored programs'} only`, () => {
      forAll((view, draw) => {
        const { ordinal, fitness } = draw()
        expect(view.lineage.fitnessOf(ordinal)).toBe(fitness)
        if (sampler.draws === 'owners') expect(view.owners).toContainEqual({ ordinal, fitness })
      })
    })

    test('is a function of its view and its stream', () => {
      forAll((_, draw) => {
        expect(draw()).toEqual(draw())
      })
    })

    test('draws the same whether or not it is told when owners change', () => {
      forAll((view, draw) => {
        const counted = { ...view, owners: [...view.owners], version: 1 }
        const told = () => sampler.sample(counted, rngStream(7, 'parent', 3))
        const [first, again] = [told(), told()]
        expect(first).toEqual(again)
        expect(first).toEqual(sampler.sample(view, rngStream(7, 'parent', 3)))
        draw()
      })
    })

    test('leaves the owners as they were', () => {
      forAll((view, draw) => {
        const before = structuredClone(view.owners)
        draw()
        expect(view.owners).toEqual(before)
      })
    })
  })
}
