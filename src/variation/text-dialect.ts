import { parseEvolveBlocks } from './evolve-block.ts'
import type { Dialect } from './dialect.ts'
import type { LiteralSite, NumberOutline } from './outline.ts'
import { skeletonOf } from './outline.ts'

/** How a language writes numbers, as far as it decides what a number may become. */
interface NumberForms {
  /** What stands behind a number and says its type. */
  readonly suffix: RegExp
  /** A suffix of a type without negative numbers. */
  readonly unsigned: RegExp
  /** A suffix of a type of fractional numbers. */
  readonly fractional: RegExp
  /** Whether a whole number without a suffix may well be of a type without negative numbers. */
  readonly wholeIsUnsigned: boolean
  /** What stands before a number that names something and measures nothing: the digits behind it stay as they are. */
  readonly names: RegExp | undefined
}

const ofC: NumberForms = {
  suffix: /^(?:[uU][lL]{0,2}|[lL]{1,2}[uU]?|[fFhH])/,
  unsigned: /[uU]/,
  fractional: /^[fFhH]$/,
  wholeIsUnsigned: false,
  names: /\bcase\s*$/,
}

const ofText: NumberForms = { ...ofC, unsigned: /[uU]/, names: undefined }

const forms: Readonly<Record<string, NumberForms>> = {
  c: ofC,
  cpp: ofC,
  cuda: ofC,
  wgsl: {
    suffix: /^[iufh]/,
    unsigned: /u/,
    fractional: /[fh]/,
    wholeIsUnsigned: true,
    names: /@(?:binding|group|location|id)\s*\(\s*$|\bcase\s*$/,
  },
  rust: {
    suffix: /^_?(?:[iu](?:8|16|32|64|128|size)|f(?:32|64))/,
    unsigned: /u/,
    fractional: /f/,
    wholeIsUnsigned: true,
    names: undefined,
  },
}

/** What holds no numbers to move (comments, texts, names, numbers in other forms), or a decimal number. */
const token =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*|"(?:[^"\\\n]|\\.)*"|\d+(?:['_]\d+)+\w*|'(?:[^'\\\n]|\\.)*'|[A-Za-z_]\w*|0[xXbBoO]\w+|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|[\d.]\w*/g

/**
 * A language without a parser here: only decimal numbers outside of comments and texts are edited, whole ones stay
 * whole, and a child is valid by definition. The compiler or interpreter is the judge.
 *
 * In C, C++, CUDA, WGSL and Rust a number keeps the suffix of its type and what that type allows: an unsigned one is never
 * below 0, and neither is a whole one in WGSL and Rust; a size in a declaration stays above 0.
 */
export function textDialect(language: string): Dialect<NumberOutline> {
  const known = forms[language] ?? ofText
  return {
    read: (source) => {
      const marked = parseEvolveBlocks(source)
      if (!marked.ok) return undefined
      const literals = marked.blocks.flatMap(({ start, end }) => literalsIn(source, start, end, known))
      return { source, literals, skeleton: skeletonOf(source, literals) }
    },
    whyUnreadable: (source) => {
      const marked = parseEvolveBlocks(source)
      const message = marked.ok ? 'the text cannot be read' : `line ${marked.line}: ${marked.message}`
      return { kind: 'outside-evolve-block', message }
    },
    isValid: () => true,
  }
}

function literalsIn(source: string, start: number, end: number, known: NumberForms): readonly LiteralSite[] {
  const text = source.slice(start, end)
  const found: LiteralSite[] = []
  token.lastIndex = 0
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [, number] = match
    if (number === undefined) continue
    const behind = text.slice(token.lastIndex, token.lastIndex + 8)
    const suffix = known.suffix.exec(behind)?.[0] ?? ''
    if (/^[\w.]/.test(behind.slice(suffix.length))) {
      // A number in a form that is not known here: all of it is passed over.
      token.lastIndex += /^[\w.]*/.exec(text.slice(token.lastIndex))?.[0].length ?? 0
      continue
    }
    token.lastIndex += suffix.length
    const before = /[^\n;{}]*$/.exec(text.slice(Math.max(0, match.index - 200), match.index))?.[0] ?? ''
    if (known.names?.test(before) === true) continue
    const at = start + match.index
    const integer = /^\d+$/.test(number) && !known.fractional.test(suffix)
    const value = Number(number)
    const least = integer ? leastOf(value, suffix, before, known) : undefined
    found.push({
      ...{ start: at, end: start + token.lastIndex, line: source.slice(0, at).split('\n').length },
      ...{ value, integer, role: integer ? (beginsLoop.test(before) ? 'index' : 'count') : 'term' },
      ...(suffix === '' ? {} : { suffix }),
      ...(least === undefined ? {} : { least }),
    })
  }
  return found
}

/** Where a loop begins: seldom anywhere but at its first element. */
const beginsLoop = /\bfor\s*\([^;]*=\s*$/

/** A constant, an extent in brackets or of `array<T, N>`, a size of a workgroup or a block. */
const declaresSize =
  /^\s*(?:(?:static|inline|__device__|__constant__)\s+)*(?:const|constexpr|override)\b[^;]*=[^;]*$|^\s*(?:[A-Za-z_]\w*\s+){0,4}[A-Za-z_]\w*[\s*&]+[A-Za-z_]\w*\s*(?:\[[^\]]*\]\s*)*\[\s*$|<[\w\s<>]+,\s*$|@workgroup_size\s*\([^)]*$|__launch_bounds__\s*\([^)]*$/

/** The least value that a whole number may take without a fault of its type, as far as its place tells. */
function leastOf(value: number, suffix: string, before: string, known: NumberForms): number | undefined {
  if (value > 0 && declaresSize.test(before) && !/\b(?:for|if|while|return)\b/.test(before)) return 1
  const unsigned = suffix === '' ? known.wholeIsUnsigned || /\[\s*$/.test(before) : known.unsigned.test(suffix)
  return unsigned ? 0 : undefined
}
