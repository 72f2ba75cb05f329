/**
 * Puts text into a code fence that it cannot leave, whatever it holds.
 *
 * The fence is longer than any run of backticks within, so nothing inside can pose as a heading or close it.
 *
 * @param language - Tag after the opening fence; empty for none.
 */
export function fenced(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  const end = text === '' || text.endsWith('\n') ? '' : '\n'
  return `${fence}${language}\n${text}${end}${fence}`
}

/**
 * Puts text into one line of inline code: white space is folded, control characters go, what exceeds `limit` is cut.
 *
 * @param limit - Characters kept, at least 1.
 */
export function inline(text: string, limit: number): string {
  // A message can be megabytes; what lies far behind the limit needs no folding.
  const folded = text
    .slice(0, limit * 8)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  const kept = folded.length > limit ? `${folded.slice(0, limit)} ...` : folded
  if (kept === '') return '(empty)'
  const ticks = '`'.repeat(longestRun(kept) + 1)
  const pad = kept.startsWith('`') || kept.endsWith('`') ? ' ' : ''
  return `${ticks}${pad}${kept}${pad}${ticks}`
}

function longestRun(text: string): number {
  let longest = 0
  for (const run of text.matchAll(/`+/g)) longest = Math.max(longest, run[0].length)
  return longest
}
