import type { Objective } from '../../src/core/objective.ts'
import { median } from '../../src/evaluation/timing/paired-ratio.ts'
import { countText, percentText, rateText, usdText } from '../../src/report/numbers.ts'
import { bestKnown, gapClosed } from '../../src/report/summary.ts'
import type { SourcedValue } from '../../src/report/summary.ts'

/** A run of one problem with one seed that did all its candidates. */
export interface SuiteRun {
  readonly seed: number
  readonly first: number
  readonly best: number
  readonly finished: number
  readonly failures: Readonly<Record<string, number>>
  readonly elapsedMs: number
  readonly usd: number
}

/** One problem of the suite with what its runs came to. */
export interface SuiteRow {
  readonly problem: string
  readonly objective: Objective
  readonly trivial: SourcedValue | undefined
  readonly known: readonly SourcedValue[]
  readonly runs: readonly SuiteRun[]
  /** Why a run ended without its candidates, in the words of the command. */
  readonly broken: readonly { readonly seed: number; readonly reason: string }[]
}

/** What the table's runs have in common. */
export interface SuiteSetup {
  readonly candidates: number
  readonly seeds: number
  readonly withModel: boolean
  /** Processor and Node, as text. */
  readonly machine: string
}

/** Share of the gap from the better of first program and trivial value to the best known value; below 0 is behind both. */
export function gapOf({ objective, trivial, known }: SuiteRow, run: SuiteRun): number | undefined {
  const summary = {
    run: '',
    reason: '',
    bestOrdinal: undefined,
    tokens: 0,
    next: '',
    objective,
    trivial,
    known,
    ...run,
  }
  return gapClosed(summary)?.share
}

/** The page that shows the suite: a table of all problems, then what failed and what broke. */
export function suitePage(rows: readonly SuiteRow[], setup: SuiteSetup): string {
  const done = rows.filter(({ runs }) => runs.length > 0)
  const model = setup.withModel ? ' --with-model' : ''
  const total = done.flatMap(({ runs }) => runs).reduce((sum, { elapsedMs }) => sum + elapsedMs, 0)
  const improved = done.filter((row) => row.runs.some((run) => isBetter(row, run.best, run.first)))
  return [
    '# The problem suite',
    '',
    `Written by \`npm run suite -- --candidates ${setup.candidates} --seeds ${setup.seeds}${model}\` on ${setup.machine};`,
    'no number here was typed by hand. Values are in the unit of the first objective. With several seeds a value is the',
    'median, with the range after it. The gap is what lies between the better of first program and trivial value and the',
    'best known value; a checked known value goes before claims. Below 0 % the best is behind the better of the two.',
    '',
    `${improved.length} of ${done.length} problems improved on their first program; all runs together took ${clockText(total)}.`,
    '',
    ...tableOf(
      [
        'problem',
        'better',
        'first value',
        'trivial',
        'reached',
        'best known',
        'gap closed',
        'candidates',
        'wall time',
        'failed',
      ],
      rows.map(cellsOf),
    ),
    '',
    '## Failures by kind',
    '',
    ...tableOf(
      ['problem', 'failed of', 'kinds'],
      done.map((row) => {
        const counts = failuresOf(row.runs)
        const kinds = Object.entries(counts).toSorted(([, a], [, b]) => b - a)
        const all = row.runs.reduce((sum, { finished }) => sum + finished, 0)
        return [
          row.problem,
          countText(all),
          kinds.map(([kind, count]) => `${kind} ${countText(count)}`).join(', ') || 'none',
        ]
      }),
    ),
    ...brokenLines(rows),
    '',
  ].join('\n')
}

function cellsOf(row: SuiteRow): string[] {
  const { problem, objective, trivial, known, runs } = row
  const better = objective.direction === 'maximize' ? 'higher' : 'lower'
  const best = bestKnown(objective, known)
  const given = [trivial, best].map((each) => (each === undefined ? '' : valueText(each.value)))
  if (runs.length === 0) return [problem, better, 'no run', given[0] ?? '', '', given[1] ?? '', '', '', '', '']
  const gaps = runs.flatMap((run) => gapOf(row, run) ?? [])
  const finished = runs.reduce((sum, run) => sum + run.finished, 0)
  const elapsedMs = runs.reduce((sum, run) => sum + run.elapsedMs, 0)
  const failed = Object.values(failuresOf(runs)).reduce((sum, count) => sum + count, 0)
  const usd = runs.reduce((sum, run) => sum + run.usd, 0)
  return [
    problem,
    better,
    spread(
      runs.map(({ first }) => first),
      valueText,
    ),
    given[0] ?? '',
    spread(
      runs.map((run) => run.best),
      valueText,
    ),
    given[1] ?? '',
    gaps.length === 0 ? '' : spread(gaps, (gap) => percentText(gap)),
    rateText((1000 * finished) / elapsedMs),
    `${clockText(elapsedMs)}${usd > 0 ? `, ${usdText(usd)}` : ''}`,
    percentText(failed / finished, 0),
  ]
}

function isBetter({ objective }: SuiteRow, value: number, than: number): boolean {
  return objective.direction === 'maximize' ? value > than : value < than
}

function failuresOf(runs: readonly SuiteRun[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { failures } of runs) {
    for (const [kind, count] of Object.entries(failures)) counts[kind] = (counts[kind] ?? 0) + count
  }
  return counts
}

function spread(values: readonly number[], text: (value: number) => string): string {
  const middle = text(median(values))
  const [least, most] = [Math.min(...values), Math.max(...values)].map(text)
  return least === most ? middle : `${middle} (${least ?? ''} to ${most ?? ''})`
}

/** Ten digits: what the last ones say is in the run. */
function valueText(value: number): string {
  return String(Number(value.toPrecision(10)))
}

function clockText(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  return seconds < 3600 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, i) => (cells[i] ?? '').padEnd(width)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
}

function brokenLines(rows: readonly SuiteRow[]): string[] {
  const broken = rows.flatMap(({ problem, broken }) => broken.map((each) => ({ problem, ...each })))
  if (broken.length === 0) return []
  return [
    '',
    '## Runs that could not be finished',
    '',
    ...broken.map(({ problem, seed, reason }) => `- ${problem}, seed ${seed}: ${reason}`),
  ]
}
