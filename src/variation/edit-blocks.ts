/** One SEARCH/REPLACE block of a reply, as lines without their line feeds (a carriage return stays). */
export interface EditBlock {
  readonly search: readonly string[]
  readonly replace: readonly string[]
  /** What stands behind the word SEARCH: the file that is meant, in a program of several. */
  readonly file?: string
}

/** The blocks of a reply, at least one; or why nothing can be read out of it. */
export type EditBlocks =
  { readonly ok: true; readonly blocks: readonly EditBlock[] } | { readonly ok: false; readonly message: string }

// Runs are bounded: an unbounded one overflows the engine's stack on a line of ten million characters.
const opener = /^\s{0,200}(<{5,200})\s{0,200}SEARCH\b(.{0,300})/i
const divider = /^\s{0,200}(={5,200})\s{0,200}$/
const closer = /^\s{0,200}(>{5,200})\s{0,200}REPLACE\b/i

/**
 * Reads the SEARCH/REPLACE blocks of a reply; whatever stands around them (prose, fences, file names) is ignored.
 *
 * Marker lines have five characters or more. Where a block holds lines that look like its own markers, those as long as
 * its first line count, so code with conflict markers can be edited with longer ones. Takes time linear in the reply.
 */
export function readEditBlocks(reply: string): EditBlocks {
  const lines = reply.split('\n')
  const blocks: EditBlock[] = []
  let at = 0
  while (at < lines.length) {
    const length = lengthOf(opener, lines[at])
    if (length === 0) {
      at++
      continue
    }
    const end = closingLine(lines, at + 1, length)
    if (end === undefined) return { ok: false, message: cutMessage(at + 1) }
    const block = halves(lines.slice(at + 1, end), length)
    if (block === undefined) return { ok: false, message: dividerMessage(at + 1) }
    const file = fileNamed(lines[at] ?? '')
    blocks.push(file === undefined ? block : { ...block, file })
    at = end + 1
  }
  if (blocks.length > 0) return { ok: true, blocks }
  return { ok: false, message: 'the reply holds no <<<<<<< SEARCH block; answer with SEARCH/REPLACE blocks' }
}

/** `SEARCH lib/circle.ts`, with or without quotes, backticks or a colon around the name. */
function fileNamed(line: string): string | undefined {
  const told = opener.exec(line)?.[2]?.replace(/^[\s:`'"(]+|[\s:`'")]+$/g, '')
  return told === undefined || told === '' ? undefined : told
}

function lengthOf(shape: RegExp, line: string | undefined): number {
  return shape.exec(line ?? '')?.[1]?.length ?? 0
}

/** The closing line as long as the opening one, else the first of any length; looked for up to the next opening line. */
function closingLine(lines: readonly string[], from: number, length: number): number | undefined {
  let other: number | undefined
  for (let at = from; at < lines.length; at++) {
    if (lengthOf(opener, lines[at]) === length) return other
    const closing = lengthOf(closer, lines[at])
    if (closing === length) return at
    if (closing > 0) other ??= at
  }
  return other
}

function halves(body: readonly string[], length: number): EditBlock | undefined {
  const all = body.flatMap((line, index) => (divider.test(line) ? [index] : []))
  const own = all.length > 1 ? all.filter((index) => lengthOf(divider, body[index]) === length) : all
  const [only] = own
  if (only === undefined || own.length > 1) return undefined
  return { search: body.slice(0, only), replace: body.slice(only + 1) }
}

function cutMessage(line: number): string {
  return `the reply was cut: the SEARCH block at its line ${line} has no >>>>>>> REPLACE line`
}

function dividerMessage(line: number): string {
  return `the SEARCH block at line ${line} of the reply needs exactly one ======= line between its two parts`
}

/**
 * Writes edit blocks the way {@link readEditBlocks} reads them, with markers longer than any marker-like run in them.
 */
export function writeEditBlocks(blocks: readonly EditBlock[]): string {
  const lines = blocks.flatMap(({ search, replace }) => [...search, ...replace])
  const runs = lines.map((line) => /^\s{0,200}(<{5,198}|={5,198}|>{5,198})/.exec(line)?.[1]?.length ?? 0)
  const length = runs.reduce((longest, run) => Math.max(longest, run + 1), 7)
  return blocks
    .map(({ search, replace, file }) =>
      [
        `${'<'.repeat(length)} SEARCH${file === undefined ? '' : ` ${file}`}`,
        ...search,
        '='.repeat(length),
        ...replace,
        `${'>'.repeat(length)} REPLACE`,
        '',
      ].join('\n'),
    )
    .join('\n')
}
