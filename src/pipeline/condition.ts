/**
 * A condition over objectives, as a tree: `sum_radii > 2.0 and not (quick.error >= 1e-3)`.
 *
 * Numbers and truth values are told apart when it is parsed, so evaluating one cannot fail.
 */
export type Condition =
  | { readonly op: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly op: 'not'; readonly of: Condition }
  | { readonly op: '<' | '<=' | '>' | '>=' | '==' | '!='; readonly left: Term; readonly right: Term }

/** The part of a condition that is a number. */
type Term =
  | { readonly op: 'number'; readonly value: number }
  | { readonly op: 'name'; readonly name: string }
  | { readonly op: 'negate'; readonly of: Term }
  | { readonly op: '+' | '-' | '*' | '/'; readonly left: Term; readonly right: Term }

/** A parsed condition, or what is wrong with the text and where, as a column from 1. */
export type ParsedCondition =
  { readonly ok: true; readonly condition: Condition } | { readonly ok: false; readonly message: string }

/**
 * Reads a condition. Nothing in it can be called, assigned or looked up but the values it is given later.
 *
 * Names are those of objectives, with the stage in front if need be, and may contain `-` and `.`; a minus between two
 * values therefore has spaces around it. `and`, `or`, `not` may be written `&&`, `||`, `!`.
 */
export function parseCondition(text: string): ParsedCondition {
  try {
    const parser = new Parser(tokensOf(text))
    return { ok: true, condition: parser.whole() }
  } catch (error) {
    if (error instanceof Mistaken) return { ok: false, message: error.message }
    throw error
  }
}

/** The names that a condition mentions, each once. */
export function namesIn(condition: Condition): readonly string[] {
  const names = new Set<string>()
  const inTerm = (term: Term): void => {
    if (term.op === 'name') names.add(term.name)
    else if (term.op === 'negate') inTerm(term.of)
    else if (term.op !== 'number') {
      inTerm(term.left)
      inTerm(term.right)
    }
  }
  const visit = (each: Condition): void => {
    switch (each.op) {
      case 'and':
      case 'or':
        visit(each.left)
        visit(each.right)
        break
      case 'not':
        visit(each.of)
        break
      default:
        inTerm(each.left)
        inTerm(each.right)
    }
  }
  visit(condition)
  return [...names]
}

/** Whether a condition holds, and the values that decided; or the first name without a value. */
export type Judgement =
  | { readonly known: true; readonly holds: boolean; readonly values: Readonly<Record<string, number>> }
  | { readonly known: false; readonly missing: string }

/** Judges a condition. A name without a value leaves it undecided, whatever the rest says. */
export function judge(condition: Condition, valueOf: (name: string) => number | undefined): Judgement {
  const values: Record<string, number> = {}
  for (const name of namesIn(condition)) {
    const value = valueOf(name)
    if (value === undefined) return { known: false, missing: name }
    values[name] = value
  }
  return { known: true, holds: holds(condition, values), values }
}

/**
 * What a condition comes to whatever its missing values may be; `undefined` when it hangs on one of them.
 */
export function outlook(condition: Condition, valueOf: (name: string) => number | undefined): boolean | undefined {
  switch (condition.op) {
    case 'and':
    case 'or': {
      const decided = condition.op === 'or'
      const sides = [outlook(condition.left, valueOf), outlook(condition.right, valueOf)]
      if (sides.includes(decided)) return decided
      return sides.includes(undefined) ? undefined : !decided
    }
    case 'not': {
      const inner = outlook(condition.of, valueOf)
      return inner === undefined ? undefined : !inner
    }
    default: {
      const judgement = judge(condition, valueOf)
      return judgement.known ? judgement.holds : undefined
    }
  }
}

function holds(condition: Condition, values: Readonly<Record<string, number>>): boolean {
  switch (condition.op) {
    case 'and':
      return holds(condition.left, values) && holds(condition.right, values)
    case 'or':
      return holds(condition.left, values) || holds(condition.right, values)
    case 'not':
      return !holds(condition.of, values)
    default:
      return compared(condition.op, numberOf(condition.left, values), numberOf(condition.right, values))
  }
}

function compared(op: '<' | '<=' | '>' | '>=' | '==' | '!=', left: number, right: number): boolean {
  switch (op) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '==':
      return left === right
    case '!=':
      return left !== right
  }
}

function numberOf(term: Term, values: Readonly<Record<string, number>>): number {
  switch (term.op) {
    case 'number':
      return term.value
    case 'name':
      return values[term.name] ?? Number.NaN
    case 'negate':
      return -numberOf(term.of, values)
    case '+':
      return numberOf(term.left, values) + numberOf(term.right, values)
    case '-':
      return numberOf(term.left, values) - numberOf(term.right, values)
    case '*':
      return numberOf(term.left, values) * numberOf(term.right, values)
    case '/':
      return numberOf(term.left, values) / numberOf(term.right, values)
  }
}

class Mistaken extends Error {}

