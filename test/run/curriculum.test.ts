import { describe, expect, test } from 'vitest'
import { Archive } from '../../src/archive/archive.ts'
import { grid } from '../../src/archive/cell.ts'
import type { Level } from '../../src/core/level.ts'
import { carryFrom, dueSeeding, firstOf, levelOver, levelsOf, standingOf } from '../../src/run/curriculum.ts'
import type { LevelView, Standing } from '../../src/run/curriculum.ts'
import { axes } from './parts.ts'

const level = (instance: number, more: Partial<Level> = {}): Level => ({
  ...{ instance, share: 1, patience: undefined, target: undefined, carry: 2 },
  ...more,
})
const used = { selected: 0, finished: 0, tokens: 0, usd: 0, elapsedMs: 0 }
const unlimited = { candidates: undefined, usd: undefined, tokens: undefined, wallMs: undefined }
const begun: Standing = { level: 1, after: 0, handOver: undefined }

function viewWith(changes: Partial<LevelView>): LevelView {
  return {
    ...{ levels: [level(1), level(2), level(3)], standing: begun, used, best: undefined },
    budget: { ...unlimited, candidates: 90 },
    goals: { target: undefined, patience: undefined },
    objective: { name: 'size', direction: 'maximize' },
    ...changes,
  }
}

describe('a level is over', () => {
  const made = (selected: number, changes: Partial<LevelView> = {}) =>
    levelOver(viewWith({ used: { ...used, selected, finished: selected }, ...changes }))

  test('when its share of the candidates is made, shares being equal unless given', () => {
    expect([made(29), made(30)]).toEqual([undefined, 'its share of the candidates is made, up to 30'])
    const second = { ...begun, level: 2, after: 20 }
    expect([made(59, { standing: second }), made(60, { standing: second })]).toEqual([
      undefined,
      'its share of the candidates is made, up to 60',
    ])
    const levels = [level(1, { share: 1 }), level(2, { share: 5 })]
    expect([made(14, { levels }), made(15, { levels })]).toEqual([
      undefined,
      'its share of the candidates is made, up to 15',
    ])
  })

  test('never on the last level, whatever was used', () => {
    const standing = { ...begun, level: 3, after: 60 }
    expect(
      made(1000, { standing, goals: { target: 1, patience: 1 }, best: { ordinal: 1, fitness: 9 } }),
    ).toBeUndefined()
  })

  test('when its patience is at an end, counted from who seeded it or its best; the run’s own holds where it has none', () => {
    const goals = { target: undefined, patience: 10 }
    expect([made(9, { goals }), made(10, { goals })]).toEqual([
      undefined,
      'its last 10 candidates brought no new best (patience 10)',
    ])
    const best = { ordinal: 4, fitness: 1 }
    expect([made(13, { goals, best }), made(14, { goals, best }) === undefined]).toEqual([undefined, false])
    const levels = [level(1, { patience: 5 }), level(2)]
    expect([made(4, { levels, goals }), made(5, { levels, goals }) === undefined]).toEqual([undefined, false])
    const carry = [0, 1, 2].map((source) => ({ island: 0, source }))
    const standing = { level: 2, after: 20, handOver: { level: 2, after: 20, carry, contract: '' } }
    expect([made(32, { standing, goals }), made(33, { standing, goals }) === undefined]).toEqual([undefined, false])
  })

  test('when its target is reached, by the direction of the objective', () => {
    const levels = [level(1, { target: 5 }), level(2)]
    expect(made(3, { levels, best: { ordinal: 2, fitness: 4.9 } })).toBeUndefined()
    expect(made(3, { levels, best: { ordinal: 2, fitness: 5 } })).toBe('its target of 5 is reached: 5')
    const objective = { name: 'size', direction: 'minimize' } as const
    expect(made(3, { levels, objective, best: { ordinal: 2, fitness: -5.1 } })).toBeUndefined()
    expect(made(3, { levels, objective, best: { ordinal: 2, fitness: -4 } })).toBe('its target of 5 is reached: 4')
  })

  test('by money, tokens or time where candidates have no limit', () => {
    const of = (budget: Partial<LevelView['budget']>, spent: Partial<LevelView['used']>) =>
      levelOver(viewWith({ budget: { ...unlimited, ...budget }, used: { ...used, ...spent } }))
    expect(of({ usd: 3 }, { usd: 0.99, selected: 500 })).toBeUndefined()
    expect(of({ usd: 3 }, { usd: 1 })).toBe('its share of the money is used')
    expect(of({ usd: 3, tokens: 300 }, { tokens: 100 })).toBe('its share of the tokens is used')
    expect(of({ wallMs: 3000 }, { elapsedMs: 1000 })).toBe('its share of the time is used')
    expect(of({}, { selected: 1_000_000 })).toBeUndefined()
  })
})

