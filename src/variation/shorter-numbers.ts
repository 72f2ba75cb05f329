import { shown } from './edit.ts'
import type { NumberOutline } from './outline.ts'
import type { Reduction } from './reduction.ts'

/** With the last of them no number changes. */
const digitCounts = [1, 2, 4, 8, 17]

/**
 * Every fractional number with fewer significant digits: 1, 2, 4 and 8 of them, where it has more, and written as short as
 * can be.
 *
 * @param point - Written behind a number that has become whole, for languages in which it would be of another type.
 */
export function shorterNumbers({ literals, source }: NumberOutline, point: '' | '.0'): readonly Reduction[] {
  return digitCounts.flatMap((digits) =>
    literals.flatMap(({ start, end, line, value, integer, suffix = '' }): Reduction[] => {
      const before = source.slice(start, end)
      const number = before.slice(0, before.length - suffix.length)
      // A whole number mostly counts something, and 1000 for 1024 is not shorter.
      if (integer || (digits < 17 && significantDigits(number) <= digits)) return []
      const short = shortest(digits < 17 ? Number(value.toPrecision(digits)) : value, point)
      if (short === undefined || short.length >= number.length) return []
      const text = short + suffix
      const summary = `${shown(before)} -> ${text}`
      return [{ phase: 'numbers', kind: 'number', line, edits: [{ start, end, text }], summary }]
    }),
  )
}

function significantDigits(text: string): number {
  return text
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+/, '').length
}

function shortest(value: number, point: string): string | undefined {
  if (!Number.isFinite(value)) return undefined
  const text = String(value)
  return /^-?\d+$/.test(text) ? text + point : text
}