interface Token {
  readonly kind: 'number' | 'name' | 'sign'
  readonly text: string
  /** From 1. */
  readonly column: number
}

const longest = 1000
const deepest = 64

const pattern =
  /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z](?:[A-Za-z0-9_]|[-.]+(?=[A-Za-z0-9_]))*)|(?<sign><=|>=|==|!=|&&|\|\||[-+*/()<>!]))/y

function tokensOf(text: string): readonly Token[] {
  if (text.length > longest) throw new Mistaken(`is longer than ${String(longest)} characters`)
  const tokens: Token[] = []
  pattern.lastIndex = 0
  const end = text.trimEnd().length
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex
    const found = pattern.exec(text)
    const { number, name, sign } = found?.groups ?? {}
    const token = number ?? name ?? sign
    if (token === undefined) {
      const rest = text.slice(at).trimStart()
      throw new Mistaken(`cannot be read from ${JSON.stringify(rest.slice(0, 20))} on, column ${String(at + 1)}`)
    }
    const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : 'sign'
    tokens.push({ kind, text: token, column: pattern.lastIndex - token.length + 1 })
  }
  return tokens
}

const words: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!' }
const comparisons: readonly string[] = ['<', '<=', '>', '>=', '==', '!=']

type Parsed = { readonly is: 'truth'; readonly value: Condition } | { readonly is: 'number'; readonly value: Term }

/** Recursive descent, one method for each level of binding. */
class Parser {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Condition {
    if (this.#tokens.length === 0) throw new Mistaken('is empty; write for example sum_radii > 2.0')
    const parsed = this.#either()
    const rest = this.#tokens[this.#next]
    if (rest !== undefined) throw new Mistaken(`is over before ${rest.text}, column ${String(rest.column)}`)
    return this.#truth(parsed)
  }

  #either(): Parsed {
    let left = this.#both()
    while (this.#takes('||')) {
      left = { is: 'truth', value: { op: 'or', left: this.#truth(left), right: this.#truth(this.#both()) } }
    }
    return left
  }

  #both(): Parsed {
    let left = this.#negated()
    while (this.#takes('&&')) {
      left = { is: 'truth', value: { op: 'and', left: this.#truth(left), right: this.#truth(this.#negated()) } }
    }
    return left
  }

  #negated(): Parsed {
    if (!this.#takes('!')) return this.#comparison()
    return this.#deeper(() => ({ is: 'truth', value: { op: 'not', of: this.#truth(this.#negated()) } }))
  }

  #comparison(): Parsed {
    const left = this.#sum()
    const op = comparisons.find((sign) => this.#takes(sign))
    if (op === undefined) return left
    const right = this.#sum()
    const value = { op, left: this.#number(left), right: this.#number(right) } as Condition
    return { is: 'truth', value }
  }

  #sum(): Parsed {
    let left = this.#product()
    for (;;) {
      const op = this.#takes('+') ? '+' : this.#takes('-') ? '-' : undefined
      if (op === undefined) return left
      left = { is: 'number', value: { op, left: this.#number(left), right: this.#number(this.#product()) } }
    }
  }

  #product(): Parsed {
    let left = this.#signed()
    for (;;) {
      const op = this.#takes('*') ? '*' : this.#takes('/') ? '/' : undefined
      if (op === undefined) return left
      left = { is: 'number', value: { op, left: this.#number(left), right: this.#number(this.#signed()) } }
    }
  }

  #signed(): Parsed {
    if (!this.#takes('-')) return this.#primary()
    return this.#deeper(() => ({ is: 'number', value: { op: 'negate', of: this.#number(this.#signed()) } }))
  }

  #primary(): Parsed {
    const token = this.#tokens[this.#next]
    if (token === undefined) throw new Mistaken('ends too early')
    this.#next++
    if (token.kind === 'number') return { is: 'number', value: { op: 'number', value: Number(token.text) } }
    if (token.kind === 'name' && words[token.text] === undefined) {
      return { is: 'number', value: { op: 'name', name: token.text } }
    }
    if (token.text !== '(')
      throw new Mistaken(`has ${token.text} where a value should be, column ${String(token.column)}`)
    const inner = this.#deeper(() => this.#either())
    if (!this.#takes(')')) throw new Mistaken(`has no ) for the ( in column ${String(token.column)}`)
    return inner
  }

  #takes(sign: string): boolean {
    const token = this.#tokens[this.#next]
    if (token === undefined || (words[token.text] ?? token.text) !== sign) return false
    this.#next++
    return true
  }

  #deeper(inner: () => Parsed): Parsed {
    if (++this.#depth > deepest) throw new Mistaken('is nested too deeply')
    const parsed = inner()
    this.#depth--
    return parsed
  }

  #truth(parsed: Parsed): Condition {
    if (parsed.is === 'truth') return parsed.value
    throw new Mistaken('must compare values, for example sum_radii > 2.0, where it has a number alone')
  }

  #number(parsed: Parsed): Term {
    if (parsed.is === 'number') return parsed.value
    throw new Mistaken('compares or calculates with something that is itself a comparison')
  }
}
