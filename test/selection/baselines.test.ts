import { expect, test } from 'vitest'
import { rngStream } from '../../src/core/rng.ts'
import { greedy, iid, sequential } from '../../src/selection/baselines.ts'
import { Lineage } from '../../src/selection/lineage.ts'
import { uniform } from '../../src/selection/uniform.ts'

const lineage = Lineage.of([
  { ordinal: 0, parent: undefined, fitness: 1 },
  { ordinal: 1, parent: 0, fitness: 3 },
  { ordinal: 2, parent: 0, fitness: 2 },
  { ordinal: 3, parent: 0, fitness: undefined },
])
const owners = [0, 2].map((ordinal) => ({ ordinal, fitness: lineage.fitnessOf(ordinal) ?? 0 }))
const factsOf = () => ({ scores: {}, length: 1 })
const parents = (sampler: typeof iid) =>
  Array.from({ length: 400 }, (_, n) => sampler.sample({ owners, lineage, factsOf }, rngStream(1, 'parent', n)).ordinal)

test.each([
  { sampler: iid, what: 'the first program', parent: 0 },
  { sampler: sequential, what: 'the scored program that was created last', parent: 2 },
  { sampler: greedy, what: 'the best program of the run, whoever owns the cells', parent: 1 },
])('$sampler.name draws $what', ({ sampler, parent }) => {
  expect(new Set(parents(sampler))).toEqual(new Set([parent]))
})

test('uniform draws each owner about equally often', () => {
  const zero = parents(uniform).filter((ordinal) => ordinal === 0).length
  expect(zero).toBeGreaterThan(150)
  expect(zero).toBeLessThan(250)
})
