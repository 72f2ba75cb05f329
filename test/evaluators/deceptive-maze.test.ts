import { expect, it } from 'vitest'
import { scoreCases } from '../../src/evaluation/evaluator/score-cases.ts'
import { rngFromText } from '../../src/core/rng.ts'
import evaluator from '../../evaluators/deceptive-maze.ts'
import { drive, goal, walls } from '../../evaluators/maze/drive.ts'
import { drive as firstMoves } from '../../problems/deceptive-maze.ts'

type Moves = [number, number][]

async function distanceOf(moves: Moves): Promise<number | string> {
  const cases = [{ id: 'room', args: [] }]
  const setup = { cases, objectives: ['distance'], evaluatorPath: 'deceptive-maze', source: '', evaluator }
  const outcome = await scoreCases(setup, [{ id: 'room', ok: true, value: moves, ms: 1 }])
  return outcome.ok ? outcome.scored.objectives['distance']! : outcome.failure.message
}

/** Right below the cup, up along the border, left between cup and border, to the goal. */
const around: Moves = [
  [4.5, 0.5],
  [0, 4.5],
  [0, 2],
  [-1, 1],
  [-3.5, 0],
]

it('is solved by five moves around the cup', async () => {
  expect(await distanceOf(around)).toBe(0)
})

it('gives straight ahead the trivial value', async () => {
  expect(await distanceOf([[0, 10]])).toBeCloseTo(2.05, 10)
})

it('is deceptive: on the way that solves it the distance grows, and no change of a single move leads out of the cup', async () => {
  const inCup = (await distanceOf([[0, 10]])) as number
  expect(await distanceOf(around.slice(0, 1))).toBeGreaterThan(2 * inCup)
  const rng = rngFromText('cup')
  for (let index = 0; index < 10_000; index++) {
    const change = (): number => 20 * rng.next() - 10
    const moves: Moves = [
      [0, 3],
      [0, 3],
    ]
    moves[rng.int(2)] = [change(), change()]
    expect(await distanceOf(moves)).toBeGreaterThan(inCup - 0.5)
  }
})

it('never ends in a wall or outside of the room', () => {
  const rng = rngFromText('walls')
  for (let index = 0; index < 5_000; index++) {
    const moves = Array.from({ length: 1 + rng.int(8) }, () => [20 * rng.next() - 10, 20 * rng.next() - 10] as const)
    const { x, y } = drive(moves)
    expect(Math.min(x, y, 10 - x, 10 - y)).toBeGreaterThanOrEqual(0)
    expect(walls.some((wall) => x >= wall.x[0] && x <= wall.x[1] && y >= wall.y[0] && y <= wall.y[1])).toBe(false)
  }
  expect(drive([[0, 5]])).toEqual({ x: goal.x, y: 6, stopped: [] })
  expect(drive([[0, 10]]).stopped).toEqual([0])
})

it('lets nobody through where two walls touch', () => {
  const alongTheSeam: Moves = [
    [0, 5.99],
    [-5, 0],
  ]
  expect(drive(alongTheSeam)).toMatchObject({ y: 6.99, stopped: [1] })
  expect(drive(alongTheSeam).x).toBeGreaterThan(2.4)
})

it('starts from a program that ends in the cup, or below it', async () => {
  expect(await distanceOf(firstMoves())).toBeGreaterThan(1.9)
})

it.each<[string, Moves]>([
  ['a move of no length', [[0, 0]]],
  ['a move longer than the room', [[11, 0]]],
])('refuses %s', async (_, moves) => {
  expect(await distanceOf(moves)).toMatch(/^move 1 changes x or y by/)
})
