/** Programs that are built of the same parts. */
export interface Approach {
  /** Names that they define as functions, in the order of the text. */
  readonly defines: readonly string[]
  /** Names that they call and do not define, the most called first. */
  readonly calls: readonly string[]
  readonly programs: number
  /** The best of them; of equals the first. */
  readonly best: number
}

/** What an approach is told apart by. */
type Parts = Pick<Approach, 'defines' | 'calls'>

const mostNames = 8
const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|(?<=^|\s)#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g
const definition =
  /\b(?:function\*?|def|fn|func|class)\s+([A-Za-z_]\w*)|\b(?:const|let|var)\s+([A-Za-z_]\w*)\s*(?::[^=\n]+)?=\s*(?:async\s*)?(?:\([^()\n]*\)|[A-Za-z_]\w*)\s*(?::[^=\n]+)?=>/g
const call = /(?<![\w.$])((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)\s*\(/g
const keywords: ReadonlySet<string> = new Set(
  'if for while switch catch return function def fn func class and or not in elif except with lambda print'.split(' '),
)

/**
 * The functions that a program defines and those that it calls, read without a parser, so that it works for any language.
 */
export function partsOf(source: string): Parts {
  const code = source.replaceAll(comment, ' ')
  const defines = [...new Set([...code.matchAll(definition)].flatMap(([, one, other]) => one ?? other ?? []))]
  const counts = new Map<string, number>()
  for (const [, name = ''] of code.matchAll(call)) {
    if (!keywords.has(name) && !defines.includes(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const calls = [...counts].toSorted(([one, a], [other, b]) => b - a || (one < other ? -1 : 1)).map(([name]) => name)
  return { defines: defines.slice(0, mostNames), calls: calls.slice(0, mostNames) }
}

/**
 * The approaches among some programs, the one with the best program first: programs belong together when they define and
 * call the same functions.
 *
 * @param programs - Best first.
 * @param most - The most approaches to name.
 */
export function approachesOf(
  programs: readonly { readonly ordinal: number; readonly parts: Parts }[],
  most: number,
): readonly Approach[] {
  const groups = new Map<string, Approach>()
  for (const { ordinal, parts } of programs) {
    const key = JSON.stringify([parts.defines.toSorted(), parts.calls.toSorted()])
    const known = groups.get(key)
    groups.set(
      key,
      known === undefined ? { ...parts, programs: 1, best: ordinal } : { ...known, programs: known.programs + 1 },
    )
  }
  return [...groups.values()].slice(0, most)
}
