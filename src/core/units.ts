const durationUnits = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'm', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const

/**
 * A duration as a person writes it: `850 ms`, `1.5 s`, `1m 20s`, `2h 5m`, `3d 4h`.
 *
 * Two units at most; below a minute, seconds to one decimal. A negative or non-finite duration is `unknown`.
 *
 * @param ms - Milliseconds.
 */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return 'unknown'
  if (ms < 999.5) return `${String(Math.round(ms))} ms`
  if (ms < 59_950) return `${String(Math.round(ms / 100) / 10)} s`
  const rounded = Math.round(ms / 1_000) * 1_000
  const at = durationUnits.findIndex((unit) => rounded >= unit.ms)
  const large = durationUnits[at]
  const small = durationUnits[at + 1]
  if (large === undefined || small === undefined) return `${String(Math.round(ms / 1_000))} s`
  const whole = Math.floor(rounded / large.ms)
  const rest = Math.floor((rounded - whole * large.ms) / small.ms)
  return rest === 0 ? `${String(whole)}${large.name}` : `${String(whole)}${large.name} ${String(rest)}${small.name}`
}

const decimalSizes = ['B', 'kB', 'MB', 'GB', 'TB'] as const
const binarySizes = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/**
 * A size as a person writes it: `256 MB`, `64 KiB`, `1.5 GB`.
 *
 * Powers of 1024 are used where they express the size exactly and powers of 1000 do not. Otherwise one decimal.
 *
 * @param bytes - A negative or non-finite size is `unknown`.
 */
export function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return 'unknown'
  const decimal = scaled(bytes, 1_000, decimalSizes)
  const binary = scaled(bytes, 1_024, binarySizes)
  return binary.exact && !decimal.exact ? binary.text : decimal.text
}

function scaled(bytes: number, step: number, names: readonly string[]): { text: string; exact: boolean } {
  let value = bytes
  let power = 0
  while (value >= step && power < names.length - 1) {
    value /= step
    power++
  }
  const rounded = Math.round(value * 10) / 10
  return { text: `${String(rounded)} ${names[power] ?? 'B'}`, exact: Number.isInteger(value) }
}
