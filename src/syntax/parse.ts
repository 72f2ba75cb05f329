import { parse as parseWithBabel } from '@babel/parser'
import { messageOf } from '../core/errors.ts'
import type { CandidateFailure } from '../core/failure.ts'
import type { SyntaxNode } from './node.ts'
import { childAt, childrenAt, textAt } from './node.ts'

/** The syntax tree of one file. */
export interface Syntax {
  /** The Program node; its positions count from the start of the file. */
  readonly root: SyntaxNode
}

/** A syntax tree, or where and why the text is not a program. */
export type Parsed =
  | { readonly ok: true; readonly syntax: Syntax }
  | { readonly ok: false; readonly failure: CandidateFailure & { readonly kind: 'syntax' } }

/**
 * Parses a TypeScript or JavaScript module.
 *
 * Types are read and never checked. JSX is not understood, since it clashes with TypeScript's `<T>value`. Never throws:
 * text that no parser can take, such as a hundred thousand open brackets, is a syntax failure too.
 */
export function parse(source: string): Parsed {
  const known = latest.get(source)
  if (known !== undefined) return known
  const parsed = parseAfresh(source)
  latest.set(source, parsed)
  if (latest.size > remembered) latest.delete(latest.keys().next().value ?? source)
  return parsed
}

/** Results of the latest calls: a child is parsed by its operator, then by the stage that checks it. */
const latest = new Map<string, Parsed>()
const remembered = 32

function parseAfresh(source: string): Parsed {
  try {
    const file = parseWithBabel(source, { sourceType: 'module', plugins: ['typescript'], attachComment: false })
    return { ok: true, syntax: { root: file.program as unknown as SyntaxNode } }
  } catch (error) {
    return { ok: false, failure: failureOf(error) }
  }
}

function failureOf(error: unknown): CandidateFailure & { readonly kind: 'syntax' } {
  const told = messageOf(error).split('\n')[0] ?? ''
  const message = error instanceof RangeError ? 'the code is nested too deeply to be parsed' : told
  const line = lineIn(error)
  // Babel ends its messages with (line:column); the line is a field of its own here.
  return { kind: 'syntax', message: message.replace(/ \(\d+:\d+\)$/, ''), ...(line === undefined ? {} : { line }) }
}

function lineIn(error: unknown): number | undefined {
  const { loc } = error as { readonly loc?: { readonly line?: unknown } }
  return typeof loc?.line === 'number' ? loc.line : undefined
}

/**
 * The names a module exports, in order of appearance; `default` for its default export.
 *
 * Types are left out. Names behind `export * from` are not known without the other module and are left out too.
 */
export function exportedNames(syntax: Syntax): readonly string[] {
  return childrenAt(syntax.root, 'body').flatMap(namesExportedBy)
}

function namesExportedBy(statement: SyntaxNode): readonly string[] {
  if (statement.type === 'ExportDefaultDeclaration') return ['default']
  if (statement.type !== 'ExportNamedDeclaration' || textAt(statement, 'exportKind') === 'type') return []
  const specifiers = childrenAt(statement, 'specifiers')
    .filter((specifier) => textAt(specifier, 'exportKind') !== 'type')
    .flatMap((specifier) => childAt(specifier, 'exported') ?? [])
  const declaration = childAt(statement, 'declaration')
  return [...specifiers.map(nameOrText), ...(declaration === undefined ? [] : namesDeclaredBy(declaration))]
}

/** `export { a as 'b c' }` names its export with a string. */
function nameOrText(node: SyntaxNode): string {
  return textAt(node, 'name') || textAt(node, 'value')
}

function namesDeclaredBy(declaration: SyntaxNode): readonly string[] {
  if (declaration.type.startsWith('TS') && declaration.type !== 'TSEnumDeclaration') return []
  if (declaration.type === 'VariableDeclaration') {
    return childrenAt(declaration, 'declarations').flatMap((each) => namesBoundBy(childAt(each, 'id')))
  }
  return namesBoundBy(childAt(declaration, 'id'))
}

/** Every name that a pattern binds: an identifier binds itself, a destructuring all its targets. */
export function namesBoundBy(pattern: SyntaxNode | undefined): readonly string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [textAt(pattern, 'name')]
    case 'ArrayPattern':
      return childrenAt(pattern, 'elements').flatMap(namesBoundBy)
    case 'ObjectPattern':
      return childrenAt(pattern, 'properties').flatMap((each) => namesBoundBy(childAt(each, 'value') ?? each))
    case 'AssignmentPattern':
      return namesBoundBy(childAt(pattern, 'left'))
    case 'RestElement':
      return namesBoundBy(childAt(pattern, 'argument'))
    case 'TSParameterProperty':
      return namesBoundBy(childAt(pattern, 'parameter'))
    default:
      return []
  }
}
