const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const plain = /^[\u0020-\u007e]*$/
const invisible = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\p{Zl}\p{Zp}]+$/u
const emoji = /\p{Emoji_Presentation}|\ufe0f/u

/** First and last code points of the stretches that terminals draw two cells wide. */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
]

/**
 * Cells that a line takes on a terminal: two for East Asian wide characters and emoji, none for combining marks.
 *
 * @param text - One line without escape codes.
 * @see Unicode Standard Annex 11, East Asian Width.
 */
export function textWidth(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment)
  return width
}

/**
 * Cuts a line to a width; a cut line ends with `…`.
 *
 * @param width - Cells, at least 1.
 */
export function cutToWidth(text: string, width: number): string {
  if (plain.test(text)) return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
  let used = 0
  let kept = ''
  for (const { segment, index } of graphemes.segment(text)) {
    const cells = graphemeWidth(segment)
    const last = index + segment.length === text.length
    if (used + cells > (last ? width : width - 1)) return textWidth(text) <= width ? text : `${kept}…`
    used += cells
    kept += segment
  }
  return text
}

function graphemeWidth(grapheme: string): number {
  const code = grapheme.codePointAt(0) ?? 0
  if (code >= 0x20 && code < 0x7f && grapheme.length === 1) return 1
  if (invisible.test(grapheme)) return 0
  if (emoji.test(grapheme)) return 2
  return wide.some(([first, last]) => code >= first && code <= last) ? 2 : 1
}
