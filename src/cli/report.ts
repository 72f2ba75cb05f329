import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { InfrastructureError, messageOf } from '../core/errors.ts'
import { durationText } from '../core/units.ts'
import { unifiedDiff } from '../report/diff-view.ts'
import { reportPage } from '../report/html/page.ts'
import type { LineageStep, ReportTable, RunReport } from '../report/html/page.ts'
import type { GridAxis } from '../report/html/grid.ts'
import { countText, percentText, scoreText, tokensText, usdText } from '../report/numbers.ts'
import { askRows } from '../store/ask-rows.ts'
import type { RunReader } from '../store/run-reader.ts'
import { heldOutLine } from './held-out.ts'
import type { Io } from './io.ts'
import { levelFacts } from './level-line.ts'
import { descentOf } from './lineage.ts'
import { sourceOf, withRun } from './named-program.ts'

/** Flags of `evolve report`. */
export interface ReportFlags {
  /** File to write; `report.html` in the run's folder unless given. */
  readonly out?: string
  readonly runsDir: string
}

/** `evolve report <run>`: one HTML file about the run that needs nothing else. */
export function reportVerb(io: Io, run: string, flags: ReportFlags): number {
  withRun(flags.runsDir, run, (reader, dir) => {
    const file = flags.out ?? path.join(dir, 'report.html')
    try {
      writeFileSync(file, reportPage(reportOf(reader)))
    } catch (error) {
      if (error instanceof Error && 'syscall' in error) {
        throw new InfrastructureError(`cannot write ${file}: ${messageOf(error)}`, { cause: error })
      }
      throw error
    }
    io.out.write(`${file}\n`)
  })
  return 0
}

/** What the effective configuration says that the database has no column for. */
interface StoredConfig {
  readonly known?: readonly { readonly value: number; readonly source?: string }[]
  readonly archive?: { readonly axes?: readonly { readonly descriptor: string; readonly bins: number }[] }
}

function reportOf(reader: RunReader): RunReport {
  const { identity } = reader
  const config = parse(identity.config) as StoredConfig
  const best = reader.best()
  const totals = reader.totals()
  const level = levelFacts(reader)
  const lineage = best === undefined ? [] : lineageSteps(reader, best.ordinal)
  const table = (title: string, sql: string): ReportTable & { title: string } => ({ title, ...reader.query(sql) })
  const failed = Object.values(reader.failureCounts()).reduce((sum, count) => sum + count, 0)
  return {
    name: identity.name,
    state: reader.state(),
    facts: [
      ['objective', `${identity.objective.direction} ${identity.objective.name}`],
      ...(level === undefined ? [] : [['curriculum', level.text] as const]),
      ['first value', scoreText(level === undefined ? lineage[0]?.value : valueOf(reader, level.first))],
      ['best value', best === undefined ? 'none' : `${scoreText(best.value)} (program ${String(best.ordinal)})`],
      ...holdoutFact(reader),
      ['candidates', countText(totals.finished)],
      ['failed', `${countText(failed)}${totals.finished === 0 ? '' : ` (${percentText(failed / totals.finished)})`}`],
      ['spend', totals.tokens === 0 ? 'no model calls' : `${usdText(totals.usd)}, ${tokensText(totals.tokens)} tokens`],
      ['wall time', durationText(totals.elapsedMs)],
      ['seed', String(identity.seed)],
      ['made by', `evolve ${identity.version}, ${new Date(identity.createdAt).toISOString()}`],
    ],
    curve: askRows(
      reader,
      'SELECT ordinal, value FROM best_so_far WHERE level = (SELECT level FROM placements ORDER BY seq DESC LIMIT 1) ORDER BY seq',
    ).map(({ ordinal, value }) => ({
      ordinal: Number(ordinal),
      value: Number(value),
    })),
    frame: {
      name: identity.objective.name,
      end: totals.selected,
      marks: (level?.isLast === false ? [] : (config.known ?? []))
        .slice(-1)
        .map(({ value }) => ({ label: 'best known', value })),
    },
    lineage,
    best:
      best === undefined ? undefined : { ordinal: best.ordinal, source: sourceOf(reader, identity.name, best.ordinal) },
    axes: (config.archive?.axes ?? []).map(({ descriptor, bins }): GridAxis => ({ name: descriptor, bins })),
    islands: [
      ...Map.groupBy(askRows(reader, 'SELECT island, cell, ordinal, value, fitness FROM elites'), ({ island }) =>
        Number(island),
      ),
    ]
      .sort(([one], [other]) => one - other)
      .map(([island, owners]) => ({
        island,
        owners: owners.map(({ cell, ordinal, value, fitness }) => ({
          cell: String(cell),
          ordinal: Number(ordinal),
          value: Number(value),
          fitness: Number(fitness),
        })),
      })),
    tables: [
      table('Failures', 'SELECT kind, operator, count, latest FROM failures ORDER BY count DESC'),
      table('Operators', "SELECT * FROM operator_stats WHERE operator <> 'first' ORDER BY candidates DESC"),
      table('Models', 'SELECT * FROM model_stats ORDER BY tokens DESC'),
      table('Prompts', 'SELECT * FROM prompt_stats ORDER BY prompts DESC'),
      table('Cost', 'SELECT * FROM spend ORDER BY tokens DESC'),
      table(
        'Stages',
        `SELECT stage, sum(ok IS NOT NULL) AS runs, sum(cached) AS cached, sum(NOT ok) AS failed, round(avg(duration_ms), 3) AS mean_ms
         FROM stage_runs GROUP BY stage ORDER BY min(position)`,
      ),
    ],
  }
}

function valueOf(reader: RunReader, ordinal: number | undefined): number | undefined {
  return ordinal === undefined ? undefined : reader.candidate(ordinal)?.value
}

function holdoutFact(reader: RunReader): readonly (readonly [string, string])[] {
  const line = heldOutLine(reader)
  return line === undefined ? [] : [['hold-out', line]]
}

/** More steps than this are shown without their differences, which would be most of the file. */
const mostDiffs = 200

function lineageSteps(reader: RunReader, ordinal: number): readonly LineageStep[] {
  const { ancestors } = descentOf(reader, ordinal, 0)
  const from = Math.max(1, ancestors.length - mostDiffs)
  let before = ''
  return ancestors.map((kin, index) => {
    if (index < from - 1) return { ...kin, diff: '' }
    const source = sourceOf(reader, reader.identity.name, kin.ordinal)
    const diff =
      index < from
        ? ''
        : unifiedDiff(before, source, {
            before: `program ${String(kin.parent)}`,
            after: `program ${String(kin.ordinal)}`,
          })
    before = source
    return { ...kin, diff }
  })
}
