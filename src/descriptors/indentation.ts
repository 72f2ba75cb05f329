/**
 * The most lines, each indented deeper than the one before, under which a line of a text stands, itself included: how deeply
 * code is nested in a language that is not parsed. Empty lines do not count. At least 0.
 *
 * @param counts - Which lines to count; by default all.
 */
export function deepestIndentation(text: string, counts: (line: string) => boolean = () => true): number {
  const open: number[] = []
  let greatest = 0
  for (const line of text.split('\n')) {
    const width = line.search(/\S/)
    if (width === -1) continue
    while ((open.at(-1) ?? -1) >= width) open.pop()
    if (counts(line)) open.push(width)
    if (open.length > greatest) greatest = open.length
  }
  return greatest
}
