const outsideAscii = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/**
 * Writes a value as JSON that is safe on a terminal too: what JSON leaves alone of the control characters is escaped.
 *
 * Large integers of a database become numbers where these are exact and texts otherwise; bytes become hexadecimal
 * text. The result reads back as the same data.
 *
 * @param indent - Spaces per level; 0 writes one line.
 */
export function jsonText(value: unknown, indent = 2): string {
  const text = JSON.stringify(value, plainValue, indent) as string | undefined
  return (text ?? 'null').replaceAll(
    outsideAscii,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function plainValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}
