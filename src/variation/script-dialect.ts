import type { CandidateFailure } from '../core/failure.ts'
import { growsWhatItWalks } from '../syntax/endless.ts'
import { exportedNames, parse } from '../syntax/parse.ts'
import { freeNames } from '../syntax/scope.ts'
import type { Dialect } from './dialect.ts'
import { parseEvolveBlocks } from './evolve-block.ts'
import type { Outline } from './outline.ts'
import { outlineOf } from './outline.ts'

/**
 * JavaScript and TypeScript. A child parses, keeps what its file exports, and uses no name that is neither declared nor
 * used by its parent.
 */
export const scriptDialect: Dialect<Outline> = { read: outlineOf, whyUnreadable, isValid }

/** Names every JavaScript program may use though nothing declares them. */
const globals: ReadonlySet<string> = new Set(
  [
    'Math',
    'Number',
    'Array',
    'Object',
    'String',
    'Boolean',
    'Map',
    'Set',
    'JSON',
    'Infinity',
    'NaN',
    'undefined',
  ].concat(
    [
      'Float64Array',
      'Float32Array',
      'Int32Array',
      'Uint32Array',
      'Uint8Array',
      'parseInt',
      'parseFloat',
      'isFinite',
      'isNaN',
    ],
    ['Error', 'RangeError', 'TypeError', 'Symbol', 'BigInt', 'arguments'],
  ),
)

function whyUnreadable(source: string): CandidateFailure {
  const parsed = parse(source)
  if (!parsed.ok) return parsed.failure
  const marked = parseEvolveBlocks(source)
  return marked.ok
    ? { kind: 'syntax', message: 'the code is nested too deeply to be edited' }
    : { kind: 'outside-evolve-block', message: `line ${marked.line}: ${marked.message}` }
}

function isValid(source: string, parent: Outline): boolean {
  const parsed = parse(source)
  if (!parsed.ok) return false
  const exported = exportedNames(parsed.syntax)
  if (!parent.exported.every((name) => exported.includes(name))) return false
  if (growsWhatItWalks(parsed.syntax.root) && !parent.endless) return false
  return [...freeNames(parsed.syntax.root)].every((name) => parent.free.has(name) || globals.has(name))
}
