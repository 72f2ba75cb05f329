import { jsonText } from '../report/json-text.ts'
import { printable } from '../report/printable.ts'
import { askRows } from '../store/ask-rows.ts'
import type { Row } from '../store/ask-rows.ts'
import type { RunReader } from '../store/run-reader.ts'
import type { Io } from './io.ts'
import { withRun } from './named-program.ts'
import { writeTable } from './sql.ts'

/** Flags of `evolve insights`. */
export interface InsightsFlags {
  readonly csv?: boolean
  readonly json?: boolean
  readonly runsDir: string
}

/** `evolve insights <run>`: the library by effect, and what the latest lessons say. */
export function insightsVerb(io: Io, run: string, flags: InsightsFlags): number {
  withRun(flags.runsDir, run, (reader) => {
    const insights = reader.query(
      `SELECT id, status, helped, hurt, irrelevant, uses, mean_delta, helped_share - baseline_share AS effect, taxonomy,
         condition, explanation
       FROM insight_effect ORDER BY status = 'retired', effect DESC, helped - hurt DESC, id`,
    )
    if (flags.csv === true) {
      writeTable(io, insights.columns, insights.rows, flags)
      return
    }
    const facts = factsOf(reader)
    if (flags.json === true) {
      const rows = insights.rows.map((row) => Object.fromEntries(insights.columns.map((name, at) => [name, row[at]])))
      io.out.write(`${jsonText({ insights: rows, ...facts })}\n`)
      return
    }
    if (insights.rows.length > 0) writeTable(io, insights.columns, insights.rows, flags)
    else io.out.write('no insights yet\n')
    io.out.write(printable(textOf(facts)))
  })
  return 0
}

interface Facts {
  /** What prompts without any insight brought. */
  readonly without: Row
  readonly analyses: Row
  readonly lessons: readonly Row[]
  /** The latest first. */
  readonly trials: readonly Row[]
}

function factsOf(reader: RunReader): Facts {
  const [analyses = {}] = askRows(
    reader,
    `SELECT count(*) AS analyses, coalesce(sum(state = 'due'), 0) AS due, coalesce(sum(dropped), 0) AS dropped,
       count(note) AS without_answer, (SELECT count(*) FROM lessons) AS lessons FROM analyses`,
  )
  return {
    without: { ...reader.memory.baseline() },
    analyses,
    lessons: askRows(
      reader,
      'SELECT ordinal, kind, condition, explanation, anchor FROM lessons ORDER BY ordinal DESC, position LIMIT 10',
    ),
    trials: askRows(reader, 'SELECT * FROM trials ORDER BY id DESC LIMIT 10'),
  }
}

function textOf({ without, analyses, lessons, trials }: Facts): string {
  const { helped, hurt, irrelevant } = without
  const lines = [
    '',
    `prompts without insights: helped ${String(helped)}, hurt ${String(hurt)}, irrelevant ${String(irrelevant)}`,
    `analyses: ${String(analyses['analyses'])} (${String(analyses['due'])} due), ${String(analyses['lessons'])} lessons, ` +
      `${String(analyses['dropped'])} dropped for want of a true quote, ${String(analyses['without_answer'])} without an answer`,
    ...trials.map(trialText),
    ...lessons.map(
      ({ ordinal, kind, condition, explanation }) =>
        `  ${String(ordinal)}  ${String(kind)}, ${String(condition)}: ${String(explanation)}`,
    ),
  ]
  return `${lines.join('\n')}\n`
}

function trialText(trial: Row): string {
  const arm = (name: 'with' | 'without'): string =>
    `${name} it helped ${String(trial[`${name}_helped`])}, hurt ${String(trial[`${name}_hurt`])}, ` +
    `irrelevant ${String(trial[`${name}_irrelevant`])}`
  return (
    `trial of insight ${String(trial['insight'])} on program ${String(trial['parent'])}, ${String(trial['operator'])}: ` +
    `${String(trial['verdict'] ?? 'going on')}; ${arm('with')}; ${arm('without')}`
  )
}
