import { nearestName } from '../../config/nearest.ts'
import { UserError } from '../../core/errors.ts'
import type { SyntaxNode } from '../../syntax/node.ts'
import { childAt, childrenAt, lineOf, textAt } from '../../syntax/node.ts'
import { isFunction, namesOf } from '../../syntax/scope.ts'
import type { SourceFile } from './refusal.ts'

/** A function of a module's top level. */
export interface Found {
  readonly entry: string
  readonly node: SyntaxNode
  readonly statement: SyntaxNode
}

/**
 * Finds a function by its own name or one that it is exported as.
 *
 * @throws UserError with the nearest name where there is none.
 */
export function findFunction(file: SourceFile, body: readonly SyntaxNode[], name: string): Found {
  const functions = functionsOf(file, body)
  const found = functions.get(name)
  if (found !== undefined) return found
  if (name === '' && functions.size > 0) {
    const all = [...functions.keys()].map((each) => `${file.shown}#${each}`).join(', ')
    throw new UserError(`say which function: --from ${all}`, { file: file.shown })
  }
  const line = lineOfOther(body, name)
  if (line !== undefined) {
    throw new UserError(`${name} is not a function of the module that can be called by its name`, {
      file: file.shown,
      line,
    })
  }
  const names = [...functions.keys()]
  if (names.length === 0) throw new UserError('declares no function at its top level', { file: file.shown })
  const near = nearestName(name, names)
  const known = near === undefined ? `it has ${names.join(', ')}` : `did you mean ${near}?`
  throw new UserError(`has no function ${name}: ${known}`, { file: file.shown })
}

function lineOfOther(body: readonly SyntaxNode[], name: string): number | undefined {
  const other = body.find((node) => namesOf(node).includes(name.split('.')[0] ?? name))
  return other === undefined ? undefined : lineOf(other)
}

/** Every function of the top level by each name it can be asked for: its own, and the names it is exported as. */
function functionsOf(file: SourceFile, body: readonly SyntaxNode[]): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>()
  const add = (name: string, node: SyntaxNode, statement: SyntaxNode): void => {
    found.set(name, { entry: name, node, statement })
  }
  for (const statement of body) {
    const declared = childAt(statement, 'declaration') ?? statement
    const id = childAt(declared, 'id')
    if (declared.type === 'FunctionDeclaration' && id !== undefined) add(textAt(id, 'name'), declared, statement)
    if (declared.type === 'VariableDeclaration') {
      for (const each of childrenAt(declared, 'declarations')) {
        const [target, value] = [childAt(each, 'id'), functionIn(childAt(each, 'init'))]
        if (target?.type === 'Identifier' && value !== undefined) add(textAt(target, 'name'), value, statement)
      }
    }
  }
  const exported = body.find(({ type }) => type === 'ExportDefaultDeclaration')
  const value = exported === undefined ? undefined : childAt(exported, 'declaration')
  if (exported !== undefined && value !== undefined) {
    const [named, itself] = [found.get(textAt(childAt(value, 'id') ?? value, 'name')), functionIn(value)]
    const entry = nameAfter(file.shown, new Set(body.flatMap(namesOf)))
    if (named !== undefined) found.set('default', named)
    else if (itself !== undefined) found.set('default', { entry, node: itself, statement: exported })
  }
  for (const specifier of body.flatMap((statement) => childrenAt(statement, 'specifiers'))) {
    const [local, exported] = [childAt(specifier, 'local'), childAt(specifier, 'exported')]
    const named = found.get(local === undefined ? '' : textAt(local, 'name'))
    if (named !== undefined && exported !== undefined)
      found.set(textAt(exported, 'name') || textAt(exported, 'value'), named)
  }
  return found
}

/** A function behind `as` and `satisfies`. */
function functionIn(value: SyntaxNode | undefined): SyntaxNode | undefined {
  if (value === undefined) return undefined
  if (/^TS(As|Satisfies)Expression$/.test(value.type)) return functionIn(childAt(value, 'expression'))
  return isFunction(value) ? value : undefined
}

/** A default export without a name is called after its file, unless the file has that name for something else. */
function nameAfter(shown: string, taken: ReadonlySet<string>): string {
  const base = (shown.split(/[\\/]/).at(-1) ?? '').replace(/\.[^.]*$/, '')
  const name = base.replaceAll(
    /[^A-Za-z0-9]+([A-Za-z0-9])?/g,
    (_, letter: string | undefined) => letter?.toUpperCase() ?? '',
  )
  const isReserved = /^(default|function|class|new|in|do|if|for|var|let|const|index)$/.test(name)
  return /^[A-Za-z]\w*$/.test(name) && !isReserved && !taken.has(name) ? name : 'entry'
}
