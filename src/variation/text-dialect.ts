import { parseEvolveBlocks } from './evolve-block.ts'
import type { Dialect } from './dialect.ts'
import type { LiteralSite, NumberOutline } from './outline.ts'
import { skeletonOf } from './outline.ts'

/** What holds no numbers to move (comments, texts, names), or a decimal number without its type suffix. */
const token =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_]\w*|0[xXbBoO]\w+|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)(?=[fFhHlLuU]{0,3}(?![\w.]))|[\d.]\w*/g

/**
 * Any language without a parser here: only decimal numbers outside of comments and texts are edited, whole ones stay
 * whole, and a child is valid by definition. The compiler or interpreter is the judge.
 */
export const textDialect: Dialect<NumberOutline> = {
  read: (source) => {
    const marked = parseEvolveBlocks(source)
    if (!marked.ok) return undefined
    const literals = marked.blocks.flatMap(({ start, end }) =>
      [...source.slice(start, end).matchAll(token)].flatMap(({ 1: text, index }): LiteralSite[] => {
        if (text === undefined) return []
        const integer = /^\d+$/.test(text)
        const at = start + index
        const line = source.slice(0, at).split('\n').length
        const role = integer ? 'count' : 'term'
        return [{ start: at, end: at + text.length, line, value: Number(text), integer, role }]
      }),
    )
    return { source, literals, skeleton: skeletonOf(source, literals) }
  },
  whyUnreadable: (source) => {
    const marked = parseEvolveBlocks(source)
    const message = marked.ok ? 'the text cannot be read' : `line ${marked.line}: ${marked.message}`
    return { kind: 'outside-evolve-block', message }
  },
  isValid: () => true,
}
