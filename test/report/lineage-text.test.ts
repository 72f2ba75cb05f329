import { expect, test } from 'vitest'
import { descentDot, descentText } from '../../src/report/lineage-text.ts'
import type { Kin } from '../../src/report/lineage-text.ts'

const kin = (ordinal: number, parent: number | undefined, more: Partial<Kin> = {}): Kin => ({
  ordinal,
  parent,
  island: 0,
  operator: 'diff',
  value: 1,
  delta: parent === undefined ? undefined : 0,
  failure: undefined,
  change: '',
  ...more,
})

const descent = {
  program: 4,
  ancestors: [
    kin(0, undefined, { operator: 'first', change: 'the first program' }),
    kin(2, 0, { island: 1, value: 0.5, delta: 0.5, change: 'literal 1 -> 2' }),
    kin(4, 2, { island: 1, value: 0.75, delta: -0.25 }),
  ],
  descendants: [
    kin(5, 4, { island: 1 }),
    kin(7, 4, { failure: 'threw', value: undefined, delta: undefined }),
    kin(8, 5, { island: 1, change: 'a\nb' }),
  ],
  descendantCount: 5,
}

test('tells the way from the first program and what was made from the program, children under their parents', () => {
  expect(descentText(descent)).toBe(`0  1  first  island 0  the first program
  2  0.5  (+0.5)  diff  island 1  (its parent came from island 0)  literal 1 -> 2
  4  0.75  (-0.25)  diff  island 1

made from 4: 5
  5  1  (0)  diff  island 1
    8  1  (0)  diff  island 1  a␊b
  7  failed: threw  diff  island 0  (its parent came from island 1)
... and 2 more (--limit shows more)
`)
})

test('says so when nothing was made from it', () => {
  expect(descentText({ ...descent, descendants: [], descendantCount: 0 })).toContain('made from 4: nothing yet\n')
})

test('draws each program and each edge once, with labels that Graphviz reads', () => {
  const text = descentDot({
    ...descent,
    ancestors: [...descent.ancestors.slice(0, 2), kin(4, 2, { operator: 'a "b" \\' })],
  })
  expect(text.match(/^ {2}\d+ \[label=/gm)).toHaveLength(6)
  expect(text.match(/ -> /g)).toHaveLength(5)
  expect(text).toContain('  2 -> 4 [label="a \\"b\\" \\\\\\n0", color=gray]')
  expect(text).toContain('  7 [label="7\\nthrew\\nisland 0", color=red]')
})
