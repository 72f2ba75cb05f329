import { UserError } from '../../core/errors.ts'
import type { SyntaxNode } from '../../syntax/node.ts'
import { childAt, childrenAt, childrenOf, textAt } from '../../syntax/node.ts'
import { namesBoundBy, parse } from '../../syntax/parse.ts'
import { freeNames, isFunction, namesOf } from '../../syntax/scope.ts'
import { isMarkerLine } from '../../variation/evolve-block.ts'
import { findFunction } from './find-function.ts'
import type { Found } from './find-function.ts'
import { candidateGlobals } from './global-names.ts'
import { leadingComment } from './leading-comment.ts'
import { refuseState, changesToAny } from './module-state.ts'
import { refusal } from './refusal.ts'
import type { SourceFile } from './refusal.ts'

/** A function with all of its file that it needs. */
export interface CutFunction {
  /** What it is called in the new files. */
  readonly entry: string
  /** The function itself; of an overloaded one the implementation. */
  readonly node: SyntaxNode
  /** The signatures of an overloaded function, in order. */
  readonly overloads: readonly SyntaxNode[]
  /** The comment right before it; empty when there is none. */
  readonly comment: string
  /** Types that the rest names, as text. */
  readonly types: string
  /** Constants, helpers and the function, as text, without exports. */
  readonly code: string
  /** Types and interfaces of the file by name. */
  readonly declaredTypes: ReadonlyMap<string, SyntaxNode>
}

/** One statement of the file's top level, what it declares, and its text without `export`. */
interface Statement {
  readonly node: SyntaxNode
  readonly names: readonly string[]
  readonly text: string
}

/**
 * Takes a function out of a module, with the constants, helpers and types of the same file that it needs.
 *
 * @throws UserError naming file and line for whatever a candidate cannot have, and the nearest name where there is no
 * such function.
 */
export function cutFunction(file: SourceFile, name: string): CutFunction {
  const parsed = parse(file.text)
  if (!parsed.ok) {
    const { line, message } = parsed.failure
    throw new UserError(message, { file: file.shown, ...(line === undefined ? {} : { line }) })
  }
  const marker = file.text.split('\n').findIndex((line) => isMarkerLine(line))
  if (marker >= 0) {
    const message = 'has evolve markers already: name this file under program.file of a problem of your own'
    throw new UserError(message, { file: file.shown, line: marker + 1 })
  }
  const body = childrenAt(parsed.syntax.root, 'body')
  const found = findFunction(file, body, name)
  const statements = body.flatMap((node) => statementOf(file, node, found))
  const own = statements.find(({ names }) => names.includes(found.entry))
  if (own === undefined) throw refusal(file, found.node, `${name} is declared in a way that cannot be cut out`)
  refuseKind(file, found)
  const needed = neededBy(file, body, statements, own)
  refuseState(
    file,
    [...needed].map(({ node }) => node),
    found.entry,
  )
  const declaredTypes = new Map(
    body.flatMap((node) => {
      const declared = childAt(node, 'declaration') ?? node
      if (!/^TS(TypeAlias|Interface)Declaration$/.test(declared.type)) return []
      return [[textAt(childAt(declared, 'id') ?? declared, 'name'), declared] as const]
    }),
  )
  const ordered = statements.filter((each) => needed.has(each))
  return {
    entry: found.entry,
    node: found.node,
    overloads: overloadsOf(body, found.entry),
    comment: leadingComment(file.text, found.statement.start),
    types: typesNamedIn(
      [...needed].map(({ node }) => node),
      declaredTypes,
      file,
    ).join('\n\n'),
    code: ordered.map(({ text }) => text).join('\n\n'),
    declaredTypes,
  }
}

function overloadsOf(body: readonly SyntaxNode[], name: string): readonly SyntaxNode[] {
  return body
    .map((statement) => childAt(statement, 'declaration') ?? statement)
    .filter(({ type }) => type === 'TSDeclareFunction')
    .filter((node) => textAt(childAt(node, 'id') ?? node, 'name') === name)
}

