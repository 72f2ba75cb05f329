import { escaped } from './markup.ts'

/** A step of the best-so-far curve. */
export interface CurvePoint {
  /** Ordinal of the candidate that brought it. */
  readonly ordinal: number
  /** Raw value of the first objective. */
  readonly value: number
}

/** What the curve is drawn against. */
export interface CurveFrame {
  /** Name of the objective. */
  readonly name: string
  /** Ordinal at which the curve ends: the candidates made. */
  readonly end: number
  /** Values drawn as dashed lines with a label each. */
  readonly marks: readonly { readonly label: string; readonly value: number }[]
}

const [width, height] = [860, 300]
const margin = { left: 90, right: 20, top: 16, bottom: 36 }

/** The best value over candidates as a step curve in SVG. Every step has a tooltip with its exact value. */
export function curveSvg(points: readonly CurvePoint[], { name, end, marks }: CurveFrame): string {
  const values = [...points.map(({ value }) => value), ...marks.map(({ value }) => value)]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const span = high > low ? high - low : Math.max(1e-12, Math.abs(high))
  const x = (ordinal: number): number =>
    margin.left + (ordinal / Math.max(1, end)) * (width - margin.left - margin.right)
  const y = (value: number): number =>
    height -
    margin.bottom -
    ((value - (high > low ? low : low - span / 2)) / span) * (height - margin.top - margin.bottom)
  const at = (ordinal: number, value: number): string => `${x(ordinal).toFixed(1)},${y(value).toFixed(1)}`
  const path = points
    .map(({ ordinal, value }, index) => {
      const before = points[index - 1]
      return before === undefined ? `M${at(ordinal, value)}` : `L${at(ordinal, before.value)} L${at(ordinal, value)}`
    })
    .join(' ')
  const last = points.at(-1)
  const ticks = Array.from({ length: 5 }, (_, index) => low + (span * index) / 4)
  return [
    `<svg viewBox="0 0 ${String(width)} ${String(height)}" role="img" aria-label="best ${escaped(name)} over candidates">`,
    ...ticks.map(
      (value) =>
        `<line class="grid" x1="${String(margin.left)}" x2="${String(width - margin.right)}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/>` +
        `<text class="tick" text-anchor="end" x="${String(margin.left - 6)}" y="${(y(value) + 4).toFixed(1)}">${escaped(String(Number(value.toPrecision(6))))}</text>`,
    ),
    ...[0, 0.25, 0.5, 0.75, 1].map((share) => {
      const ordinal = Math.round(end * share)
      return `<text class="tick" text-anchor="middle" x="${x(ordinal).toFixed(1)}" y="${String(height - 14)}">${String(ordinal)}</text>`
    }),
    ...marks.map(
      ({ label, value }) =>
        `<line class="mark" x1="${String(margin.left)}" x2="${String(width - margin.right)}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/>` +
        `<text class="tick" x="${String(margin.left + 4)}" y="${(y(value) - 4).toFixed(1)}">${escaped(label)} ${escaped(String(value))}</text>`,
    ),
    `<path class="curve" d="${path}${last === undefined ? '' : ` L${at(end, last.value)}`}"/>`,
    ...points.map(
      ({ ordinal, value }) =>
        `<circle class="step" cx="${x(ordinal).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3"><title>program ${String(ordinal)}: ${escaped(String(value))}</title></circle>`,
    ),
    '</svg>',
  ].join('\n')
}
