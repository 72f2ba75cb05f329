import type { SyntaxNode } from '../syntax/node.ts'
import { childrenAt, lineOf } from '../syntax/node.ts'
import type { Draw, Edit, TextEdit } from './edit.ts'
import { applyEdits, shown } from './edit.ts'
import { exchanged } from './operators.ts'
import type { LiteralSite, Outline } from './outline.ts'

/** Duplicates, deletes or exchanges elements of an array literal; the copy of an element is moved a little. */
export function changeArray(draw: Draw): Edit | undefined {
  const { program, rng } = draw
  if (program.arrays.length === 0) return undefined
  const array = program.arrays[rng.weighted(program.arrays.map(readiness))]
  if (array === undefined) return undefined
  const elements = childrenAt(array, 'elements')
  const index = rng.int(elements.length)
  const element = elements[index]
  if (element === undefined) return undefined
  const code = shown(program.source.slice(element.start, element.end))
  const line = lineOf(element)
  const several = elements.length > 1 ? 1 : 0
  switch (rng.weighted([3, 2 * several, several, 3])) {
    case 3:
      return split(element, draw)
    case 0:
      return {
        kind: 'duplicate-element',
        line,
        summary: `duplicated element ${code}`,
        edits: duplicate(elements, index, draw),
      }
    case 1:
      return { kind: 'delete-element', line, summary: `deleted element ${code}`, edits: remove(elements, index) }
    default: {
      const other = elements[(index + 1 + rng.int(elements.length - 1)) % elements.length] ?? element
      const edits = exchanged(element, other, program.source)
      return { kind: 'swap-elements', line, summary: `swapped element ${code} with another`, edits }
    }
  }
}

/**
 * Makes two elements of one and shares out one of its integers between them: `[8, 0.3]` becomes `[5, 0.3], [3, 0.31]`.
 *
 * Data often says how many of something there are; splitting keeps the total and frees the parts.
 */
function split(element: SyntaxNode, draw: Draw): Edit | undefined {
  const { program, rng } = draw
  const inside = literalsIn(program, element)
  const counts = inside.filter(({ integer, value }) => integer && value >= 2 && value <= 1e6)
  if (counts.length === 0 || inside.length < 2) return undefined
  const count = rng.pick(counts)
  const first = 1 + rng.int(count.value - 1)
  const code = program.source.slice(element.start, element.end)
  const others = inside.filter((site) => site !== count)
  const moved = others.map((site) => within(element, site, nudged(site, draw)))
  const copy = applyEdits(code, [within(element, count, String(count.value - first)), ...moved])
  const edits = [
    { start: count.start, end: count.end, text: String(first) },
    { start: element.end, end: element.end, text: `, ${copy}` },
  ]
  return { kind: 'split-element', line: lineOf(element), edits, summary: `split element ${shown(code)}` }
}

function within(element: SyntaxNode, site: LiteralSite, text: string): TextEdit {
  return { start: site.start - element.start, end: site.end - element.start, text }
}

/** A value near the literal's; an integer zero counts as a plain number, others stay as they are. */
function nudged({ value, integer }: LiteralSite, { step, rng }: Draw): string {
  if (integer && value !== 0) return String(value)
  return String(value + Math.max(step, 0.05) * (Math.abs(value) || rng.next()) * rng.normal())
}

/** Lists of like things (rows of a table) are longer or shorter at will; a point has as many coordinates as it has. */
function readiness(array: SyntaxNode): number {
  const elements = childrenAt(array, 'elements')
  const nested = elements.every(({ type }) => /^(Array|Object)Expression$/.test(type))
  return nested ? 6 : elements.length > 4 ? 2 : 0.5
}

function duplicate(elements: readonly SyntaxNode[], index: number, draw: Draw): readonly TextEdit[] {
  const { source } = draw.program
  const element = elements[index] as SyntaxNode
  const before = elements[index - 1]
  const after = elements[index + 1]
  const [from, to] = before !== undefined ? [before.end, element.start] : [element.end, after?.start ?? element.end]
  const between = source.slice(from, to)
  // A comment between two elements must not swallow the copy.
  const separator = between.trim() === ',' ? between : ', '
  return [{ start: element.end, end: element.end, text: separator + jittered(element, draw) }]
}

function jittered(element: SyntaxNode, { program, step, rng }: Draw): string {
  const code = program.source.slice(element.start, element.end)
  const inside = literalsIn(program, element)
  if (inside.length === 0 || rng.next() < 0.3) return code
  const site = rng.pick(inside)
  const value = site.integer
    ? site.value + (rng.next() < 0.5 ? -1 : 1)
    : site.value * (1 + Math.max(step, 0.05) * rng.normal())
  const edit = { start: site.start - element.start, end: site.end - element.start, text: String(value) }
  return applyEdits(code, [edit])
}

function literalsIn(program: Outline, { start, end }: SyntaxNode): readonly LiteralSite[] {
  return program.literals.filter((literal) => start <= literal.start && literal.end <= end)
}

function remove(elements: readonly SyntaxNode[], index: number): readonly TextEdit[] {
  const element = elements[index] as SyntaxNode
  const before = elements[index - 1]
  const start = before?.end ?? element.start
  const end = before === undefined ? (elements[index + 1]?.start ?? element.end) : element.end
  return [{ start, end, text: '' }]
}
