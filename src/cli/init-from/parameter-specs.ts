import { UserError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { InputSpec } from '../../evaluation/evaluator/draw-args.ts'
import type { SyntaxNode } from '../../syntax/node.ts'
import { childAt, childrenAt, lineOf, textAt } from '../../syntax/node.ts'
import { parse } from '../../syntax/parse.ts'
import type { CutFunction } from './cut-function.ts'
import type { SourceFile } from './refusal.ts'

/** Why a type does not say what to draw, as the rest of a sentence that begins with its parameter. */
class Untold extends Error {}

/** What types mean: those of the file, and the function's own type parameters with their constraints. */
interface Scope {
  readonly types: ReadonlyMap<string, SyntaxNode>
  readonly generic: ReadonlyMap<string, SyntaxNode | undefined>
  /** Types that are being read: one that holds itself has no end. */
  readonly open: ReadonlySet<string>
}

/**
 * Tells from a function's types, or from the types in its JSDoc, what its arguments look like.
 *
 * @throws UserError naming the parameter whose type does not say enough, and the flag that does.
 */
export function parameterSpecs(file: SourceFile, cut: CutFunction): readonly InputSpec[] {
  const documented = documentedTypes(cut)
  return childrenAt(cut.node, 'params').map((parameter, index) => {
    const overload = cut.overloads.find((each) => childrenAt(each, 'params').length > index)
    const signature = overload === undefined ? undefined : childrenAt(overload, 'params')[index]
    const name = nameOf(parameter, index)
    try {
      return specOfParameter(parameter, name, documented, scopeOf(cut, cut.node))
    } catch (error) {
      if (!(error instanceof Untold)) throw error
      try {
        // The implementation of an overloaded function often takes anything.
        if (signature !== undefined && overload !== undefined) {
          return specOfParameter(signature, name, documented, scopeOf(cut, overload))
        }
      } catch (again) {
        if (!(again instanceof Untold)) throw again
      }
      throw new UserError(
        `cannot tell what to draw for ${name}: ${error.message}; say it for every argument, for example --args '${exampleFor(cut)}'`,
        { file: file.shown, line: lineOf(parameter) },
      )
    }
  })
}

function exampleFor({ node }: CutFunction): string {
  const some = ['{ list: int }', 'number', 'string', 'boolean']
  return `[${childrenAt(node, 'params')
    .map((_, index) => some[index % some.length])
    .join(', ')}]`
}

function scopeOf(cut: CutFunction, signature: SyntaxNode): Scope {
  const parameters = childAt(signature, 'typeParameters')
  const generic = (parameters === undefined ? [] : childrenAt(parameters, 'params')).map((each) => {
    const name = childAt(each, 'name')
    return [name === undefined ? textAt(each, 'name') : textAt(name, 'name'), childAt(each, 'constraint')] as const
  })
  return { types: cut.declaredTypes, generic: new Map(generic), open: new Set() }
}

function nameOf(parameter: SyntaxNode, index: number): string {
  const target = childAt(parameter, 'left') ?? childAt(parameter, 'argument') ?? parameter
  return textAt(target, 'name') || `argument ${index + 1}`
}

function specOfParameter(
  parameter: SyntaxNode,
  name: string,
  documented: ReadonlyMap<string, SyntaxNode>,
  scope: Scope,
): InputSpec {
  if (parameter.type === 'RestElement') throw new Untold('it takes any number of arguments')
  const target = childAt(parameter, 'left') ?? parameter
  const annotation = childAt(target, 'typeAnnotation')
  const written = annotation === undefined ? documented.get(name) : childAt(annotation, 'typeAnnotation')
  if (written !== undefined) return specOf(written, scope)
  const usual = childAt(parameter, 'right')
  if (usual?.type === 'NumericLiteral') return 'number'
  if (usual?.type === 'StringLiteral') return 'string'
  if (usual?.type === 'BooleanLiteral') return 'boolean'
  throw new Untold('it has no type')
}

function specOf(type: SyntaxNode, scope: Scope): InputSpec {
  const inner = (field: string): InputSpec => specOf(fieldOf(type, field), scope)
  switch (type.type) {
    case 'TSNumberKeyword':
      return 'number'
    case 'TSStringKeyword':
      return 'string'
    case 'TSBooleanKeyword':
      return 'boolean'
    case 'TSNullKeyword':
      return { oneOf: [null] }
    case 'TSParenthesizedType':
    case 'TSTypeOperator':
      return inner('typeAnnotation')
    case 'TSArrayType':
      return { list: inner('elementType') }
    case 'TSTupleType':
      return {
        tuple: childrenAt(type, 'elementTypes').map((each) => specOf(childAt(each, 'elementType') ?? each, scope)),
      }
    case 'TSLiteralType':
      return { oneOf: [literalOf(fieldOf(type, 'literal'))] }
    case 'TSUnionType':
      return specOfUnion(type, scope)
    case 'TSTypeLiteral':
      return specOfMembers(childrenAt(type, 'members'), scope)
    case 'TSTypeReference':
      return specOfReference(type, scope)
    case 'TSFunctionType':
      throw new Untold('it is a function, and a candidate gets plain data')
    default:
      throw new Untold('its type does not say enough')
  }
}

function fieldOf(node: SyntaxNode, field: string): SyntaxNode {
  const child = childAt(node, field)
  if (child === undefined) throw new Untold('its type does not say enough')
  return child
}

function literalOf(literal: SyntaxNode): Json {
  const { value } = literal
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (literal.type === 'UnaryExpression') {
    const positive = fieldOf(literal, 'argument')['value']
    if (typeof positive === 'number' && textAt(literal, 'operator') === '-') return -positive
  }
  throw new Untold('its type does not say enough')
}

function specOfUnion(type: SyntaxNode, scope: Scope): InputSpec {
  const parts = childrenAt(type, 'types').filter((each) => each.type !== 'TSUndefinedKeyword')
  const specs = parts.map((each) => specOf(each, scope))
  const values = specs.flatMap((spec) => (typeof spec === 'object' && 'oneOf' in spec ? spec.oneOf : []))
  const kinds = specs.filter((spec) => typeof spec === 'string' || !('oneOf' in spec))
  const either: InputSpec[] = values.length === 0 ? kinds : [...kinds, { oneOf: values }]
  const [only] = either
  return either.length === 1 && only !== undefined ? only : { either }
}

function specOfMembers(members: readonly SyntaxNode[], scope: Scope): InputSpec {
  const entries = members.map((member) => {
    const key = childAt(member, 'key')
    const annotation = childAt(member, 'typeAnnotation')
    if (member.type !== 'TSPropertySignature' || key === undefined || annotation === undefined) {
      throw new Untold('its type has more than named fields')
    }
    return [textAt(key, 'name') || textAt(key, 'value'), specOf(fieldOf(annotation, 'typeAnnotation'), scope)] as const
  })
  return { object: Object.fromEntries(entries) }
}

function specOfReference(type: SyntaxNode, scope: Scope): InputSpec {
  const name = textAt(fieldOf(type, 'typeName'), 'name')
  const given = childAt(type, 'typeArguments') ?? childAt(type, 'typeParameters')
  const [argument] = given === undefined ? [] : childrenAt(given, 'params')
  if (/^(Readonly)?Array$/.test(name) && argument !== undefined) return { list: specOf(argument, scope) }
  if (/^(Readonly|Required|Partial)$/.test(name) && argument !== undefined) return specOf(argument, scope)
  if (scope.generic.has(name)) {
    // Whatever the function does with a type it knows nothing about, it does with whole numbers.
    const constraint = scope.generic.get(name)
    return constraint === undefined ? 'int' : specOf(constraint, scope)
  }
  const declared = scope.types.get(name)
  if (declared === undefined) throw new Untold(`the type ${name || 'of its parts'} is not declared in this file`)
  if (scope.open.has(name)) throw new Untold(`the type ${name} holds itself`)
  if (childAt(declared, 'typeParameters') !== undefined) throw new Untold(`the type ${name} is generic`)
  const deeper = { ...scope, open: new Set([...scope.open, name]) }
  if (declared.type === 'TSTypeAliasDeclaration') return specOf(fieldOf(declared, 'typeAnnotation'), deeper)
  if (childrenAt(declared, 'extends').length > 0) throw new Untold(`the type ${name} extends another one`)
  return specOfMembers(childrenAt(fieldOf(declared, 'body'), 'body'), deeper)
}

/** Types of parameters in a JSDoc comment, by the parameter's name. */
function documentedTypes({ comment }: CutFunction): ReadonlyMap<string, SyntaxNode> {
  const found = new Map<string, SyntaxNode>()
  for (const [, text = '', name = ''] of comment.matchAll(/@param\s+\{((?:[^{}]|\{[^{}]*\})*)\}\s+\[?([\w$]+)/g)) {
    const type = text
      .trim()
      .replaceAll(/\.</g, '<')
      .replace(/=$/, '')
      .replace(/^[?](.*)$/, '($1) | null')
      .replace(/^!/, '')
    const parsed = parse(`let it: ${type}`)
    const [statement] = parsed.ok ? childrenAt(parsed.syntax.root, 'body') : []
    const [declarator] = statement === undefined ? [] : childrenAt(statement, 'declarations')
    const id = declarator === undefined ? undefined : childAt(declarator, 'id')
    const annotation = id === undefined ? undefined : childAt(id, 'typeAnnotation')
    const written = annotation === undefined ? undefined : childAt(annotation, 'typeAnnotation')
    if (written !== undefined) found.set(name, written)
  }
  return found
}
