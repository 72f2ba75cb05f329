/**
 * The part of a model's reply that is meant as the answer: everything behind a leading `<think>` section.
 *
 * Drafts in that section look like answers and would be applied beside them.
 */
export function answerOf(reply: string): string {
  if (!reply.trimStart().startsWith('<think>')) return reply
  const end = reply.indexOf('</think>')
  return end === -1 ? reply : reply.slice(end + '</think>'.length)
}

/** A fenced block of a Markdown text: its tag, mostly a language, in lower case (empty when untagged) and its text. */
export interface Fenced {
  readonly tag: string
  /** The rest of the opening line, where the file's name stands; empty for most. */
  readonly info: string
  readonly text: string
}

/** The complete fenced blocks of a text in order, and whether a last one was opened and never closed. */
export interface FencedBlocks {
  readonly complete: readonly Fenced[]
  readonly cut: boolean
}

/**
 * Reads the fenced blocks of a text.
 *
 * A block opens with three or more backticks or tildes and closes with a line of at least as many of the same alone.
 */
export function fencedBlocks(text: string): FencedBlocks {
  const complete: Fenced[] = []
  let open:
    { readonly fence: string; readonly tag: string; readonly info: string; readonly lines: string[] } | undefined
  for (const line of text.split('\n')) {
    const [, fence = '', info = ''] =
      (line.length > 500 ? undefined : /^[ \t]{0,8}(`{3,}|~{3,})(.*)$/s.exec(line)) ?? []
    if (open === undefined) {
      const tag = /^[^\s,:{]*/.exec(info.trim())?.[0].toLowerCase() ?? ''
      if (fence !== '') open = { fence, tag, info: info.trim().slice(tag.length), lines: [] }
    } else if (fence.startsWith(open.fence) && info.trim() === '') {
      complete.push({ tag: open.tag, info: open.info, text: open.lines.map((each) => `${each}\n`).join('') })
      open = undefined
    } else {
      open.lines.push(line)
    }
  }
  return { complete, cut: open !== undefined }
}
