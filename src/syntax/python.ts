import { parser } from '@lezer/python'

/** A node of a Python syntax tree. `start` and `end` count UTF-16 code units of the file. */
export interface PythonNode {
  /**
   * Name of the grammar's rule, or the token's own text for keywords and brackets.
   *
   * @see https://github.com/lezer-parser/python/blob/main/src/python.grammar
   */
  readonly type: string
  readonly start: number
  readonly end: number
  readonly children: readonly PythonNode[]
}

/** The tree of a Python file. The parser never refuses a text: what it cannot read it marks. */
export interface PythonTree {
  readonly root: PythonNode
  /**
   * Marks of text that the grammar does not know. Valid Python can have some (`2.` without a digit behind it, a bare
   * `yield`), so only more of them than before say that an edit broke something; the interpreter is the judge.
   */
  readonly errors: number
}

interface Growing {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly children: Growing[]
}

/** Parses a Python file. */
export function parsePython(source: string): PythonTree {
  const open: Growing[] = [{ type: 'Script', start: 0, end: source.length, children: [] }]
  let errors = 0
  parser.parse(source).iterate({
    enter: ({ type, name, from, to }) => {
      if (type.isError) errors++
      const node: Growing = { type: name, start: from, end: to, children: [] }
      if (type.isTop) return
      open.at(-1)?.children.push(node)
      open.push(node)
    },
    leave: ({ type }) => {
      if (!type.isTop) open.pop()
    },
  })
  return { root: open[0] as PythonNode, errors }
}

/**
 * Names that are read where no scope around binds them: built-in ones, and those that are missing.
 *
 * Names that a comprehension binds count for the whole scope around it, and those of a class for its methods.
 */
export function unboundNames(root: PythonNode, source: string): ReadonlySet<string> {
  const unbound = new Set<string>()
  const visit = (scope: PythonNode, outer: ReadonlySet<string>): void => {
    const known = new Set([...outer, ...boundIn(scope, source)])
    const read = (node: PythonNode): void => {
      if (node !== scope && isScope(node)) {
        visit(node, known)
        return
      }
      if (node.type === 'VariableName' && !known.has(textOf(node, source))) unbound.add(textOf(node, source))
      for (const [index, child] of node.children.entries()) if (!isKeyword(node, index)) read(child)
    }
    read(scope)
  }
  visit(root, new Set())
  return unbound
}

/** Functions that look names up while the program runs. */
const lookUps: readonly string[] = ['eval', 'exec', 'locals', 'globals', 'vars']

/**
 * Names that functions bind for themselves and that nothing else can see: renaming one of them everywhere changes nothing.
 *
 * Names that stand anywhere at the top of the file or of a class, in an import, in a pattern, in front of a keyword
 * argument or behind `global` are not among them. None is where names may be looked up while the program runs: by
 * `eval` and its like, by `f(**names)` or by `f"{name=}"`.
 */
export function localNames(root: PythonNode, source: string): ReadonlySet<string> {
  const unbound = unboundNames(root, source)
  if (lookUps.some((name) => unbound.has(name)) || tellsNames(root)) return new Set()
  const local = new Set<string>()
  const seen = new Set([...unbound, ...boundIn(root, source)])
  const see = (node: PythonNode): void => {
    if (node.type === 'VariableName') seen.add(textOf(node, source))
    node.children.forEach(see)
  }
  const visit = (node: PythonNode): void => {
    const { type, children } = node
    if (type === 'FunctionDefinition' || type === 'LambdaExpression')
      for (const name of boundIn(node, source)) local.add(name)
    if (type === 'ClassDefinition') for (const name of boundIn(node, source)) seen.add(name)
    if (type === 'ImportStatement' || type === 'ScopeStatement' || /Pattern$/.test(type)) see(node)
    for (const [index, child] of children.entries()) {
      if (isKeyword(node, index)) seen.add(textOf(child, source))
      visit(child)
    }
  }
  visit(root)
  return new Set([...local].filter((name) => !seen.has(name)))
}

