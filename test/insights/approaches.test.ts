import { expect, test } from 'vitest'
import { approachesOf, partsOf } from '../../src/insights/approaches.ts'

test('names what a program defines and what else it calls, in any language, and nothing in comments or texts', () => {
  expect(
    partsOf(`// old(1) and later(2)
function place(n: number) { return Math.hypot(n, Math.hypot(1, n)) + sort('shuffle(n)') }
const clip = (value: number): number => Math.min(place(value), 1)
if (n > 1) { for (const a of b) clip(a) }`),
  ).toEqual({ defines: ['place', 'clip'], calls: ['Math.hypot', 'Math.min', 'sort'] })
  expect(partsOf('def f(x):  # g(1)\n    return np.linalg.norm(x) if x else len(x)\n')).toEqual({
    defines: ['f'],
    calls: ['len', 'np.linalg.norm'],
  })
  expect(partsOf('fn area(r: f32) -> f32 { return sqrt(r); }')).toEqual({ defines: ['area'], calls: ['sqrt'] })
  expect(partsOf('x = 1')).toEqual({ defines: [], calls: [] })
})

test('puts programs of the same functions together, whatever their numbers and order', () => {
  const grid = { defines: ['rows', 'pack'], calls: ['Math.ceil'] }
  const rings = { defines: ['pack'], calls: ['Math.cos', 'Math.sin'] }
  const programs = [
    { ordinal: 7, parts: grid },
    { ordinal: 3, parts: rings },
    { ordinal: 5, parts: { defines: ['pack', 'rows'], calls: ['Math.ceil'] } },
    { ordinal: 1, parts: { defines: [], calls: [] } },
  ]
  expect(approachesOf(programs, 2)).toEqual([
    { ...grid, programs: 2, best: 7 },
    { ...rings, programs: 1, best: 3 },
  ])
})
