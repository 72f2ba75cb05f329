import type { SyntaxNode } from '../syntax/node.ts'
import { childrenOf } from '../syntax/node.ts'
import { parse } from '../syntax/parse.ts'

/** A construct that elites share. */
export interface Construct {
  /** Its code, white space folded and numbers written as `0`. */
  readonly text: string
  /** How many of the elites have it. */
  readonly elites: number
  readonly of: number
}

/** Fewer programs than this have too little in common to speak of. */
const leastElites = 5

/** A construct is overused when this share of the elites have it. */
const overusedFrom = 0.8

/** Sizes of what counts as a construct, in characters of its folded code. */
const [shortest, longest] = [16, 160]

/** Remembers the constructs of programs, so that each is parsed once; the least recently used leave first. */
export class Constructs {
  readonly #known = new Map<number, ReadonlySet<string>>()
  readonly #capacity: number

  /** @param capacity - Programs remembered, at least as many as are compared at a time. */
  constructor(capacity = 256) {
    this.#capacity = capacity
  }

  /**
   * The constructs that most elites share and the first program has not, the most common first. Of a construct and its
   * parts that are equally common only the whole is named.
   *
   * @param source - The source of a program by its ordinal; the first program is 0.
   * @param most - The most constructs to name.
   */
  overused(elites: readonly number[], source: (ordinal: number) => string, most: number): readonly Construct[] {
    const programs = [...new Set(elites)].filter((ordinal) => ordinal !== 0)
    if (programs.length < leastElites) return []
    const first = this.#of(0, source)
    const counts = new Map<string, number>()
    for (const ordinal of programs) {
      for (const text of this.#of(ordinal, source)) if (!first.has(text)) counts.set(text, (counts.get(text) ?? 0) + 1)
    }
    const common = [...counts]
      .filter(([, count]) => count >= overusedFrom * programs.length)
      .sort(([one, a], [other, b]) => b - a || other.length - one.length || (one < other ? -1 : 1))
    const named: Construct[] = []
    for (const [text, count] of common) {
      if (named.length >= most) break
      if (named.some((whole) => whole.elites === count && whole.text.includes(text))) continue
      named.push({ text, elites: count, of: programs.length })
    }
    return named
  }

  #of(ordinal: number, source: (ordinal: number) => string): ReadonlySet<string> {
    const found = this.#known.get(ordinal) ?? constructsOf(source(ordinal))
    this.#known.delete(ordinal)
    this.#known.set(ordinal, found)
    if (this.#known.size > this.#capacity) this.#known.delete(this.#known.keys().next().value ?? ordinal)
    return found
  }
}

/** The expressions and statements of a program as folded code; empty when it does not parse. */
export function constructsOf(source: string): ReadonlySet<string> {
  const parsed = parse(source)
  const found = new Set<string>()
  if (!parsed.ok) return found
  const waiting: SyntaxNode[] = [parsed.syntax.root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    // Code is far shorter once it is folded, but what is ten times too long stays too long.
    if (isConstruct(node) && node.end - node.start <= 10 * longest) {
      const text = folded(source.slice(node.start, node.end))
      if (text.length >= shortest && text.length <= longest) found.add(text)
    }
    for (const child of childrenOf(node)) waiting.push(child.node)
  }
  return found
}

function isConstruct({ type }: SyntaxNode): boolean {
  return (
    (type.endsWith('Expression') || type.endsWith('Statement')) && type !== 'BlockStatement' && !type.startsWith('TS')
  )
}

function folded(code: string): string {
  return code
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' ')
    .replaceAll(/(?<![\w$.])(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\w*/g, '0')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
