import type { ArmResult, Comparison, Spread } from '../compare/comparison.ts'

const width = 900
const height = 520
const frame = { left: 90, right: 20, top: 50, bottom: 60 }

/** Colours that stay apart for colour-blind readers. @see Okabe and Ito 2008, https://jfly.uni-koeln.de/color/ */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999'] as const

/** The first part of a run would stretch the plot and hide the rest. */
const shownFrom = 0.02

/** Draws a comparison as an SVG picture: per arm the median of the best so far as a line over its range as a band. */
export function comparisonPlot(comparison: Comparison): string {
  const { arms, objective, axis, budget, problem } = comparison
  const values = arms
    .flatMap(({ course }) => course.filter(({ at }) => at >= shownFrom * budget))
    .flatMap(({ lowest, highest }) => [lowest, highest])
  const [low, high] = padded(Math.min(...values), Math.max(...values))
  const x = (at: number): number => frame.left + (at / budget) * (width - frame.left - frame.right)
  const y = (value: number): number =>
    height - frame.bottom - ((value - low) / (high - low)) * (height - frame.top - frame.bottom)
  const better = objective.direction === 'maximize' ? 'higher' : 'lower'
  const title = `${problem}: best ${objective.name} so far (${better} is better), median and range over seeds`
  const inside = `x="${frame.left}" y="${frame.top}" width="${width - frame.left - frame.right}" height="${height - frame.top - frame.bottom}"`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<clipPath id="inside"><rect ${inside}/></clipPath>`,
    `<text x="${frame.left}" y="24" font-size="15">${escaped(title)}</text>`,
    ...ticks(0, budget).map((at) => xTick(x(at), at)),
    ...ticks(low, high).map((value) => yTick(y(value), value)),
    `<text x="${(frame.left + width - frame.right) / 2}" y="${height - 14}" text-anchor="middle">${axis}</text>`,
    `<rect ${inside} fill="none" stroke="#444"/>`,
    `<g clip-path="url(#inside)">`,
    ...arms.flatMap((arm, index) => band(arm, colourOf(index), x, y)),
    ...arms.flatMap((arm, index) => medianLine(arm, colourOf(index), x, y)),
    '</g>',
    ...legend(arms, objective.direction === 'maximize'),
    '</svg>',
    '',
  ].join('\n')
}

type Scale = (value: number) => number

function colourOf(index: number): string {
  return colours[index % colours.length] ?? colours[0]
}

function band({ course }: ArmResult, colour: string, x: Scale, y: Scale): readonly string[] {
  const upper = staircase(course, x, ({ highest }) => y(highest))
  const lower = staircase(course, x, ({ lowest }) => y(lowest)).reverse()
  return [`<polygon points="${points([...upper, ...lower])}" fill="${colour}" fill-opacity="0.13"/>`]
}

function medianLine({ course }: ArmResult, colour: string, x: Scale, y: Scale): readonly string[] {
  const line = staircase(course, x, ({ median }) => y(median))
  return [`<polyline points="${points(line)}" fill="none" stroke="${colour}" stroke-width="2"/>`]
}

/** A best so far stays where it is until it rises. */
function staircase(course: readonly Spread[], x: Scale, y: (spread: Spread) => number): (readonly [number, number])[] {
  return course.flatMap((spread, index) => {
    const before = course[index - 1]
    const here = [x(spread.at), y(spread)] as const
    return before === undefined ? [here] : [[x(spread.at), y(before)] as const, here]
  })
}

function points(line: readonly (readonly [number, number])[]): string {
  return line.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(' ')
}

function xTick(px: number, at: number): string {
  const bottom = height - frame.bottom
  return `<line x1="${px.toFixed(1)}" x2="${px.toFixed(1)}" y1="${bottom}" y2="${bottom + 5}" stroke="#444"/><text x="${px.toFixed(1)}" y="${bottom + 20}" text-anchor="middle">${label(at)}</text>`
}

function yTick(py: number, value: number): string {
  return `<line x1="${frame.left}" x2="${width - frame.right}" y1="${py.toFixed(1)}" y2="${py.toFixed(1)}" stroke="#ddd"/><text x="${frame.left - 8}" y="${(py + 4).toFixed(1)}" text-anchor="end">${label(value)}</text>`
}

/** In the corner that the curves leave free: they rise to the right, or fall. */
function legend(arms: readonly ArmResult[], rising: boolean): readonly string[] {
  const left = width - frame.right - 170
  const top = rising ? height - frame.bottom - 12 - 20 * arms.length : frame.top + 12
  return arms.map(({ name }, index) => {
    const middle = top + 20 * index + 8
    return `<line x1="${left}" x2="${left + 24}" y1="${middle}" y2="${middle}" stroke="${colourOf(index)}" stroke-width="3"/><text x="${left + 32}" y="${middle + 4}">${escaped(name)}</text>`
  })
}

function padded(low: number, high: number): readonly [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1]
  const room = high > low ? (high - low) * 0.04 : Math.abs(high) * 0.01 || 1
  return [low - room, high + room]
}

/** Round numbers within a range, four to nine of them. */
function ticks(low: number, high: number): readonly number[] {
  const rough = (high - low) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough
  const first = Math.ceil(low / step)
  const count = Math.floor(high / step) - first + 1
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

function label(value: number): string {
  return Math.abs(value) >= 1e-4 && Math.abs(value) < 1e7 ? String(value) : value === 0 ? '0' : value.toExponential()
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