function refuseKind(file: SourceFile, { entry, node }: Found): void {
  if (node['async'] === true) {
    throw refusal(file, node, `${entry} is async: a candidate must answer at once; take the part of it that computes`)
  }
  if (node['generator'] === true) {
    throw refusal(
      file,
      node,
      `${entry} is a generator: what it yields is no plain data; wrap it in a function that returns a list`,
    )
  }
  const own = findIn(
    node,
    ({ type }) => type === 'ThisExpression',
    (child) => isFunction(child) && child.type !== 'ArrowFunctionExpression',
  )
  if (own !== undefined)
    throw refusal(
      file,
      own,
      `${entry} uses this: a candidate is called as a plain function; pass what it needs as arguments`,
    )
}

function statementOf(file: SourceFile, node: SyntaxNode, found: Found): readonly Statement[] {
  const comment = leadingComment(file.text, node.start)
  const declaration = childAt(node, 'declaration')
  const withComment = (text: string): string => (comment === '' ? text : `${comment}\n${text}`)
  if (node === found.statement && node.type === 'ExportDefaultDeclaration' && declaration !== undefined) {
    const text = file.text.slice(declaration.start, declaration.end)
    const isNamed = declaration.type === 'FunctionDeclaration' && childAt(declaration, 'id') !== undefined
    const anonymous = text.replace(/^function\s*/, `function ${found.entry}`)
    const named =
      declaration.type === 'FunctionDeclaration' ? (isNamed ? text : anonymous) : `const ${found.entry} = ${text}`
    return [{ node: declaration, names: [found.entry], text: withComment(named) }]
  }
  if (/^Import|^ExportAll|^TS(TypeAlias|Interface)/.test(node.type)) return []
  if (node.type.startsWith('Export')) {
    if (declaration === undefined || /^TS(TypeAlias|Interface)/.test(declaration.type)) return []
    return [
      {
        node: declaration,
        names: namesOf(declaration),
        text: withComment(file.text.slice(declaration.start, declaration.end)),
      },
    ]
  }
  // A signature of an overloaded function has the function's name and goes where it goes.
  const names = node.type === 'TSDeclareFunction' ? [] : namesOf(node)
  return [{ node, names, text: withComment(file.text.slice(node.start, node.end)) }]
}

/** The statements that the function needs, and those that fill a constant which it needs, such as the loop that builds a table. */
function neededBy(
  file: SourceFile,
  body: readonly SyntaxNode[],
  statements: readonly Statement[],
  own: Statement,
): ReadonlySet<Statement> {
  const imported = importedNames(body)
  const needed = new Set<Statement>()
  const open = [own]
  for (let statement = open.pop(); statement !== undefined; statement = open.pop()) {
    if (needed.has(statement)) continue
    needed.add(statement)
    refuseForms(file, statement.node)
    for (const name of freeNames(statement.node)) {
      const user = own.names[0] ?? 'the function'
      const from = imported.get(name)
      if (from !== undefined) throw refusal(file, useOf(statement.node, name), importText(user, name, from))
      const declaring = statements.filter(({ names }) => names.includes(name))
      if (declaring.length === 0 && !candidateGlobals.has(name)) {
        throw refusal(file, useOf(statement.node, name), globalText(user, name))
      }
      open.push(...declaring, ...fillersOf(name, statements))
    }
  }
  return needed
}

/** Statements of the top level that are no declarations and change a constant. */
function fillersOf(name: string, statements: readonly Statement[]): readonly Statement[] {
  return statements.filter(({ node, names }) => {
    if (names.length > 0 || node.type === 'TSDeclareFunction') return false
    return freeNames(node).has(name) && changesToAny(node, new Set([name])) !== undefined
  })
}

