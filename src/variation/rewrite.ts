import type { CandidateFailure } from '../core/failure.ts'
import { languageNamed } from '../core/language.ts'
import { fileSpans } from '../core/program-files.ts'
import type { FileSpan } from '../core/program-files.ts'
import type { VariationRequest } from '../core/program.ts'
import type { EvolveBlock } from './evolve-block.ts'
import { genomeOf, lineEndOf, parseEvolveBlocks, replaceBlocks } from './evolve-block.ts'
import type { ModelOperator, Variation } from './operator.ts'
import { answerOf, fencedBlocks } from './reply.ts'
import type { Fenced, FencedBlocks } from './reply.ts'

/**
 * Asks a model for the whole genome anew.
 *
 * The last complete fenced block of the reply that is tagged as the program's language becomes the genome; without one
 * the last tagged as code, else the last untagged one.
 * A block that holds the whole file with its markers gives the text between them, and what it says around them is
 * ignored. A program with several evolve blocks can only be answered with the whole file.
 *
 * Of a program of several files every fence that names a file is that file anew, whole or its evolve block.
 */
export const rewrite: ModelOperator = {
  kind: 'model',
  name: 'rewrite',
  template: 'rewrite',
  inspirations: { least: 0, most: 2 },
  replyFormat: 'rewrite',
  apply: applyRewrite,
}

/** Language tags of blocks that are no program. */
const prose: ReadonlySet<string> = new Set(
  (
    'text txt plain plaintext markdown md json jsonc json5 yaml yml toml xml html css csv diff patch bash sh shell zsh ' +
    'console output log latex math mermaid sql'
  ).split(' '),
)

function applyRewrite(reply: string, { parent, language = 'typescript' }: VariationRequest): Variation {
  const parsed = parseEvolveBlocks(parent.source)
  if (!parsed.ok) {
    return failed({ kind: 'outside-evolve-block', message: `the parent's markers are wrong: ${parsed.message}` })
  }
  const spans = fileSpans(parent.source)
  const given = fencedBlocks(answerOf(reply))
  const texts =
    spans.length === 0
      ? textsOfOne(parent.source, parsed.blocks, given, language)
      : textsOfSeveral(parent.source, parsed.blocks, spans, given, language)
  if ('kind' in texts) return failed(texts)
  const replaced = replaceBlocks(parent.source, texts)
  if (!replaced.ok) return replaced
  if (replaced.source === parent.source) {
    return failed({ kind: 'unchanged', message: 'the new genome is the old one' })
  }
  const [before, after] = [lineCount(genomeOf(parent.source)), lineCount(genomeOf(replaced.source))]
  const change = { summary: `genome rewritten (${before} -> ${after} lines)`, detail: { before, after } }
  return { ok: true, source: replaced.source, traits: parent.traits, change }
}

/** One text per evolve block, or why there is none. */
type Texts = readonly string[] | CandidateFailure

function textsOfOne(source: string, blocks: readonly EvolveBlock[], given: FencedBlocks, language: string): Texts {
  const chosen = codeOf(given.complete, language)
  if (chosen === undefined) return { kind: 'no-edit-found', message: nothingFound(given.cut) }
  const texts = textsFor(source, blocks, chosen.text)
  return 'kind' in texts ? texts : withEnding(source, texts)
}

/** The fence to read: the last tagged as the program's language, else the last tagged as code, else the last untagged. */
function codeOf(complete: readonly Fenced[], language: string): Fenced | undefined {
  const { name, fence, aliases } = languageNamed(language)
  const own = complete.findLast(({ tag }) => [name, fence, ...aliases].includes(tag))
  const code = own ?? complete.findLast(({ tag }) => tag !== '' && !prose.has(tag))
  return code ?? complete.findLast(({ tag }) => tag === '')
}

function withEnding(source: string, texts: readonly string[]): readonly string[] {
  const ending = lineEndOf(source)
  return texts.map((text) => {
    const told = text.replace(/\r?\n/g, ending)
    return told === '' || told.endsWith('\n') ? told : told + ending
  })
}

