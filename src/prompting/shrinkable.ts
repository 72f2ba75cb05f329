import { fenced } from './untrusted.ts'

/** A part of a prompt that can be shown in part when room is short. What is missing is always said. */
export interface Shrinkable {
  /** How many units there are to show: items of a list, characters of a text. */
  readonly units: number
  /** The text with only `kept` units, from 0 to `units`. */
  show(kept: number): string
}

/** Which end of a list gives way first. */
export type Spared = 'first' | 'last'

/** How a list is set. */
export interface ListLayout {
  readonly separator: string
  /** The end whose items stay longest. */
  readonly spared: Spared
  /** Names one item and several items that were left out, for example `older attempt` and `older attempts`. */
  readonly one: string
  readonly several: string
}

/**
 * A list that loses whole items.
 *
 * @param items - Finished texts in the order shown.
 */
export function shrinkableList(items: readonly string[], layout: ListLayout): Shrinkable {
  return {
    units: items.length,
    show(kept) {
      if (kept >= items.length) return items.join(layout.separator)
      const missing = items.length - kept
      const note = `[... ${missing.toLocaleString('en')} ${missing === 1 ? layout.one : layout.several} left out]`
      return layout.spared === 'last'
        ? [note, ...items.slice(items.length - kept)].join(layout.separator)
        : [...items.slice(0, kept), note].join(layout.separator)
    },
  }
}

/** Below this length the note about what is missing would be as long as the text. */
const worthCutting = 80

/**
 * A fenced text that loses its middle, at line ends where there are any near. A very short one is always whole.
 *
 * @param language - Tag of the fence.
 */
export function shrinkableText(text: string, language: string): Shrinkable {
  if (text.length < worthCutting) return { units: 0, show: () => fenced(text, language) }
  return {
    units: text.length,
    show: (kept) => fenced(kept >= text.length ? text : withoutMiddle(text, kept), language),
  }
}

function withoutMiddle(text: string, kept: number): string {
  const head = endOfHead(text, Math.ceil(kept / 2))
  const tail = startOfTail(text, text.length - Math.floor(kept / 2))
  const note = `[... ${(tail - head).toLocaleString('en')} characters left out]\n`
  const before = text.slice(0, head)
  return `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${note}${text.slice(tail)}`
}

function endOfHead(text: string, wanted: number): number {
  const lineEnd = text.lastIndexOf('\n', wanted - 1) + 1
  if (lineEnd > wanted / 2) return lineEnd
  return isLowSurrogate(text, wanted) ? wanted - 1 : wanted
}

function startOfTail(text: string, wanted: number): number {
  if (wanted >= text.length) return text.length
  const lineStart = text.indexOf('\n', wanted - 1) + 1
  if (lineStart > 0 && lineStart - wanted < (text.length - wanted) / 2) return lineStart
  return isLowSurrogate(text, wanted) ? wanted + 1 : wanted
}

function isLowSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0xdc00 && unit <= 0xdfff
}

/** The most units that can be shown while `fits` holds, which must hold for all smaller numbers too. */
export function mostUnits(limit: number, fits: (kept: number) => boolean): number {
  let [low, high] = [0, limit]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle - 1
  }
  return low
}
