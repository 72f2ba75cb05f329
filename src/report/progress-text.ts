import { durationText } from '../core/units.ts'
import type { Progress } from '../run/event-sink.ts'
import { countText, percentText, rateText, tokensText, usdText } from './numbers.ts'
import { printableLine } from './printable.ts'

/** `1,234 of 2,000`, or the count alone when no number was asked for. */
export function doneText({ finished, candidates }: Progress): string {
  return candidates === undefined ? countText(finished) : `${countText(finished)} of ${countText(candidates)}`
}

/** Candidates per second of this process, or `undefined` before the first one. */
export function ratePerSecond({ session }: Progress): number | undefined {
  if (!(session.finished > 0) || !(session.elapsedMs > 0)) return undefined
  return session.finished / (session.elapsedMs / 1_000)
}

/** The rate as text, empty before the first candidate. */
export function rateOf(progress: Progress): string {
  const rate = ratePerSecond(progress)
  return rate === undefined ? '' : rateText(rate)
}

/**
 * Milliseconds until the first of the known budgets ends; `undefined` when nothing tells.
 *
 * @param sinceMs - Time gone by since the progress was reported.
 */
export function timeLeftMs(progress: Progress, sinceMs = 0): number | undefined {
  const rate = ratePerSecond(progress)
  const byCandidates =
    rate === undefined || progress.candidates === undefined
      ? undefined
      : ((progress.candidates - progress.finished) / rate) * 1_000 - sinceMs
  const byWall = progress.wallMs === undefined ? undefined : progress.wallMs - progress.elapsedMs - sinceMs
  const known = [byCandidates, byWall].filter((ms) => ms !== undefined && Number.isFinite(ms)) as number[]
  return known.length === 0 ? undefined : Math.max(0, Math.min(...known))
}

/** `about 40 s left`, or empty when nothing tells. */
export function timeLeftText(progress: Progress, sinceMs = 0): string {
  const left = timeLeftMs(progress, sinceMs)
  if (left === undefined) return ''
  return left < 1_000 ? 'less than 1 s left' : `about ${durationText(left)} left`
}

/** Number of failed candidates. */
export function failedCount(failures: Readonly<Record<string, number>>): number {
  return Object.values(failures).reduce((sum, count) => sum + (Number.isFinite(count) ? count : 0), 0)
}

/** `55 (4.5 %): threw 40, timed-out 15`, most frequent first; empty when nothing failed. */
export function failuresText(failures: Readonly<Record<string, number>>, finished: number): string {
  const total = failedCount(failures)
  if (total === 0) return ''
  const kinds = Object.entries(failures)
    .filter(([, count]) => count > 0)
    .toSorted(([, one], [, other]) => other - one)
    .map(([kind, count]) => `${printableLine(kind)} ${countText(count)}`)
  const share = finished > 0 ? ` (${percentText(total / finished)})` : ''
  return `${countText(total)}${share}: ${kinds.join(', ')}`
}

/** `12.3k tokens, $0.0123`; empty when nothing was spent. */
export function spendText({ tokens, usd }: { readonly tokens: number; readonly usd: number }): string {
  if (!(tokens > 0) && !(usd > 0)) return ''
  return [`${tokensText(tokens)} tokens`, ...(usd > 0 ? [usdText(usd)] : [])].join(', ')
}

/** What a run still waits for while it stops. */
export function drainingText(inFlight: number, leftMs: number): string {
  const until = Number.isFinite(leftMs) && leftMs > 0 ? `, ${durationText(leftMs)} at most` : ''
  return `stopping: waiting for ${countText(inFlight)} in flight${until}; Ctrl+C again stops now, nothing is lost`
}