/** The last fence that names a file is that file anew; files that no fence names stay as they are. */
function textsOfSeveral(
  source: string,
  blocks: readonly EvolveBlock[],
  spans: readonly FileSpan[],
  given: FencedBlocks,
  language: string,
): Texts {
  const anew = new Map<string, string>()
  for (const fence of given.complete) {
    const path = fileNamedBy(fence, spans)
    if (path !== undefined) anew.set(path, fence.text)
  }
  const evolving = spans.filter((span) => blocks.some((block) => isWithin(block, span)))
  const [only, ...others] = evolving
  const unnamed = anew.size === 0 && others.length === 0 ? codeOf(given.complete, language) : undefined
  if (only !== undefined && unnamed !== undefined) anew.set(only.path, unnamed.text)
  if (anew.size === 0) {
    const told = `name the file behind the language of its fence, as in \`\`\`ts ${only?.path ?? ''}`
    return {
      kind: 'no-edit-found',
      message: given.complete.length === 0 ? nothingFound(given.cut) : `no fence names a file of the program: ${told}`,
    }
  }
  const texts: string[] = []
  for (const span of spans) {
    const own = blocks.filter((block) => isWithin(block, span))
    const text = anew.get(span.path)
    if (text === undefined) {
      texts.push(...own.map(({ start, end }) => source.slice(start, end)))
      continue
    }
    if (own.length === 0)
      return { kind: 'outside-evolve-block', message: `nothing in the file ${span.path} may change` }
    const file = source.slice(span.start, span.end)
    const moved = own.map(({ start, end }) => ({ start: start - span.start, end: end - span.start }))
    const made = span.whole ? [text] : textsFor(file, moved, text)
    if ('kind' in made) return { ...made, message: `${span.path}: ${made.message}` }
    texts.push(...withEnding(file, made))
  }
  return texts
}

function isWithin(block: EvolveBlock, span: FileSpan): boolean {
  return span.start <= block.start && block.end <= span.end
}

/** A file's path as a word of the opening line, or the tag itself: ```` ```ts pack.ts ````, ```` ```ts title="pack.ts" ````. */
function fileNamedBy({ tag, info }: Fenced, spans: readonly FileSpan[]): string | undefined {
  const words = `${tag} ${info}`.split(/[\s,:={}"'`()]+/).map((word) => word.replace(/^\.\//, ''))
  return spans.find(({ path }) => words.includes(path) || words.includes(path.toLowerCase()))?.path
}

function failed(failure: CandidateFailure): { readonly ok: false; readonly failure: CandidateFailure } {
  return { ok: false, failure }
}

function nothingFound(cut: boolean): string {
  return cut
    ? 'the reply was cut: its last fenced block is never closed'
    : 'the reply holds no fenced block of code; answer with the whole genome between ``` lines'
}

/** One text per evolve block of the parent. */
function textsFor(source: string, blocks: readonly EvolveBlock[], text: string): readonly string[] | CandidateFailure {
  if (!/EVOLVE-BLOCK-(START|END)/.test(text)) {
    if (blocks.length === 1) return [withoutFixedText(source, blocks[0], text)]
    const message = `the program has ${blocks.length} evolve blocks: answer with the whole file, markers included`
    return { kind: 'no-edit-found', message }
  }
  const given = parseEvolveBlocks(text)
  if (!given.ok) {
    return { kind: 'outside-evolve-block', message: `line ${given.line} of the new code: ${given.message}` }
  }
  if (given.blocks.length !== blocks.length) {
    const message = `the program has ${blocks.length} evolve blocks and the new code ${given.blocks.length}`
    return { kind: 'outside-evolve-block', message }
  }
  return given.blocks.map(({ start, end }) => text.slice(start, end))
}

/** A whole file repeated without its marker lines: the fixed text around the genome is taken off again. */
function withoutFixedText(source: string, block: EvolveBlock | undefined, text: string): string {
  const head = source.slice(0, block?.start).split('\n').slice(0, -2).join('\n').trim()
  const tail = source.slice(block?.end).split('\n').slice(1).join('\n').trim()
  const bare = text.trim()
  const repeated = head + tail !== '' && bare.length >= head.length + tail.length
  if (!repeated || !bare.startsWith(head) || !bare.endsWith(tail)) return text
  const between = bare.slice(head.length, bare.length - tail.length)
  const firstCode = between.length - between.trimStart().length
  return between.slice(between.lastIndexOf('\n', firstCode) + 1)
}

function lineCount(text: string): number {
  return text.split('\n').length
}
