import { isScript } from '../core/language.ts'
import type { CandidateFailure } from '../core/failure.ts'
import type { Dialect } from './dialect.ts'
import { leaveTheBlocks } from './evolve-block.ts'
import type { NumberOutline } from './outline.ts'
import { pythonDialect } from './python-dialect.ts'
import type { PythonOutline } from './python-outline.ts'
import { pythonReductions } from './python-reductions.ts'
import { genomeLength, reduced } from './reduction.ts'
import type { Reduction } from './reduction.ts'
import { scriptDialect } from './script-dialect.ts'
import { scriptReductions } from './script-reductions.ts'
import { textDialect } from './text-dialect.ts'
import { textReductions } from './text-reductions.ts'

/** A program that lost something and may still be one. */
export interface Reduced {
  readonly source: string
  readonly applied: readonly Reduction[]
}

/** A program as far as it can be made shorter. */
export interface Reducible {
  /** Single reductions, outer ones before those within them. */
  readonly reductions: readonly Reduction[]
  /**
   * Carries out several of them. Nothing when that leaves no program, as far as that can be told without running it, or
   * none that is shorter.
   */
  without(reductions: readonly Reduction[]): Reduced | undefined
}

/** How a program of a language can be made shorter, or why it cannot be read. */
export function reducible(source: string, language: string): Reducible | CandidateFailure {
  if (isScript(language)) return reducibleIn(scriptDialect, scriptReductions, source)
  // Every function of a Python file may go: which one is called shows when it is run.
  const free = {
    ...pythonDialect,
    isValid: (text: string, of: PythonOutline) => pythonDialect.isValid(text, { ...of, defined: [] }),
  }
  if (language === 'python') return reducibleIn(free, pythonReductions, source)
  return reducibleIn(textDialect(language), (text) => textReductions(text, language), source)
}

function reducibleIn<Program extends NumberOutline>(
  dialect: Dialect<Program>,
  reductionsOf: (source: string) => readonly Reduction[],
  source: string,
): Reducible | CandidateFailure {
  const program = dialect.read(source)
  if (program === undefined) return dialect.whyUnreadable(source)
  const length = genomeLength(source)
  return {
    reductions: reductionsOf(source),
    without: (reductions) => {
      const made = reduced(source, reductions)
      if (made.applied.length === 0 || leaveTheBlocks(source, made.source) !== undefined) return undefined
      if (genomeLength(made.source) >= length || !dialect.isValid(made.source, program)) return undefined
      return made
    },
  }
}
