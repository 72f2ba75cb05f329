import type { CandidateFailure } from '../../core/failure.ts'
import { isScript, languageNamed } from '../../core/language.ts'
import type { SourceForm } from '../../core/language.ts'
import type { Descriptor, DescriptorInput, ProgramText } from '../../descriptors/descriptor.ts'
import { isSeveralFiles, placeOfLine, splitFiles } from '../../core/program-files.ts'
import { childrenAt } from '../../syntax/node.ts'
import { exportedNames, parse } from '../../syntax/parse.ts'
import { genomeOf, parseEvolveBlocks } from '../../variation/evolve-block.ts'
import type { ParseOutcome } from '../trusted-pool.ts'
import { linkFiles } from './link-files.ts'
import { stripTypes } from './strip-types.ts'

/**
 * Checks a candidate's text without running any of it: evolve markers, and for JavaScript and TypeScript the syntax and
 * the exported entry. A text in any other language is handed on as it is.
 *
 * @param descriptors - The built-in ones to measure.
 * @param first - The first program, for descriptors that compare with it.
 */
export function parseSource(
  source: string,
  form: SourceForm,
  descriptors: readonly Descriptor[],
  first?: ProgramText,
): ParseOutcome {
  const measure = (text: ProgramText) => measured(descriptors, { ...text, first })
  if (isScript(form.language)) return parseScript(source, form.entry, measure)
  const blocks = parseEvolveBlocks(source, languageNamed(form.language).comment)
  if (!blocks.ok) return failed({ kind: 'syntax', message: blocks.message, ...placeOfLine(source, blocks.line) })
  return { ok: true, parsed: { code: source, descriptors: measure({ genome: genomeOf(source), syntax: undefined }) } }
}

/** A whole file as descriptors read it; without a syntax tree where it cannot be parsed. */
export function programText(source: string, form: SourceForm): ProgramText {
  const parsed = isScript(form.language) ? parse(source) : undefined
  return { genome: genomeOf(source), syntax: parsed?.ok === true ? parsed.syntax : undefined }
}

function parseScript(
  source: string,
  entry: string | undefined,
  measure: (text: ProgramText) => Readonly<Record<string, number>>,
): ParseOutcome {
  const parsed = parse(source)
  if (!parsed.ok) return parsed
  const { syntax } = parsed
  const blocks = parseEvolveBlocks(source)
  if (!blocks.ok) return failed({ kind: 'syntax', message: blocks.message, ...placeOfLine(source, blocks.line) })
  const files = isSeveralFiles(source) ? splitFiles(source) : undefined
  const first = files === undefined ? syntax.root : childrenAt(syntax.root, 'body')[0]
  const exported = first === undefined ? [] : exportedNames({ root: first })
  if (entry !== undefined && !exported.includes(entry))
    return failed({ kind: 'syntax', message: notExported(entry, exported), ...(files?.[0] && { file: files[0].path }) })
  const made = files === undefined ? stripTypes(source) : linkFiles(files, childrenAt(syntax.root, 'body'))
  if (!made.ok) return made
  const { ok: _, ...code } = made
  return { ok: true, parsed: { ...code, descriptors: measure({ genome: genomeOf(source), syntax }) } }
}

function measured(descriptors: readonly Descriptor[], input: DescriptorInput) {
  return Object.fromEntries(descriptors.map((each) => [each.name, each.measure(input)]))
}

function failed(failure: CandidateFailure): ParseOutcome {
  return { ok: false, failure }
}

function notExported(entry: string, exported: readonly string[]): string {
  const instead = exported.length === 0 ? 'it exports nothing' : `it exports ${exported.join(', ')}`
  return `the program must export a function named ${entry}; ${instead}`
}
