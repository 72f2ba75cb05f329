import { durationText } from '../core/units.ts'
import type { Progress } from '../run/event-sink.ts'
import { scoreText } from './numbers.ts'
import { printableLine } from './printable.ts'
import { doneText, drainingText, failuresText, rateOf, spendText, timeLeftText } from './progress-text.ts'
import { sparkline } from './sparkline.ts'
import type { StyleCodes } from './style-codes.ts'
import { cutToWidth, textWidth } from './text-width.ts'

/** What a live view shows at one moment. */
export interface LiveState {
  readonly run: string
  readonly progress: Progress | undefined
  /** Milliseconds since the progress was reported. */
  readonly sinceMs: number
  /** Best values at equal distances, oldest first. */
  readonly history: readonly number[]
  /** Set while the run stops; `leftMs` is the longest it may still take. */
  readonly draining: { readonly inFlight: number; readonly leftMs: number } | undefined
}

const labelWidth = 10
const separator = '  '

/**
 * Draws the live view, at most one terminal row per line.
 *
 * @param width - Cells of the terminal. Lines stay one below it, so that no terminal wraps them.
 */
export function liveBlock(state: LiveState, width: number, style: StyleCodes): string[] {
  const room = Math.max(1, width - 1)
  return linesOf(state, room).map(([label, text], index) => {
    const line = cutToWidth(label.padEnd(labelWidth) + text, room)
    const head = index === 0 ? style.bold : style.dim
    return head(line.slice(0, labelWidth)) + line.slice(labelWidth)
  })
}

function linesOf(state: LiveState, room: number): (readonly [label: string, text: string])[] {
  const { progress, draining } = state
  const run = printableLine(state.run)
  if (progress === undefined) return [['run', `${run}${separator}starting`]]
  const failures = failuresText(progress.failures, progress.finished)
  const spend = spendText(progress)
  const lines: (readonly [string, string])[] = [
    ['run', run],
    ['done', parts([doneText(progress), bar(progress), rateOf(progress), `${String(progress.inFlight)} in flight`])],
    ['best', bestText(state, progress, room - labelWidth)],
  ]
  if (failures !== '') lines.push(['failures', failures])
  if (spend !== '') lines.push(['spend', spend])
  const elapsed = durationText(progress.elapsedMs + state.sinceMs)
  lines.push(['time', parts([elapsed, timeLeftText(progress, state.sinceMs)])])
  if (draining !== undefined) lines.push(['', drainingText(draining.inFlight, draining.leftMs)])
  return lines
}

function bestText({ history }: LiveState, progress: Progress, room: number): string {
  const text = parts([
    scoreText(progress.best),
    progress.first === undefined ? '' : `first ${scoreText(progress.first)}`,
  ])
  const left = Math.min(60, room - textWidth(text) - separator.length)
  // The first value stays the floor of the picture, also when the early part of the history was thinned out.
  const values = progress.first === undefined ? history : [progress.first, ...history]
  return left < 4 || values.length < 2 ? text : text + separator + sparkline(values, left)
}

const barWidth = 20

function bar({ finished, candidates }: Progress): string {
  if (candidates === undefined || !(candidates > 0)) return ''
  const share = Math.min(1, Math.max(0, finished / candidates))
  if (!Number.isFinite(share)) return ''
  const full = Math.floor(share * barWidth)
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${String(Math.floor(share * 100))} %`
}

function parts(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(separator)
}
