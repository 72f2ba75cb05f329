import type { Objective } from '../../src/core/objective.ts'
import { median } from '../../src/evaluation/timing/paired-ratio.ts'
import { countText, percentText, rateText, usdText } from '../../src/report/numbers.ts'
import { bestKnown, gapClosed } from '../../src/report/summary.ts'
import type { SourcedValue } from '../../src/report/summary.ts'

/** A run of one problem with one seed that did all its candidates, or as many as its wall time allowed. */
export interface SuiteRun {
  readonly seed: number
  readonly first: number
  readonly best: number
  readonly finished: number
  readonly failures: Readonly<Record<string, number>>
  readonly elapsedMs: number
  readonly usd: number
  /** The longest time that it was given, in milliseconds. */
  readonly wallMs?: number | undefined
  /** The machine's load average over the run's last minute. */
  readonly load: number
}

/** One problem of the suite with what its runs came to. */
export interface SuiteRow {
  readonly problem: string
  /** `undefined` when the problem could not be read. */
  readonly objective: Objective | undefined
  readonly trivial: SourcedValue | undefined
  readonly known: readonly SourcedValue[]
  readonly runs: readonly SuiteRun[]
  /** Why a run ended without its candidates, in the words of the command. */
  readonly broken: readonly { readonly seed: number | undefined; readonly reason: string }[]
}

/** What the table's runs have in common. */
export interface SuiteSetup {
  readonly candidates: number
  readonly seeds: number
  readonly withModel: boolean
  /** Processor and Node, as text. */
  readonly machine: string
  /** Longest time of one run, in milliseconds. */
  readonly wallMs?: number | undefined
}

/** Share of the gap from the better of first program and trivial value to the best known value; below 0 is behind both. */
export function gapOf({ objective, trivial, known }: SuiteRow, run: SuiteRun): number | undefined {
  if (objective === undefined) return undefined
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
  const flags = `${setup.wallMs === undefined ? '' : ` --wall ${setup.wallMs / 1000}s`}${setup.withModel ? ' --with-model' : ''}`
  const total = done.flatMap(({ runs }) => runs).reduce((sum, { elapsedMs }) => sum + elapsedMs, 0)
  const improved = done.filter((row) => row.runs.some((run) => isBetter(row, run.best, run.first)))
  return [
    '# The problem suite',
    '',
    `Written by \`npm run suite -- --candidates ${setup.candidates} --seeds ${setup.seeds}${flags}\` on ${setup.machine};`,
    'no number here was typed by hand. Values are in the unit of the first objective. With several seeds a value is the',
    'median, with the range after it. The gap is what lies between the better of first program and trivial value and the',
    'best known value; a checked known value goes before claims. Below 0 % the best is behind the better of the two.',
    ...loadLines(done),
    '',
    `${improved.length} of ${done.length} problems improved on their first program; all runs together took ${clockText(total)}.`,
    ...skippedLines(rows),
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
        'improved on first program',
        'candidates',
        'wall time',
        'failed',
      ],
      rows.map((row) => cellsOf(row, setup)),
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

function skippedLines(rows: readonly SuiteRow[]): readonly string[] {
  const skipped = rows.filter(({ runs }) => runs.length === 0).map(({ problem }) => problem)
  return skipped.length === 0 ? [] : [`Not run on this machine, for the reasons at the end: ${skipped.join(', ')}.`]
}

function loadLines(rows: readonly SuiteRow[]): readonly string[] {
  const loads = rows.flatMap(({ runs }) => runs.map(({ load }) => load))
  if (loads.length === 0) return []
  const [least, most] = [Math.min(...loads), Math.max(...loads)].map((load) => load.toFixed(1))
  return [
    `The load average at the ends of the runs was ${least ?? ''} to ${most ?? ''}: above the number of cores others were at`,
    'work too, and rates are lower than on an idle machine.',
  ]
}

function cellsOf(row: SuiteRow, setup: SuiteSetup): string[] {
  const { problem, objective, trivial, known, runs, broken } = row
  if (objective === undefined) return [problem, '', noRunText(broken), '', '', '', '', '', '', '', '']
  const better = objective.direction === 'maximize' ? 'higher' : 'lower'
  const best = bestKnown(objective, known)
  const given = [trivial, best].map((each) => (each === undefined ? '' : valueText(each.value)))
  if (runs.length === 0)
    return [problem, better, noRunText(broken), given[0] ?? '', '', given[1] ?? '', '', '', '', '', '']
  const gaps = runs.flatMap((run) => gapOf(row, run) ?? [])
  const finished = runs.reduce((sum, run) => sum + run.finished, 0)
  const elapsedMs = runs.reduce((sum, run) => sum + run.elapsedMs, 0)
  const failed = Object.values(failuresOf(runs)).reduce((sum, count) => sum + count, 0)
  const cut = runs.filter((run) => run.finished < setup.candidates).length
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
    improvedText(row),
    rateText((1000 * finished) / elapsedMs),
    [
      clockText(elapsedMs),
      ...(usd > 0 ? [usdText(usd)] : []),
      ...(cut > 0 ? [`cut off after ${countText(finished)} of ${countText(setup.candidates * runs.length)}`] : []),
    ].join(', '),
    percentText(failed / finished, 0),
  ]
}

/** Whether the best is better than the first program; of several seeds, in how many. */
function improvedText(row: SuiteRow): string {
  const better = row.runs.filter((run) => isBetter(row, run.best, run.first)).length
  if (better === row.runs.length) return 'yes'
  return better === 0 ? 'no' : `with ${better} of ${row.runs.length} seeds`
}

function noRunText(broken: SuiteRow['broken']): string {
  const text = `no run: ${broken[0]?.reason ?? ''}`.replaceAll('|', '\\|')
  return text.length > 120 ? `${text.slice(0, 117)}...` : text
}

function isBetter({ objective }: SuiteRow, value: number, than: number): boolean {
  return objective?.direction === 'maximize' ? value > than : value < than
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
    ...broken.map(
      ({ problem, seed, reason }) => `- ${problem}${seed === undefined ? '' : `, seed ${seed}`}: ${reason}`,
    ),
  ]
}