/** Whether the value of a name depends on how it is called: `f(**names)`, `f"{name=}"`. */
function tellsNames({ type, children }: PythonNode): boolean {
  if (type === 'FormatSelfDoc' || (type === 'ArgList' && children.some((child) => child.type === '**'))) return true
  return children.some(tellsNames)
}

/** The text of a node. */
export function textOf({ start, end }: PythonNode, source: string): string {
  return source.slice(start, end)
}

/** Names of the functions and classes that a file defines at its top. */
export function definedNames(root: PythonNode, source: string): readonly string[] {
  return root.children.flatMap((node) => {
    const name = /^(Function|Class)Definition$/.test(node.type)
      ? node.children.find(({ type }) => type === 'VariableName')
      : undefined
    return name === undefined ? [] : [textOf(name, source)]
  })
}

/** Whether a child names a keyword argument, `f(name=1)`, which is no variable. */
export function isKeyword(node: PythonNode, index: number): boolean {
  const [child, next] = [node.children[index], node.children[index + 1]]
  return node.type === 'ArgList' && child?.type === 'VariableName' && next?.type === 'AssignOp'
}

/** How many children at the front of a statement are assigned to; 0 for one that assigns nothing. */
export function targetCount({ type, children }: PythonNode): number {
  if (type === 'UpdateStatement') return 1
  if (type !== 'AssignStatement' && type !== 'NamedExpression') return 0
  return children.findLastIndex((child) => child.type === 'AssignOp')
}

function isScope({ type }: PythonNode): boolean {
  return type === 'FunctionDefinition' || type === 'LambdaExpression' || type === 'ClassDefinition'
}

/** Every name that a scope binds: parameters, targets, imports, definitions. */
function boundIn(scope: PythonNode, source: string): ReadonlySet<string> {
  const names = new Set<string>()
  const bindAll = (node: PythonNode): void => {
    if (node.type === 'VariableName') names.add(textOf(node, source))
    // What is assigned through, `a.b = 1` or `a[i] = 1`, binds nothing.
    else if (node.type !== 'MemberExpression') node.children.forEach(bindAll)
  }
  const find = (node: PythonNode): void => {
    const { type, children } = node
    if (node !== scope && isScope(node)) {
      if (type !== 'LambdaExpression') bindFirst(children)
      if (type === 'ClassDefinition') children.forEach(find)
      return
    }
    // Of `from a import b` only what stands behind `import` becomes a name.
    if (type === 'ImportStatement')
      children.slice(children.findIndex((child) => child.type === 'import')).forEach(bindAll)
    if (type === 'ScopeStatement' || /Pattern$/.test(type)) children.forEach(bindAll)
    children.slice(0, Math.max(0, targetCount(node))).forEach(bindAll)
    for (const [index, child] of children.entries()) {
      const before = children[index - 1]?.type
      if (before === 'as') bindAll(child)
      if (before === 'for') boundUpTo('in', index, children).forEach(bindAll)
      if (child.type === 'ParamList' && node === scope) parameters(child).forEach(bindAll)
    }
    children.forEach(find)
  }
  const bindFirst = (children: readonly PythonNode[]): void => {
    const name = children.find(({ type }) => type === 'VariableName')
    if (name !== undefined) names.add(textOf(name, source))
  }
  find(scope)
  return names
}

function boundUpTo(type: string, from: number, children: readonly PythonNode[]): readonly PythonNode[] {
  const end = children.findIndex((child, index) => index >= from && child.type === type)
  return children.slice(from, end === -1 ? from : end)
}

/** Names of parameters, defaults left out. */
function parameters({ children }: PythonNode): readonly PythonNode[] {
  return children.filter(({ type }, index) => type === 'VariableName' && children[index - 1]?.type !== 'AssignOp')
}
