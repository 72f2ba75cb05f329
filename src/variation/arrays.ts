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
  const array = rng.pick(program.arrays)
  const elements = childrenAt(array, 'elements')
  const index = rng.int(elements.length)
  const element = elements[index]
  if (element === undefined) return undefined
  const code = shown(program.source.slice(element.start, element.end))
  const line = lineOf(element)
  switch (rng.weighted([3, elements.length > 1 ? 3 : 0, elements.length > 1 ? 1 : 0])) {
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

function duplicate(elements: readonly SyntaxNode[], index: number, draw: Draw): readonly TextEdit[] {
  const { source } = draw.program
  const element = elements[index] as SyntaxNode
  const before = elements[index - 1]
  const after = elements[index + 1]
  const [from, to] = before !== undefined ? [before.end, element.start] : [element.end, after?.start ?? element.end]
  const between = source.slice(from, to)
  // A comment between two elements must not swallow the copy.
  const separator = /^\s*,\s*$/.test(between) ? between : ', '
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
