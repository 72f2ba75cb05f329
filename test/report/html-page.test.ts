import { expect, test } from 'vitest'
import { gridSvg } from '../../src/report/html/grid.ts'
import { reportPage } from '../../src/report/html/page.ts'
import type { RunReport } from '../../src/report/html/page.ts'

const hostile = '</pre><script>alert(1)</script>" onload="x'

const report: RunReport = {
  name: hostile,
  state: 'done',
  facts: [['objective', hostile]],
  curve: [
    { ordinal: 0, value: 1 },
    { ordinal: 7, value: 2.5 },
  ],
  frame: { name: hostile, end: 10, marks: [{ label: hostile, value: 3 }] },
  lineage: [
    {
      ordinal: 0,
      parent: undefined,
      island: 0,
      operator: 'first',
      value: 1,
      delta: undefined,
      failure: undefined,
      change: hostile,
      diff: '',
    },
    {
      ordinal: 7,
      parent: 0,
      island: 1,
      operator: hostile,
      value: 2.5,
      delta: 1.5,
      failure: undefined,
      change: 'b',
      diff: `--- a\n+++ b\n@@ -1 +1 @@\n-x\n+${hostile}\n`,
    },
  ],
  best: { ordinal: 7, source: hostile },
  axes: [
    { name: hostile, bins: 3 },
    { name: 'b', bins: 3 },
  ],
  islands: [{ island: 0, owners: [{ cell: '1,2', ordinal: 7, value: 2.5, fitness: 2.5 }] }],
  tables: [
    { title: hostile, columns: [hostile], rows: [[hostile], [1], [null]] },
    { title: 'empty', columns: ['a'], rows: [] },
  ],
}

test('nothing that a candidate or a model wrote becomes markup, and nothing is loaded', () => {
  const page = reportPage(report)
  expect(page).not.toContain('<script')
  expect(page).not.toMatch(/"[^"<>]*" onload=/)
  expect(page).not.toMatch(/\b(?:src|href)=|url\(|@import/)
  expect(page).toContain("default-src 'none'")
})

test('shows the curve, the way to the best with differences, the archive and the tables that have rows', () => {
  const page = reportPage(report)
  expect(page.match(/class="step"/g)).toHaveLength(2)
  expect(page).toContain('<span class="up">+1.5</span>')
  expect(page).toContain('its parent came from island 0')
  expect(page).toContain('<span class="del">-x</span>')
  expect(page).toContain('program 7: 2.5 in cell 1,2')
  expect(page).not.toContain('<h2>empty</h2>')
  expect(reportPage({ ...report, curve: [], lineage: [], best: undefined, islands: [] })).toContain(
    'Nothing was scored yet',
  )
})

test('draws a grid only for cells of two axes', () => {
  const owner = { cell: '1,2', ordinal: 1, value: 1, fitness: 1 }
  const [one, two] = report.axes
  expect(gridSvg([owner], report.axes)).toContain('<svg')
  expect(gridSvg([owner], one === undefined ? [] : [one])).toBeUndefined()
  expect(
    gridSvg(
      [{ ...owner, cell: 'c17' }],
      [one, two].filter((axis) => axis !== undefined),
    ),
  ).toBeUndefined()
})
