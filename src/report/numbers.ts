/** A score at full precision: the shortest text that reads back as the same number. */
export function scoreText(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? 'none' : String(value)
}

/** A count with its thousands set apart: `1,234,567`. */
export function countText(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : '?'
}

/** Tokens in three digits: `950`, `12.3k`, `1.25M`. */
export function tokensText(tokens: number): string {
  if (!Number.isFinite(tokens)) return '?'
  if (tokens < 1_000) return String(Math.round(tokens))
  const [value, unit] =
    tokens < 999_500 ? [tokens / 1e3, 'k'] : tokens < 999_500_000 ? [tokens / 1e6, 'M'] : [tokens / 1e9, 'G']
  return `${String(Number(value.toPrecision(3)))}${unit}`
}

/** An amount of money: cents from ten dollars on, finer below, `$0` for nothing. */
export function usdText(usd: number): string {
  if (!Number.isFinite(usd)) return '$?'
  if (usd === 0) return '$0'
  if (usd < 0.0001) return usd > 0 ? '<$0.0001' : `-$${String(-usd)}`
  return `$${usd.toFixed(usd < 10 ? 4 : 2)}`
}

/** A rate in units per second: `312/s`, `1.4/s`; below one a second, units per minute. */
export function rateText(perSecond: number): string {
  if (!Number.isFinite(perSecond) || perSecond < 0) return '?/s'
  if (perSecond === 0) return '0/s'
  if (perSecond >= 99.5) return `${countText(perSecond)}/s`
  return perSecond >= 1
    ? `${String(Number(perSecond.toPrecision(2)))}/s`
    : `${String(Number((perSecond * 60).toPrecision(2)))}/min`
}

/** A share as per cent: `6.2 %`. */
export function percentText(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(digits)} %` : '? %'
}
