import { deltaText } from '../lineage-text.ts'
import type { Kin } from '../lineage-text.ts'
import { countText, scoreText } from '../numbers.ts'
import { curveSvg } from './curve.ts'
import type { CurveFrame, CurvePoint } from './curve.ts'
import { gridSvg } from './grid.ts'
import type { CellOwner, GridAxis } from './grid.ts'
import { escaped, htmlTable } from './markup.ts'

/** A table of a report. */
export interface ReportTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** A step on the way to the best program. */
export interface LineageStep extends Kin {
  /** Difference from the parent in unified format; empty for the first program. */
  readonly diff: string
}

/** Everything a report of a run shows. */
export interface RunReport {
  readonly name: string
  /** Where the run stands, in one word. */
  readonly state: string
  /** Name and value of each headline figure. */
  readonly facts: readonly (readonly [string, string])[]
  readonly curve: readonly CurvePoint[]
  readonly frame: CurveFrame
  /** From the first program to the best. */
  readonly lineage: readonly LineageStep[]
  readonly best: { readonly ordinal: number; readonly source: string } | undefined
  readonly axes: readonly GridAxis[]
  readonly islands: readonly { readonly island: number; readonly owners: readonly CellOwner[] }[]
  readonly tables: readonly (ReportTable & { readonly title: string })[]
}

/**
 * One self-contained HTML file about a run: nothing in it is loaded from elsewhere and it runs no script.
 *
 * Everything that came from a candidate or a model is escaped; a policy in the file forbids scripts besides.
 */
export function reportPage(report: RunReport): string {
  const { name, state, facts, curve, frame, lineage, best, tables } = report
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(name)} <small>${escaped(state)}</small></h1>
<dl>${facts.map(([label, value]) => `<dt>${escaped(label)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>
<h2>Best ${escaped(frame.name)} over candidates</h2>
${curve.length === 0 ? '<p>Nothing was scored yet.</p>' : curveSvg(curve, frame)}
<h2>How the best program came about</h2>
${lineage.length === 0 ? '<p>There is none yet.</p>' : lineage.map((step, index) => stepHtml(step, lineage[index - 1])).join('\n')}
${best === undefined ? '' : `<details><summary>The best program, ${String(best.ordinal)}</summary><pre>${escaped(best.source)}</pre></details>`}
<h2>Archive</h2>
${archiveHtml(report)}
${tables
  .filter(({ rows }) => rows.length > 0)
  .map(({ title, columns, rows }) => `<h2>${escaped(title)}</h2>\n<div class="wide">${htmlTable(columns, rows)}</div>`)
  .join('\n')}
</body>
</html>
`
}

function stepHtml(step: LineageStep, before: LineageStep | undefined): string {
  const { ordinal, operator, island, value, delta, change, diff } = step
  const migrated =
    before === undefined || before.island === island ? '' : `, its parent came from island ${String(before.island)}`
  const gain =
    delta === undefined
      ? ''
      : ` <span class="${delta > 0 ? 'up' : delta < 0 ? 'down' : 'even'}">${deltaText(delta)}</span>`
  const head = `<b>${String(ordinal)}</b> ${escaped(scoreText(value))}${gain} ${escaped(operator)}, island ${String(island)}${migrated}: ${escaped(change)}`
  return diff === ''
    ? `<p class="step-line">${head}</p>`
    : `<details><summary>${head}</summary><pre class="diff">${diffHtml(diff)}</pre></details>`
}

function diffHtml(diff: string): string {
  return diff
    .split('\n')
    .map((line) => {
      const kind = line.startsWith('+')
        ? 'add'
        : line.startsWith('-')
          ? 'del'
          : line.startsWith('@@')
            ? 'at'
            : undefined
      return kind === undefined ? escaped(line) : `<span class="${kind}">${escaped(line)}</span>`
    })
    .join('\n')
}

function archiveHtml({ islands, axes }: RunReport): string {
  return islands
    .map(({ island, owners }) => {
      const title = `<h3>Island ${String(island)}, ${countText(owners.length)} cells</h3>`
      const shown =
        gridSvg(owners, axes) ??
        htmlTable(
          ['cell', 'program', 'value'],
          owners
            .toSorted((one, other) => other.fitness - one.fitness)
            .slice(0, 20)
            .map(({ cell, ordinal, value }) => [cell, ordinal, value]),
        )
      return `<section>${title}${shown}</section>`
    })
    .join('\n')
}

const style = `
:root { color-scheme: light dark; --line: #8886; --accent: #2563eb; --good: #15803d; --bad: #b91c1c }
@media (prefers-color-scheme: dark) { :root { --accent: #7aa2ff; --good: #4ade80; --bad: #f87171 } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 960px; margin: 2rem auto; padding: 0 1rem }
h1 small { font-weight: normal; opacity: .6; font-size: 60% }
h2 { margin-top: 2.2rem; border-bottom: 1px solid var(--line); font-size: 1.2rem }
h3 { font-size: 1rem; margin: .8rem 0 .2rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1.2rem }
dt { opacity: .65 } dd { margin: 0; font-variant-numeric: tabular-nums }
svg { width: 100%; height: auto }
.grid { stroke: var(--line); stroke-width: .5 } .mark { stroke: var(--good); stroke-dasharray: 5 4 }
.tick { font-size: 11px; fill: currentColor; opacity: .75 }
.curve { fill: none; stroke: var(--accent); stroke-width: 2 } .step { fill: var(--accent) }
.archive rect { fill: var(--accent) } .archive .empty { fill: none; stroke: var(--line) }
.axes { margin: 0; opacity: .65; font-size: 13px }
section { display: inline-block; vertical-align: top; margin-right: 1.5rem; min-width: 270px }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-size: 13px } th, td { padding: .15rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
.n { text-align: right; font-variant-numeric: tabular-nums }
summary { cursor: pointer } summary, .step-line { margin: .2rem 0; overflow-wrap: anywhere }
.step-line { padding-left: 1.1rem }
pre { overflow-x: auto; padding: .6rem; border: 1px solid var(--line); border-radius: 4px; font-size: 12.5px }
.add, .up { color: var(--good) } .del, .down { color: var(--bad) } .at, .even { opacity: .65 }
`