test('events tell where a run stands: on a level, between two, or on the next', () => {
  const end = (ended: number, after: number) => ({ level: ended, after, reason: '' })
  const handOver = { level: 2, after: 30, carry: [{ island: 0, source: 0 }], contract: '' }
  expect(standingOf([], [])).toEqual(begun)
  expect(standingOf([end(1, 30)], [])).toEqual({ level: 2, after: 30, handOver: undefined })
  expect(standingOf([end(1, 30)], [{ ...handOver }])).toEqual({ level: 2, after: 30, handOver })
  expect(standingOf([end(1, 30), end(2, 60)], [{ ...handOver }])).toEqual({ level: 3, after: 60, handOver: undefined })
  expect([firstOf(begun), firstOf({ level: 2, after: 30 })]).toEqual([0, 31])
})

test('a sampler that draws from all programs works on the last instance alone', () => {
  const problem = { curriculum: [level(1), level(2)] }
  expect(levelsOf(problem, { draws: 'owners' })).toEqual(problem.curriculum)
  expect(levelsOf(problem, { draws: 'programs' })).toEqual([level(2)])
})

describe('who seeds the next level', () => {
  const filled = () => {
    const archive = new Archive(grid(axes), 2)
    const place = (ordinal: number, island: number, digit: number, fitness: number, at = 1) =>
      archive.apply(archive.propose(island, { ordinal, fitness, descriptors: { digit }, level: at }, 'birth'))
    return { archive, place }
  }

  test('is the first program and the best of each island, none twice', () => {
    const { archive, place } = filled()
    for (const island of [0, 1]) place(0, island, 1, 1)
    place(1, 0, 2, 5)
    place(2, 1, 3, 4)
    place(3, 0, 4, 3)
    archive.apply(archive.proposeMigrant(0, 1, 1))
    const carried = [
      { island: 0, source: 0 },
      { island: 0, source: 1 },
      { island: 0, source: 3 },
      { island: 1, source: 2 },
    ]
    expect(carryFrom(archive, 0, 2)).toEqual(carried)
    expect(carryFrom(archive, 0, 1)).toEqual(carried.filter(({ source }) => source !== 3))
  })

  test('finds an empty archive that knows nothing of the level before', () => {
    const { archive, place } = filled()
    place(1, 0, 2, 100)
    const before = archive.version(0)
    place(2, 1, 2, 7, 2)
    expect([archive.level, archive.best, archive.newBest]).toEqual([2, { ordinal: 2, fitness: 7 }, archive.best])
    expect([archive.owners(0), archive.owners(1)]).toEqual([[], [{ ordinal: 2, fitness: 7 }]])
    expect(archive.version(0)).not.toBe(before)
    expect(archive.stagnation.first?.ordinal).toBe(2)
    expect(archive.propose(1, { ordinal: 3, fitness: 1, descriptors: { digit: 2 }, level: 2 }, 'birth')).toMatchObject({
      decision: 'rejected',
      level: 2,
    })
  })

  test('founds islands that nobody was left for from the best, once all of them are in', () => {
    const { archive, place } = filled()
    place(0, 0, 1, 1)
    const carry = [0, 1].map((source) => ({ island: 0, source }))
    const standing = { level: 2, after: 10, handOver: { level: 2, after: 10, carry, contract: '' } }
    expect(dueSeeding(archive, standing, 12), 'all of them failed').toEqual([])
    place(11, 0, 3, 4, 2)
    expect(dueSeeding(archive, standing, 11)).toEqual([])
    const [founding, ...others] = dueSeeding(archive, standing, 12)
    expect(others).toEqual([])
    expect(founding).toMatchObject({ ordinal: 11, island: 1, via: 'founding', level: 2, fitness: 4 })
    if (founding !== undefined) archive.apply(founding)
    expect(dueSeeding(archive, standing, 12)).toEqual([])
    expect(archive.owners(1)).toEqual([{ ordinal: 11, fitness: 4 }])
  })
})