function importedNames(body: readonly SyntaxNode[]): ReadonlyMap<string, string> {
  return new Map(
    body
      .filter((node) => node.type === 'ImportDeclaration' && textAt(node, 'importKind') !== 'type')
      .flatMap((node) => {
        const from = textAt(childAt(node, 'source') ?? node, 'value')
        return childrenAt(node, 'specifiers').flatMap((each) =>
          namesBoundBy(childAt(each, 'local')).map((name) => [name, from] as const),
        )
      }),
  )
}

function importText(user: string, name: string, from: string): string {
  const what = `${user} needs ${name} from ${from}, and a candidate imports nothing:`
  if (from.startsWith('.')) return `${what} move it into this file`
  if (from.startsWith('node:'))
    return `${what} take a function that only computes, and pass it what it reads as arguments`
  return `${what} take a function that does without, or write the problem by hand with program.imports`
}

function globalText(user: string, name: string): string {
  const remedy =
    name === 'Date' || name === 'performance' ? 'pass the time as an argument' : 'take a function that only computes'
  return `${user} needs ${name}, which candidates do not have: ${remedy}`
}

/** Syntax that no candidate may hold, wherever it stands. */
function refuseForms(file: SourceFile, node: SyntaxNode): void {
  const chance = findIn(node, (each) => isMember(each, 'Math', 'random'))
  if (chance !== undefined) {
    throw refusal(
      file,
      chance,
      'draws from Math.random, so no two answers can be compared: pass a seed or the numbers as arguments',
    )
  }
  const loading = findIn(
    node,
    ({ type }) => type === 'ImportExpression' || type === 'Import' || type === 'MetaProperty',
  )
  if (loading !== undefined) throw refusal(file, loading, 'import() and import.meta are not there for candidates')
  const unstripped = findIn(node, ({ type }) => type === 'TSEnumDeclaration' || type === 'TSModuleDeclaration')
  if (unstripped !== undefined) {
    throw refusal(
      file,
      unstripped,
      'an enum or a namespace is more than a type and cannot be stripped: use a constant object',
    )
  }
}

function isMember(node: SyntaxNode, object: string, property: string): boolean {
  const [of, key] = [childAt(node, 'object'), childAt(node, 'property')]
  if (of === undefined || key === undefined) return false
  return textAt(of, 'name') === object && (textAt(key, 'name') || textAt(key, 'value')) === property
}

/** The first place where a name is used, or the node itself. */
function useOf(node: SyntaxNode, name: string): SyntaxNode {
  return findIn(node, (each) => each.type === 'Identifier' && textAt(each, 'name') === name) ?? node
}

function findIn(
  node: SyntaxNode,
  isIt: (node: SyntaxNode) => boolean,
  isOutside: (node: SyntaxNode) => boolean = () => false,
): SyntaxNode | undefined {
  if (isIt(node)) return node
  for (const { node: child } of childrenOf(node)) {
    const found = isOutside(child) ? undefined : findIn(child, isIt, isOutside)
    if (found !== undefined) return found
  }
  return undefined
}

/** Declarations of the types that some code names, with those that they name in turn, in the order of the file. */
function typesNamedIn(
  nodes: readonly SyntaxNode[],
  declared: ReadonlyMap<string, SyntaxNode>,
  file: SourceFile,
): readonly string[] {
  const named = new Set<SyntaxNode>()
  const visit = (node: SyntaxNode): void => {
    const id =
      node.type === 'TSTypeReference'
        ? childAt(node, 'typeName')
        : node.type === 'TSInterfaceHeritage' || node.type === 'TSExpressionWithTypeArguments'
          ? childAt(node, 'expression')
          : undefined
    const type = id === undefined ? undefined : declared.get(textAt(id, 'name'))
    if (type !== undefined && !named.has(type)) {
      named.add(type)
      visit(type)
    }
    for (const { node: child } of childrenOf(node)) visit(child)
  }
  for (const node of nodes) visit(node)
  return [...declared.values()].filter((node) => named.has(node)).map((node) => file.text.slice(node.start, node.end))
}
