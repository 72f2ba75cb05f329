import { expect, test } from 'vitest'
import { compareArms } from '../../src/compare/comparison.ts'
import type { Comparison } from '../../src/compare/comparison.ts'
import { curveOf } from '../../src/compare/curve.ts'
import { comparisonPlot } from '../../src/report/comparison-plot.ts'
import { comparisonText } from '../../src/report/comparison-text.ts'

const arm = (name: string, finals: readonly number[], spent = 100) => ({
  name,
  runs: finals.map((final, index) => ({
    seed: index + 1,
    run: `c/${name}-${String(index + 1)}`,
    ended: spent < 100 ? 'the budget is spent' : '100 candidates are done',
    curve: curveOf([
      { at: 0, fitness: 1 },
      { at: 40, fitness: final },
      { at: spent, fitness: undefined },
    ]),
  })),
})

const comparison: Comparison = compareArms(
  { problem: 'a <problem>', objective: { name: 'size', direction: 'maximize' }, axis: 'candidates', budget: 100 },
  [arm('evolve', [2.5, 3, 2]), arm('a&b', [1.25, 1, 1.5], 60)],
)

test('the table has a row per checkpoint and arm, the test in the last ones, and says which runs ended early', () => {
  expect(comparisonText(comparison)).toBe(
    [
      'a <problem>: best size so far (higher is better) within 100 candidates',
      '',
      'candidates  arm     runs  median  lowest  highest  U    p  beats',
      '──────────  ──────  ────  ──────  ──────  ───────  ─  ───  ─────',
      '        10  evolve     3       1       1        1',
      '        10  a&b        3       1       1        1',
      '        25  evolve     3       1       1        1',
      '        25  a&b        3       1       1        1',
      '        50  evolve     3     2.5       2        3',
      '        50  a&b        3    1.25       1      1.5',
      '       100  evolve     3     2.5       2        3',
      '       100  a&b        3    1.25       1      1.5  0  0.1      0',
      '',
      'p: two-sided Mann-Whitney U against evolve, exact, not corrected for several comparisons',
      'beats: chance that a run of the arm is better than one of evolve (Vargha-Delaney A; 0.5 is no difference)',
      'a&b, seed 1, ended at 60: the budget is spent',
      'a&b, seed 2, ended at 60: the budget is spent',
      'a&b, seed 3, ended at 60: the budget is spent',
    ].join('\n'),
  )
})

test('the plot is well-formed, has a line and a band per arm, and every point lies on the picture', () => {
  const svg = comparisonPlot(comparison)
  expect(svg).toContain('a &lt;problem&gt;: best size so far')
  expect(svg).toContain('>a&amp;b</text>')
  expect(svg.match(/<polyline/g)).toHaveLength(2)
  expect(svg.match(/<polygon/g)).toHaveLength(2)
  expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  const open: string[] = []
  for (const [, closing, name = '', , selfClosed] of svg.matchAll(/<(\/?)([a-zA-Z]+)([^<>]*?)(\/?)>/g)) {
    if (closing === '/') expect(open.pop()).toBe(name)
    else if (selfClosed !== '/') open.push(name)
  }
  expect(open).toEqual([])
  // The better arm's line ends higher up, which is a smaller y.
  const ends = [...svg.matchAll(/<polyline points="[^"]*?([\d.]+),([\d.]+)"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ])
  expect(ends.map(([x]) => x)).toEqual([880, 880])
  expect(ends[0]?.[1]).toBeLessThan(ends[1]?.[1] ?? 0)
})

test('runs that never rise are drawn as a flat line', () => {
  const flat = compareArms(
    { problem: 'flat', objective: { name: 'size', direction: 'minimize' }, axis: 'usd', budget: 0.5 },
    [arm('a', [1, 1]), arm('b', [1, 1])],
  )
  expect(comparisonPlot(flat)).not.toMatch(/NaN|Infinity/)
})
