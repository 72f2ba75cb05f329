/** The comments right before a place of a file, without the blank lines around them; empty when there are none. */
export function leadingComment(text: string, place: number): string {
  const before = text.slice(0, place)
  const found = /(?:^|\n)((?:[ \t]*(?:\/\/[^\n]*|\/\*(?:(?!\*\/)[\s\S])*\*\/)[ \t]*\n)+)[ \t]*$/.exec(before)
  return (found?.[1] ?? '').trim()
}
