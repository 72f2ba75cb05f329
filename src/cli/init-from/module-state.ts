import type { SyntaxNode } from '../../syntax/node.ts'
import { childAt, childrenAt, childrenOf, textAt } from '../../syntax/node.ts'
import { namesBoundBy } from '../../syntax/parse.ts'
import { freeNames, isFunction, namesOf } from '../../syntax/scope.ts'
import { refusal } from './refusal.ts'
import type { SourceFile } from './refusal.ts'

/** Methods that change the list, map or set that they are called on. */
const changing = new Set('push pop shift unshift splice sort reverse fill copyWithin set add delete clear'.split(' '))

/**
 * Refuses a function whose answer may depend on earlier calls: variables of the module, and constants that it changes.
 *
 * @param nodes - The top-level statements that the function needs, itself among them.
 * @throws UserError naming the line.
 */
export function refuseState(file: SourceFile, nodes: readonly SyntaxNode[], entry: string): void {
  for (const node of nodes) {
    const kind = node.type === 'VariableDeclaration' ? textAt(node, 'kind') : ''
    if ((kind === 'let' || kind === 'var') && !namesOf(node).includes(entry)) {
      const message = `${entry} needs ${namesOf(node).join(', ')}, a variable of the module that may change from call to call: make it a const, or an argument`
      throw refusal(file, node, message)
    }
  }
  const kept = new Set(nodes.flatMap(namesOf))
  for (const node of nodes) {
    for (const inside of functionsIn(node)) {
      // A function's own name is bound inside it, and yet it is the module's.
      const free = new Set([...freeNames(inside), ...namesBoundBy(childAt(inside, 'id'))])
      const changed = changesToAny(inside, new Set([...kept].filter((name) => free.has(name))))
      if (changed === undefined) continue
      const message = `${entry} changes ${changed.name}, which lives from call to call: its answers cannot be compared one by one`
      throw refusal(file, changed.at, message)
    }
  }
}

/** The outermost functions in a statement. */
function functionsIn(node: SyntaxNode): readonly SyntaxNode[] {
  return isFunction(node) ? [node] : childrenOf(node).flatMap(({ node: child }) => functionsIn(child))
}

/** The first place that assigns to one of some names or to a part of it, or calls a method that changes it. */
export function changesToAny(
  node: SyntaxNode,
  names: ReadonlySet<string>,
): { readonly name: string; readonly at: SyntaxNode } | undefined {
  if (names.size === 0) return undefined
  const target = changedBy(node)
  const name = target === undefined ? '' : rootName(target)
  if (names.has(name)) return { name, at: node }
  for (const { node: child } of childrenOf(node)) {
    const found = changesToAny(child, names)
    if (found !== undefined) return found
  }
  return undefined
}

function changedBy(node: SyntaxNode): SyntaxNode | undefined {
  if (node.type === 'AssignmentExpression') return childAt(node, 'left')
  if (node.type === 'UpdateExpression') return childAt(node, 'argument')
  if (node.type === 'UnaryExpression')
    return textAt(node, 'operator') === 'delete' ? childAt(node, 'argument') : undefined
  if (!/^(Optional)?CallExpression$/.test(node.type)) return undefined
  const callee = childAt(node, 'callee')
  const method = callee === undefined ? undefined : childAt(callee, 'property')
  if (callee !== undefined && method !== undefined && changing.has(textAt(method, 'name')))
    return childAt(callee, 'object')
  return isAssign(callee) ? childrenAt(node, 'arguments')[0] : undefined
}

function isAssign(callee: SyntaxNode | undefined): boolean {
  const [object, property] = callee === undefined ? [] : [childAt(callee, 'object'), childAt(callee, 'property')]
  return (
    object !== undefined &&
    property !== undefined &&
    textAt(object, 'name') === 'Object' &&
    textAt(property, 'name') === 'assign'
  )
}

/** The variable that a place belongs to: `a` of `a.b[0]`. */
function rootName(place: SyntaxNode): string {
  const object = childAt(place, 'object') ?? childAt(place, 'expression')
  return object === undefined ? textAt(place, 'name') : rootName(object)
}
