import type { SyntaxNode } from './node.ts'
import { childAt, childrenAt, childrenOf, textAt } from './node.ts'
import { namesBoundBy } from './parse.ts'

/** Names in sight at a place, innermost first. */
interface Scope {
  readonly names: ReadonlySet<string>
  readonly outer: Scope | undefined
}

/**
 * The names that a piece of code uses as values and does not declare itself.
 *
 * Names are resolved per block and function with `var` and functions hoisted; the time at which a `let` or `const` comes
 * to life is not looked at. Types are not values.
 */
export function freeNames(node: SyntaxNode): ReadonlySet<string> {
  const free = new Set<string>()
  visit(node, undefined, free)
  return free
}

function visit(node: SyntaxNode, outer: Scope | undefined, free: Set<string>): void {
  const scope = opens(node) ? { names: namesDeclaredIn(node), outer } : outer
  if (node.type === 'Identifier') {
    const name = textAt(node, 'name')
    if (!isInSight(name, scope)) free.add(name)
    return
  }
  for (const { node: child, field } of childrenOf(node)) {
    if (isValue(node, child, field)) visit(child, scope, free)
  }
}

function isInSight(name: string, from: Scope | undefined): boolean {
  for (let scope = from; scope !== undefined; scope = scope.outer) if (scope.names.has(name)) return true
  return false
}

const scopes = /^(Program|BlockStatement|For(In|Of)?Statement|SwitchStatement|CatchClause|StaticBlock)$/
const functions = /^(Function(Declaration|Expression)|ArrowFunctionExpression|(Object|Class|ClassPrivate)Method)$/

/** Tells whether a node is a function of any form, methods included. */
export function isFunction(node: SyntaxNode): boolean {
  return functions.test(node.type)
}

function opens(node: SyntaxNode): boolean {
  return scopes.test(node.type) || isFunction(node) || node.type === 'ClassExpression'
}

/** Keys, labels and property names are not references; neither is anything in a type. */
function isValue(parent: SyntaxNode, child: SyntaxNode, field: string): boolean {
  if (
    child.type.startsWith('TS') &&
    !/^TS(As|NonNull|Satisfies|TypeAssertion|Instantiation|Parameter|Enum)/.test(child.type)
  ) {
    return false
  }
  if (field === 'label' || field === 'meta') return false
  if (field === 'property' || field === 'key') return parent['computed'] === true
  if (/^(Import|Export).*Specifier$/.test(parent.type)) return field === 'local' && parent.type === 'ExportSpecifier'
  return !(parent.type.startsWith('TSEnum') && field === 'id')
}

function namesDeclaredIn(node: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>()
  const add = (more: readonly string[]) => more.forEach((name) => names.add(name))
  if (isFunction(node)) {
    add(childrenAt(node, 'params').flatMap(namesBoundBy))
    add(namesBoundBy(childAt(node, 'id')))
    if (node.type !== 'ArrowFunctionExpression') names.add('arguments')
    hoisted(node, add)
  }
  if (node.type === 'Program') hoisted(node, add)
  if (node.type === 'CatchClause') add(namesBoundBy(childAt(node, 'param')))
  if (node.type === 'ClassExpression') add(namesBoundBy(childAt(node, 'id')))
  const cases = childrenAt(node, 'cases').flatMap((each) => childrenAt(each, 'consequent'))
  const heads = [childAt(node, 'init'), childAt(node, 'left')].flatMap((head) => head ?? [])
  for (const statement of [...childrenAt(node, 'body'), ...cases, ...heads]) add(namesOf(statement))
  return names
}

/** The `var` names of a function, from however deep a block, but not from a function inside it. */
function hoisted(node: SyntaxNode, add: (names: readonly string[]) => void): void {
  for (const { node: child } of childrenOf(node)) {
    if (child.type === 'VariableDeclaration' && textAt(child, 'kind') === 'var') add(namesOf(child))
    if (!isFunction(child) && !/Expression$|Literal$|^TS|^Program$/.test(child.type)) hoisted(child, add)
  }
}

/** The names a statement declares in the block it stands in; none for a statement that is no declaration. */
export function namesOf(statement: SyntaxNode): readonly string[] {
  switch (statement.type) {
    case 'VariableDeclaration':
      return childrenAt(statement, 'declarations').flatMap((each) => namesBoundBy(childAt(each, 'id')))
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
    case 'TSEnumDeclaration':
      return namesBoundBy(childAt(statement, 'id'))
    case 'ImportDeclaration':
      return childrenAt(statement, 'specifiers').flatMap((each) => namesBoundBy(childAt(each, 'local')))
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration': {
      const declaration = childAt(statement, 'declaration')
      return declaration === undefined ? [] : namesOf(declaration)
    }
    default:
      return []
  }
}
