import type { CandidateFailure } from '../../core/failure.ts'
import type { Descriptor } from '../../descriptors/descriptor.ts'
import { exportedNames, parse } from '../../syntax/parse.ts'
import { genomeOf, parseEvolveBlocks } from '../../variation/evolve-block.ts'
import type { ParseOutcome } from '../trusted-pool.ts'
import { stripTypes } from './strip-types.ts'

/**
 * Checks a candidate's text without running any of it: syntax, evolve markers, the exported entry.
 *
 * @param entry - Name that the module must export.
 * @param descriptors - The built-in ones to measure.
 */
export function parseSource(source: string, entry: string, descriptors: readonly Descriptor[]): ParseOutcome {
  const parsed = parse(source)
  if (!parsed.ok) return parsed
  const { syntax } = parsed
  const blocks = parseEvolveBlocks(source)
  if (!blocks.ok) return failed({ kind: 'syntax', message: blocks.message, line: blocks.line })
  const exported = exportedNames(syntax)
  if (!exported.includes(entry)) return failed({ kind: 'syntax', message: notExported(entry, exported) })
  const stripped = stripTypes(source)
  if (!stripped.ok) return stripped
  const input = { genome: genomeOf(source), syntax }
  const measured = descriptors.map((each) => [each.name, each.measure(input)] as const)
  return { ok: true, parsed: { code: stripped.code, descriptors: Object.fromEntries(measured) } }
}

function failed(failure: CandidateFailure): ParseOutcome {
  return { ok: false, failure }
}

function notExported(entry: string, exported: readonly string[]): string {
  const instead = exported.length === 0 ? 'it exports nothing' : `it exports ${exported.join(', ')}`
  return `the program must export a function named ${entry}; ${instead}`
}
