const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const sizeUnits = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
} as const

/** The written form of a duration: a decimal number and one of `ms`, `s`, `m`, `h`, `d`, without a space. */
export const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/

/** The written form of a size: a decimal number and `B`, `kB`, `MB`, `GB` (powers of 1000) or `KiB`, `MiB`, `GiB`. */
export const sizePattern = /^(\d+(?:\.\d+)?)(B|kB|KB|MB|GB|KiB|MiB|GiB)$/

/** What {@link durationPattern} accepts, in words for a message. */
export const durationForms = 'a number with ms, s, m, h or d'

/** What {@link sizePattern} accepts, in words for a message. */
export const sizeForms = 'a number with B, kB, MB or GB (powers of 1000), or KiB, MiB or GiB (powers of 1024)'

/**
 * Reads a duration such as `250ms`, `10s`, `1.5h`.
 *
 * A bare number has no unit and is refused, because rivals disagree on whether it means seconds or milliseconds.
 *
 * @returns Whole milliseconds, rounded; `undefined` when the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  return scaled(durationPattern.exec(text), durationUnits)
}

/**
 * Reads a size such as `256MB`, `16kB`, `1GiB`. `MB` is 1,000,000 bytes and `MiB` 1,048,576, as in the SI and IEC.
 *
 * @returns Whole bytes, rounded; `undefined` when the text is no size.
 */
export function parseSize(text: string): number | undefined {
  return scaled(sizePattern.exec(text), sizeUnits)
}

function scaled(match: RegExpExecArray | null, units: Readonly<Record<string, number>>): number | undefined {
  const factor = units[match?.[2] ?? '']
  if (match === null || factor === undefined) return undefined
  return Math.round(Number(match[1]) * factor)
}
