import type { Objective } from '../core/objective.ts'
import { durationText } from '../core/units.ts'
import { holdoutText } from './holdout-text.ts'
import type { HeldOut } from './holdout-text.ts'
import { countText, percentText, rateText, scoreText } from './numbers.ts'
import { printableLine } from './printable.ts'
import { failuresText, spendText } from './progress-text.ts'

/** A value with where it was published. */
export interface SourcedValue {
  readonly value: number
  readonly source: string | undefined
  /** 0 when the solution was checked exactly; absent when nobody says. */
  readonly tolerance?: number | undefined
}

/** The figures of a run that has ended. Values are in the raw unit of the first objective. */
export interface RunSummary {
  readonly run: string
  /** Why it ended, for example `all 2,000 candidates are done`. */
  readonly reason: string
  /** The level of the curriculum that the values are of; absent without one. */
  readonly level?: string | undefined
  readonly objective: Objective
  readonly first: number | undefined
  readonly trivial: SourcedValue | undefined
  readonly best: number | undefined
  /** Ordinal of the best program. */
  readonly bestOrdinal: number | undefined
  readonly known: readonly SourcedValue[]
  readonly finished: number
  readonly failures: Readonly<Record<string, number>>
  readonly tokens: number
  readonly usd: number
  readonly elapsedMs: number
  /** First program and champion on inputs that the search never saw. */
  readonly holdout?: { readonly first: HeldOut; readonly best: readonly HeldOut[] } | undefined
  /** `false` when candidates had a clock. Default: true. */
  readonly reproducible?: boolean
  /** The command that goes further. */
  readonly next: string
}

/**
 * The best of the known values, by the objective's direction; the first of equal ones.
 *
 * As soon as one of them is known to be exactly valid, mere claims and values that lean on a tolerance are left aside.
 */
export function bestKnown(objective: Objective, known: readonly SourcedValue[]): SourcedValue | undefined {
  const sign = objective.direction === 'maximize' ? 1 : -1
  const checked = known.filter(({ tolerance }) => tolerance === 0)
  let best: SourcedValue | undefined
  for (const one of checked.length > 0 ? checked : known)
    if (best === undefined || sign * one.value > sign * best.value) best = one
  return best
}

/**
 * How far a value has come on the way from one value to another: 0 at `from`, 1 at `to`, above 1 beyond it.
 *
 * @returns `undefined` when there is no way to go or a value is not finite.
 */
export function shareOfGap(value: number, from: number, to: number): number | undefined {
  const share = (value - from) / (to - from)
  return Number.isFinite(share) ? share : undefined
}

/** The share of the gap that the run closed: from the better of trivial and first value to the best known value. */
export function gapClosed(
  summary: RunSummary,
): { readonly share: number; readonly from: 'trivial' | 'first' } | undefined {
  const { objective, trivial, first, best } = summary
  const to = bestKnown(objective, summary.known)?.value
  const sign = objective.direction === 'maximize' ? 1 : -1
  const isFirst = first !== undefined && (trivial === undefined || sign * first > sign * trivial.value)
  const from = isFirst ? first : trivial?.value
  if (to === undefined || from === undefined || best === undefined) return undefined
  const share = shareOfGap(best, from, to)
  return share === undefined ? undefined : { share, from: isFirst ? 'first' : 'trivial' }
}

/** Why the same seed may give another run. */
export const notReproducible = 'no: candidates have a clock (time_budget)'

/** The last lines of a run. */
export function summaryLines(summary: RunSummary): string[] {
  const known = bestKnown(summary.objective, summary.known)
  const rows: (readonly [label: string, text: string])[] = [
    ['curriculum', summary.level ?? ''],
    ['first value', scoreText(summary.first)],
    ['trivial value', summary.trivial === undefined ? '' : sourcedText(summary.trivial)],
    ['best', bestText(summary)],
    ['best known', known === undefined ? '' : sourcedText(known)],
    ['gap closed', gapText(summary)],
    ['hold-out', holdoutLine(summary)],
    ['spend', spendText(summary) || 'no model calls'],
    ['failures', failuresText(summary.failures, summary.finished) || 'none'],
    ['repeatable', summary.reproducible === false ? notReproducible : ''],
    ['go further', summary.next],
  ]
  return [
    `${printableLine(summary.run)}: ${printableLine(summary.reason)}; ${countText(summary.finished)} candidates in ${durationText(summary.elapsedMs)}${speedText(summary)}`,
    ...rows.filter(([, text]) => text !== '').map(([label, text]) => `  ${label.padEnd(14)}${printableLine(text)}`),
  ]
}

function holdoutLine({ objective, holdout }: RunSummary): string {
  const [champion] = holdout?.best ?? []
  return holdout === undefined || champion === undefined ? '' : holdoutText(objective, holdout.first, champion)
}

function speedText({ finished, elapsedMs }: RunSummary): string {
  return finished > 0 && elapsedMs > 0 ? ` (${rateText(finished / (elapsedMs / 1_000))})` : ''
}

function bestText({ best, bestOrdinal, objective }: RunSummary): string {
  if (best === undefined) return 'none: no candidate was valid'
  const which = bestOrdinal === undefined ? '' : ` (program ${String(bestOrdinal)})`
  return `${scoreText(best)}${which}, ${printableLine(objective.name)}, ${objective.direction === 'maximize' ? 'higher' : 'lower'} is better`
}

function sourcedText({ value, source }: SourcedValue): string {
  return source === undefined ? scoreText(value) : `${scoreText(value)} (${source})`
}

function gapText(summary: RunSummary): string {
  const closed = gapClosed(summary)
  if (closed === undefined) return ''
  const way = `of the way from the ${closed.from} to the best known value`
  const lead = leadOverKnown(summary)
  if (lead >= -solvedWithin && lead <= recordGain)
    return `${gapPercent(Math.min(1, closed.share))} ${way}: solved, within a millionth of it`
  if (closed.share > 1)
    return `${percentText(closed.share, 4)} ${way}: beyond it, so check the program before claiming it`
  if (closed.share < 0) return `none: the best is behind the ${closed.from} value`
  return `${gapPercent(closed.share)} ${way}`
}

/** A value this near to the best known one, relatively, solves the problem. */
const solvedWithin = 1e-6
/** Published values are rounded: less than this beyond the best known one, relatively, is no new record. */
const recordGain = 1e-9

/** By how much the best value is better than the best known one, relatively; below 0 when it is worse. */
function leadOverKnown({ objective, known, best = NaN }: RunSummary): number {
  const to = bestKnown(objective, known)?.value ?? NaN
  return ((objective.direction === 'maximize' ? 1 : -1) * (best - to)) / Math.abs(to)
}

/** Cut, not rounded, so that only a closed gap reads as 100 %; more digits near the end, where small gains count. */
function gapPercent(share: number): string {
  const digits = share > 0.99 && share < 1 ? 4 : 1
  const scale = 10 ** (digits + 2)
  return percentText(Math.floor(share * scale) / scale, digits)
}
