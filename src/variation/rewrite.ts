import type { CandidateFailure } from '../core/failure.ts'
import { languageNamed } from '../core/language.ts'
import type { VariationRequest } from '../core/program.ts'
import type { EvolveBlock } from './evolve-block.ts'
import { genomeOf, lineEndOf, parseEvolveBlocks, replaceBlocks } from './evolve-block.ts'
import type { ModelOperator, Variation } from './operator.ts'
import { answerOf, fencedBlocks } from './reply.ts'

/**
 * Asks a model for the whole genome anew.
 *
 * The last complete fenced block of the reply that is tagged as the program's language becomes the genome; without one
 * the last tagged as code, else the last untagged one.
 * A block that holds the whole file with its markers gives the text between them, and what it says around them is
 * ignored. A program with several evolve blocks can only be answered with the whole file.
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
  const { complete, cut } = fencedBlocks(answerOf(reply))
  const { name, fence, aliases } = languageNamed(language)
  const own = complete.findLast(({ tag }) => [name, fence, ...aliases].includes(tag))
  const code = own ?? complete.findLast(({ tag }) => tag !== '' && !prose.has(tag))
  const chosen = code ?? complete.findLast(({ tag }) => tag === '')
  if (chosen === undefined) return failed({ kind: 'no-edit-found', message: nothingFound(cut) })
  const texts = textsFor(parent.source, parsed.blocks, chosen.text)
  if ('kind' in texts) return failed(texts)
  const ending = lineEndOf(parent.source)
  const replaced = replaceBlocks(
    parent.source,
    texts.map((text) => text.replace(/\r?\n/g, ending)),
  )
  if (!replaced.ok) return replaced
  if (replaced.source === parent.source) {
    return failed({ kind: 'unchanged', message: 'the new genome is the old one' })
  }
  const [before, after] = [lineCount(genomeOf(parent.source)), lineCount(genomeOf(replaced.source))]
  const change = { summary: `genome rewritten (${before} -> ${after} lines)`, detail: { before, after } }
  return { ok: true, source: replaced.source, traits: parent.traits, change }
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
