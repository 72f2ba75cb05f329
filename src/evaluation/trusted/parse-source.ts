import type { CandidateFailure } from '../../core/failure.ts'
import { isScript, languageNamed } from '../../core/language.ts'
import type { SourceForm } from '../../core/language.ts'
import type { Descriptor } from '../../descriptors/descriptor.ts'
import { exportedNames, parse } from '../../syntax/parse.ts'
import type { Syntax } from '../../syntax/parse.ts'
import { genomeOf, parseEvolveBlocks } from '../../variation/evolve-block.ts'
import type { ParseOutcome } from '../trusted-pool.ts'
import { stripTypes } from './strip-types.ts'

/**
 * Checks a candidate's text without running any of it: evolve markers, and for JavaScript and TypeScript the syntax and
 * the exported entry. A text in any other language is handed on as it is.
 *
 * @param descriptors - The built-in ones to measure.
 */
export function parseSource(source: string, form: SourceForm, descriptors: readonly Descriptor[]): ParseOutcome {
  if (isScript(form.language)) return parseScript(source, form.entry, descriptors)
  const blocks = parseEvolveBlocks(source, languageNamed(form.language).comment)
  if (!blocks.ok) return failed({ kind: 'syntax', message: blocks.message, line: blocks.line })
  return { ok: true, parsed: { code: source, descriptors: measured(descriptors, genomeOf(source), undefined) } }
}

function parseScript(source: string, entry: string | undefined, descriptors: readonly Descriptor[]): ParseOutcome {
  const parsed = parse(source)
  if (!parsed.ok) return parsed
  const { syntax } = parsed
  const blocks = parseEvolveBlocks(source)
  if (!blocks.ok) return failed({ kind: 'syntax', message: blocks.message, line: blocks.line })
  const exported = exportedNames(syntax)
  if (entry !== undefined && !exported.includes(entry))
    return failed({ kind: 'syntax', message: notExported(entry, exported) })
  const stripped = stripTypes(source)
  if (!stripped.ok) return stripped
  return { ok: true, parsed: { code: stripped.code, descriptors: measured(descriptors, genomeOf(source), syntax) } }
}

function measured(descriptors: readonly Descriptor[], genome: string, syntax: Syntax | undefined) {
  return Object.fromEntries(descriptors.map((each) => [each.name, each.measure({ genome, syntax })]))
}

function failed(failure: CandidateFailure): ParseOutcome {
  return { ok: false, failure }
}

function notExported(entry: string, exported: readonly string[]): string {
  const instead = exported.length === 0 ? 'it exports nothing' : `it exports ${exported.join(', ')}`
  return `the program must export a function named ${entry}; ${instead}`
}
