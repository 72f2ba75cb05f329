import { list, text, whole } from '../config/fields.ts'
import type { CandidateFailure } from '../core/failure.ts'
import { childAt, childrenOf, lineOf, textAt } from '../syntax/node.ts'
import type { SyntaxNode } from '../syntax/node.ts'
import { parse } from '../syntax/parse.ts'
import type { StageKind } from './stage-kind.ts'
import { optionsOf } from './stage-kind.ts'

const options = {
  forbid: list(
    'Constructs that no candidate may contain: names such as eval or Math.random, or the keywords of statements such as while.',
    text('A name, a dotted path or a keyword.'),
    1,
    100,
  ).optional(),
  max_characters: whole('Longest source in characters, 1 or more. Default: no limit.', 1).optional(),
  max_lines: whole('Most lines of the source, 1 or more. Default: no limit.', 1).optional(),
}

/** Refuses sources with forbidden constructs or of too great a size, before anything is run. */
export const rules: StageKind<typeof options> = {
  kind: 'rules',
  description: 'Refuses sources with forbidden constructs or of too great a size, before anything is run.',
  inputs: {},
  output: 'nothing',
  filter: true,
  resource: undefined,
  conditions: [],
  options,
  provides: () => [],
  open: (declaration, { hash }) => {
    const { forbid = [], max_characters, max_lines } = optionsOf({ options }, declaration)
    const violated = (message: string): CandidateFailure => ({ kind: 'constraint-violated', message })
    const flawIn = (source: string): CandidateFailure | undefined => {
      if (max_characters !== undefined && source.length > max_characters) {
        return violated(
          `the source has ${String(source.length)} characters; at most ${String(max_characters)} are allowed`,
        )
      }
      const lines = source.trimEnd().split('\n').length
      if (max_lines !== undefined && lines > max_lines) {
        return violated(`the source has ${String(lines)} lines; at most ${String(max_lines)} are allowed`)
      }
      const found = firstForbidden(source, new Set(forbid))
      return found === undefined ? undefined : violated(`${found.name} is forbidden here (line ${String(found.line)})`)
    }
    return {
      name: declaration.name,
      version: 1,
      keep: 'recompute',
      identity: hash(JSON.stringify(['rules', 1, forbid, max_characters, max_lines])),
      reuse: 'own',
      readsSource: true,
      late: 'evaluator',
      run: ({ source }) => {
        const failure = flawIn(source)
        return Promise.resolve(failure === undefined ? { ok: true, output: null } : { ok: false, failure })
      },
    }
  },
}

interface Found {
  readonly name: string
  readonly line: number
}

/** The first forbidden construct: in the syntax tree where the language is known here, else as a word of the text. */
function firstForbidden(source: string, forbidden: ReadonlySet<string>): Found | undefined {
  if (forbidden.size === 0) return undefined
  const parsed = parse(source)
  if (parsed.ok) return inTree(parsed.syntax.root, forbidden)
  for (const [index, line] of source.split('\n').entries()) {
    const words = line.match(/[\p{L}_$][\p{L}\p{N}_$.]*/gu) ?? []
    const name = words.flatMap((word) => [word, ...word.split('.')]).find((word) => forbidden.has(word))
    if (name !== undefined) return { name, line: index + 1 }
  }
  return undefined
}

function inTree(root: SyntaxNode, forbidden: ReadonlySet<string>): Found | undefined {
  const waiting: SyntaxNode[] = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const name = namesOf(node).find((each) => forbidden.has(each))
    if (name !== undefined) return { name, line: lineOf(node) }
    waiting.push(
      ...childrenOf(node)
        .map((child) => child.node)
        .reverse(),
    )
  }
  return undefined
}

const keywords: Readonly<Record<string, string>> = {
  WhileStatement: 'while',
  DoWhileStatement: 'do',
  ForStatement: 'for',
  ForInStatement: 'for',
  ForOfStatement: 'for',
  TryStatement: 'try',
  ThrowStatement: 'throw',
  WithStatement: 'with',
  SwitchStatement: 'switch',
  ClassDeclaration: 'class',
  ClassExpression: 'class',
  ImportDeclaration: 'import',
  ImportExpression: 'import',
  Import: 'import',
  NewExpression: 'new',
  AwaitExpression: 'await',
  YieldExpression: 'yield',
  DebuggerStatement: 'debugger',
  RegExpLiteral: 'regex',
}

/** What a node may be forbidden as. */
function namesOf(node: SyntaxNode): readonly string[] {
  if (node.type === 'Identifier') return [textAt(node, 'name')]
  if (node.type === 'MemberExpression') {
    const path = pathOf(node)
    return path === undefined ? [] : [path]
  }
  const keyword = keywords[node.type]
  return keyword === undefined ? [] : [keyword]
}

/** `Math.random` for the member expression that says so, brackets with a literal included. */
function pathOf(node: SyntaxNode | undefined): string | undefined {
  if (node?.type === 'Identifier') return textAt(node, 'name')
  if (node?.type !== 'MemberExpression') return undefined
  const object = pathOf(childAt(node, 'object'))
  const property = childAt(node, 'property')
  const name = node['computed'] === true ? property?.['value'] : property?.['name']
  return object === undefined || typeof name !== 'string' ? undefined : `${object}.${name}`
}
