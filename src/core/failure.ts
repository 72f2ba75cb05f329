import { unreachable } from './errors.ts'

/** One of several things that can be wrong with where an edit wants to go. */
export interface NearestLines {
  /** Line number in the parent, from 1; in the file that is named where it has several. */
  readonly line: number
  readonly file?: string
  readonly text: string
}

/**
 * By what a candidate is taken for an earlier one: by its source but for names, comments and white space, compared with
 * every program or with its own ancestors; by what it returns; by how near its text is to another one's.
 */
export type DuplicateCheck = 'source' | 'lineage' | 'behaviour' | 'embedding'

/**
 * Why a candidate came to nothing. Data, never an exception and never a number that could pass for a score.
 *
 * The kinds are stored as they are, counted, and shown to the next prompt.
 */
export type CandidateFailure =
  | { readonly kind: 'no-edit-found'; readonly message: string }
  | { readonly kind: 'search-missed'; readonly message: string; readonly nearest?: NearestLines }
  | { readonly kind: 'search-ambiguous'; readonly message: string; readonly matches: number }
  | { readonly kind: 'outside-evolve-block'; readonly message: string }
  | { readonly kind: 'unchanged'; readonly message: string }
  | { readonly kind: 'duplicate'; readonly message: string; readonly of: number; readonly check?: DuplicateCheck }
  | { readonly kind: 'syntax'; readonly message: string; readonly line?: number; readonly file?: string }
  | {
      readonly kind: 'threw'
      readonly message: string
      readonly line?: number
      readonly file?: string
      readonly stack?: string
    }
  | { readonly kind: 'timed-out'; readonly message: string; readonly limitMs: number }
  | { readonly kind: 'out-of-memory'; readonly message: string }
  | { readonly kind: 'invalid-output'; readonly message: string }
  | { readonly kind: 'constraint-violated'; readonly message: string }
  | { readonly kind: 'gated'; readonly message: string }
  | { readonly kind: 'killed-host'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'no-reply'; readonly message: string }
  /** Not the candidate's fault: its evaluator broke. */
  | { readonly kind: 'evaluator-threw'; readonly message: string }

/** The tag of a {@link CandidateFailure}. */
export type FailureKind = CandidateFailure['kind']

/** One line for a person or a prompt: kind, place and reason. */
export function describeFailure(failure: CandidateFailure): string {
  switch (failure.kind) {
    case 'syntax':
    case 'threw':
      return `${failure.kind}${placeText(failure)}: ${failure.message}`
    case 'search-missed':
      return failure.nearest === undefined
        ? `${failure.kind}: ${failure.message}`
        : `${failure.kind}: ${failure.message} (nearest,${placeText(failure.nearest, '')}: ${failure.nearest.text})`
    case 'duplicate':
      return `${failure.kind} of ${String(failure.of)}: ${failure.message}`
    case 'search-ambiguous':
    case 'no-edit-found':
    case 'outside-evolve-block':
    case 'unchanged':
    case 'timed-out':
    case 'out-of-memory':
    case 'invalid-output':
    case 'constraint-violated':
    case 'gated':
    case 'killed-host':
    case 'refused':
    case 'no-reply':
    case 'evaluator-threw':
      return `${failure.kind}: ${failure.message}`
    default:
      return unreachable(failure, 'candidate failure')
  }
}

function placeText({ file, line }: { readonly file?: string; readonly line?: number }, word: 'at' | '' = 'at'): string {
  const before = word === '' ? ' ' : ` ${word} `
  if (line === undefined) return file === undefined ? '' : `${before}${file}`
  return file === undefined ? `${before}line ${String(line)}` : `${before}${file}:${String(line)}`
}
