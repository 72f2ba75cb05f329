import { parse as parseWithBabel } from '@babel/parser'
import type { ParserOptions } from '@babel/parser'
import { messageOf } from '../core/errors.ts'
import type { CandidateFailure } from '../core/failure.ts'
import { fileSpans, isSeveralFiles } from '../core/program-files.ts'
import type { SyntaxNode } from './node.ts'
import { childAt, childrenAt, lineOf, textAt } from './node.ts'

/** The syntax tree of one file. */
export interface Syntax {
  /** The Program node; its positions count from the start of the text. Of several files it holds one Program node each. */
  readonly root: SyntaxNode
  /** In the order of the text, with the signs that open and close them. */
  readonly comments: readonly Comment[]
}

/** Where a comment stands. Offsets count UTF-16 code units of the text. */
export interface Comment {
  readonly start: number
  readonly end: number
}

/** A syntax tree, or where and why the text is not a program. */
export type Parsed =
  | { readonly ok: true; readonly syntax: Syntax }
  | { readonly ok: false; readonly failure: CandidateFailure & { readonly kind: 'syntax' } }

/**
 * Parses a TypeScript or JavaScript module, or all modules of a program of several files.
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

const options: ParserOptions = { sourceType: 'module', plugins: ['typescript'], attachComment: false }

function parseAfresh(source: string): Parsed {
  if (isSeveralFiles(source)) return parseSeveral(source)
  try {
    return { ok: true, syntax: treeOf(parseWithBabel(source, options)) }
  } catch (error) {
    return { ok: false, failure: failureOf(error) }
  }
}

function treeOf({ program, comments }: ReturnType<typeof parseWithBabel>): Syntax {
  const places = (comments ?? []).map(({ start, end }) => ({ start: start ?? 0, end: end ?? 0 }))
  return { root: program as unknown as SyntaxNode, comments: places }
}

/** One Program node that holds one for each file. Offsets count from the start of the whole text, lines from the file's. */
function parseSeveral(source: string): Parsed {
  const body: SyntaxNode[] = []
  const comments: Comment[] = []
  for (const { path, start, end } of fileSpans(source)) {
    try {
      const place = { startIndex: start, startLine: 1, startColumn: 0, sourceFilename: path }
      const tree = treeOf(parseWithBabel(source.slice(start, end), { ...options, ...place }))
      body.push(tree.root)
      comments.push(...tree.comments)
    } catch (error) {
      return { ok: false, failure: { ...failureOf(error), file: path } }
    }
  }
  const root = { type: 'Program', start: 0, end: source.length, loc: { start: { line: 1 } }, body }
  return { ok: true, syntax: { root, comments } }
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
 * Of several files the names of all. Types are left out. Names behind `export * from` are not known without the other module and are left out too.
 */
export function exportedNames(syntax: Pick<Syntax, 'root'>): readonly string[] {
  return childrenAt(syntax.root, 'body').flatMap(namesExportedBy)
}

function namesExportedBy(statement: SyntaxNode): readonly string[] {
  if (statement.type === 'Program') return childrenAt(statement, 'body').flatMap(namesExportedBy)
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

/** An import of a module, or an export from one, by its specifier as written. */
export interface ModuleImport {
  readonly specifier: string
  /** Names that the other module must export as values; `default` among them. */
  readonly names: readonly string[]
  /** From 1. */
  readonly line: number
}

/** The modules that one file imports from or exports again, types aside, in order of appearance. */
export function importsOf(file: SyntaxNode): readonly ModuleImport[] {
  return childrenAt(file, 'body').flatMap((statement) => {
    const source = childAt(statement, 'source')
    const erased = textAt(statement, 'importKind') === 'type' || textAt(statement, 'exportKind') === 'type'
    if (source === undefined || erased) return []
    const names = childrenAt(statement, 'specifiers').flatMap(namesAskedBy)
    return [{ specifier: textAt(source, 'value'), names, line: lineOf(statement) }]
  })
}

function namesAskedBy(specifier: SyntaxNode): readonly string[] {
  if (textAt(specifier, 'importKind') === 'type' || textAt(specifier, 'exportKind') === 'type') return []
  if (specifier.type === 'ImportDefaultSpecifier') return ['default']
  const asked = childAt(specifier, specifier.type === 'ImportSpecifier' ? 'imported' : 'local')
  const named = specifier.type === 'ImportSpecifier' || specifier.type === 'ExportSpecifier'
  return named && asked !== undefined ? [nameOrText(asked)] : []
}

/** Whether a file exports all that another one exports, so that its own text does not tell its names. */
export function exportsAllOfAnother(file: SyntaxNode): boolean {
  return childrenAt(file, 'body').some(({ type }) => type === 'ExportAllDeclaration')
}
