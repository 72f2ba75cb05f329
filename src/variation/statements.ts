import type { SyntaxNode } from '../syntax/node.ts'
import { lineOf } from '../syntax/node.ts'
import { freeNames, isFunction, namesOf } from '../syntax/scope.ts'
import type { Draw, Edit } from './edit.ts'
import { shown } from './edit.ts'
import { exchanged } from './operators.ts'
import type { Site } from './outline.ts'
import { wholeLines } from './reduction.ts'

/** Duplicates one statement. Declarations and statements that leave their block are no use twice and are left out. */
export function duplicateStatement({ program, rng }: Draw): Edit | undefined {
  const able = program.lists.flat().filter(({ node }) => namesOf(node).length === 0 && !leaves(node) && !isEmpty(node))
  if (able.length === 0) return undefined
  const { node } = rng.pick(able)
  const { source } = program
  const code = source.slice(node.start, node.end)
  const space = /[^\S\r\n]*$/.exec(source.slice(0, node.start).slice(-200))?.[0] ?? ''
  const edits = [{ start: node.end, end: node.end, text: `\n${space}${code}` }]
  return { kind: 'duplicate-statement', line: lineOf(node), edits, summary: `duplicated ${shown(code)}` }
}

/** Deletes one statement; never the last `return` of a function body. */
export function deleteStatement({ program, rng }: Draw): Edit | undefined {
  const able = program.lists
    .flat()
    .filter((site) => !isExport(site.node) && !isFinalReturn(site) && !isEmpty(site.node))
  if (able.length === 0) return undefined
  const { node } = rng.pick(able)
  const { source } = program
  const edits = [wholeLines(node, source)]
  const summary = `deleted ${shown(source.slice(node.start, node.end))}`
  return { kind: 'delete-statement', line: lineOf(node), edits, summary }
}

/** Exchanges two neighbouring statements, unless the second needs what the first declares. */
export function swapStatements({ program, rng }: Draw): Edit | undefined {
  const pairs = program.lists.flatMap((list) =>
    list.slice(1).flatMap(({ node: second }, index) => {
      const first = list[index]?.node
      return first === undefined || leaves(first) || leaves(second) || needs(second, first) ? [] : [{ first, second }]
    }),
  )
  if (pairs.length === 0) return undefined
  const { first, second } = rng.pick(pairs)
  const edits = exchanged(first, second, program.source)
  return {
    kind: 'swap-statements',
    line: lineOf(first),
    edits,
    summary: `swapped lines ${lineOf(first)} and ${lineOf(second)}`,
  }
}

function leaves(node: SyntaxNode): boolean {
  return /^(Return|Throw|Break|Continue)Statement$/.test(node.type) || isExport(node)
}

function isExport(node: SyntaxNode): boolean {
  return /^(Export|Import)/.test(node.type)
}

function isEmpty(node: SyntaxNode): boolean {
  return node.type === 'EmptyStatement'
}

function isFinalReturn({ node, parent }: Site): boolean {
  const body = parent['body']
  return node.type === 'ReturnStatement' && Array.isArray(body) && body.at(-1) === node
}

function needs(second: SyntaxNode, first: SyntaxNode): boolean {
  const declared = namesOf(first)
  if (declared.length === 0 || isFunction(first)) return false
  const used = freeNames(second)
  return declared.some((name) => used.has(name))
}
