import { axisHealth, remembered } from '../archive/axis-health.ts'
import { learners } from '../compose/names.ts'
import { banditPlanOf } from '../config/effective-bandit.ts'
import { axesOf } from '../config/effective-axes.ts'
import { systemClock } from '../core/system-clock.ts'
import { jsonText } from '../report/json-text.ts'
import { countText, scoreText } from '../report/numbers.ts'
import { canRedraw } from '../report/output.ts'
import { printable } from '../report/printable.ts'
import { failuresText, spendText } from '../report/progress-text.ts'
import { notReproducible } from '../report/summary.ts'
import { sparkline } from '../report/sparkline.ts'
import { tableText } from '../report/table.ts'
import { askRows } from '../store/ask-rows.ts'
import type { Row } from '../store/ask-rows.ts'
import { latestRun, resolveRun, runInfo } from '../store/runs-folder.ts'
import { banditOf } from '../run/pulls.ts'
import type { RunReader } from '../store/run-reader.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import { endingEvent } from '../store/run-store.ts'
import { heldOutLine } from './held-out.ts'
import { levelFacts } from './level-line.ts'
import type { Io } from './io.ts'

/** The flags of `evolve status`. */
export interface StatusFlags {
  readonly watch?: boolean
  readonly json?: boolean
  readonly runsDir: string
}

const watchEveryMs = 1000
const historyWidth = 60

/** `evolve status [run]`: where a run stands; with `--watch` until it stops or Ctrl+C. */
export async function statusVerb(io: Io, run: string | undefined, flags: StatusFlags): Promise<number> {
  const dir = run === undefined ? latestRun(flags.runsDir) : resolveRun(flags.runsDir, run)
  const stop = new AbortController()
  const unregister = io.onInterrupt(() => stop.abort())
  try {
    for (;;) {
      const facts = factsOf(dir)
      if (flags.json === true) io.out.write(`${jsonText(facts, flags.watch === true ? 0 : 2)}\n`)
      else io.out.write(`${flags.watch === true && canRedraw(io.out, io.env) ? clearScreen : ''}${textOf(facts)}\n`)
      if (flags.watch !== true || facts.info.state !== 'running') return 0
      await systemClock.sleep(watchEveryMs, stop.signal)
      if (stop.signal.aborted) return 0
    }
  } finally {
    unregister()
  }
}

const clearScreen = '\u001b[H\u001b[2J'

type Facts = ReturnType<typeof factsOf>

function factsOf(dir: string) {
  const reader = openReadOnly(dir)
  try {
    return {
      info: runInfo(dir, openReadOnly),
      reproducible: reader.identity.reproducible,
      best: askRows(
        reader,
        `SELECT ordinal, value, operator, after_ms FROM best_so_far
         WHERE level = (SELECT level FROM placements ORDER BY seq DESC LIMIT 1) ORDER BY seq`,
      ),
      failures: Object.fromEntries(
        reader
          .query('SELECT kind, sum(count) FROM failures GROUP BY kind ORDER BY 2 DESC')
          .rows.map(([kind, count]) => [String(kind), Number(count)]),
      ),
      operators: askRows(
        reader,
        `SELECT operator, candidates, failed, new_cells, improved, better_than_parent, best_fitness
         FROM operator_stats WHERE operator <> 'first' ORDER BY candidates DESC`,
      ),
      bandit: banditRows(reader),
      instructions: askRows(
        reader,
        `SELECT id, operator, parent, uses, improved, round(share, 3) AS share, mean_gain, retired_by,
           coalesce(iif(length(text) > 60, substr(text, 1, 59) || '…', text), 'as the template says') AS instruction
         FROM instruction_effect ORDER BY operator, share DESC, id`,
      ),
      islands: askRows(
        reader,
        'SELECT island, count(DISTINCT cell) AS cells, count(*) AS programs, max(fitness) AS best FROM elites GROUP BY island',
      ),
      axes: axesFacts(reader),
      models: askRows(reader, 'SELECT * FROM model_stats ORDER BY tokens DESC'),
      spend: askRows(
        reader,
        `SELECT programs.operator, llm_calls.model, count(*) AS calls, sum(llm_calls.tokens) AS tokens, sum(llm_calls.usd) AS usd
         FROM llm_calls JOIN programs USING (ordinal) GROUP BY 1, 2 ORDER BY tokens DESC`,
      ),
      ending: lastEnding(reader),
      curriculum: levelFacts(reader),
      holdout: heldOutLine(reader),
      cached: Object.fromEntries(
        reader
          .query('SELECT stage, count(*) FROM stage_runs WHERE cached = 1 GROUP BY stage ORDER BY 2 DESC')
          .rows.map(([stage, count]) => [String(stage), Number(count)]),
      ),
      readded: askRows(reader, 'SELECT sum(added) AS added, sum(readded) AS readded FROM added_lines')[0],
      duplicates: askRows(reader, 'SELECT * FROM duplicate_stats'),
      spendToBest: askRows(
        reader,
        `SELECT count(*) AS calls, sum(tokens) AS tokens, sum(usd) AS usd FROM llm_calls
         WHERE ordinal <= (SELECT max(ordinal) FROM best_so_far)`,
      )[0],
    }
  } finally {
    reader.close()
  }
}

/** What the run's bandit thinks of operators and models, the next choice first; nothing where there is none. */
function banditRows(reader: RunReader): readonly Row[] {
  const plan = banditPlanOf(reader.identity.config)
  if (plan === undefined) return []
  const bandit = banditOf(plan, reader, learners)
  return bandit
    .estimates(bandit.arms())
    .toSorted((one, other) => other.index - one.index)
    .map(({ operator, model, pulls, censored, reward, cost, index }) => ({
      ...{ operator, model: model ?? null, pulls, censored },
      reward: Number(reward.toPrecision(4)),
      cost: Number(cost.toPrecision(4)),
      index: Number(index.toPrecision(4)),
    }))
}

/** The axes judged by the latest scored programs, as a run judges them while it works. */
function axesFacts(reader: RunReader): readonly Row[] {
  const { rows } = reader.query(
    `SELECT evaluations.fitness, descriptors, clamped FROM placements JOIN evaluations USING (ordinal)
     WHERE via = 'birth' AND placements.level = (SELECT level FROM placements ORDER BY seq DESC LIMIT 1)
       AND island = (SELECT island FROM programs WHERE programs.ordinal = placements.ordinal)
     ORDER BY seq DESC LIMIT ?`,
    [remembered],
  )
  const samples = rows.map(([fitness, descriptors, clamped]) => ({
    fitness: Number(fitness),
    descriptors: JSON.parse(String(descriptors)) as Record<string, number>,
    clamped: clamped === null ? [] : (JSON.parse(String(clamped)) as string[]),
  }))
  return axisHealth(axesOf(reader.identity.config), samples).map(
    ({ descriptor, scored, clamped, correlation, warning }) => ({
      axis: descriptor,
      scored,
      clamped,
      correlation: correlation === undefined ? null : Number(correlation.toFixed(3)),
      warning: warning ?? '',
    }),
  )
}

function textOf(facts: Facts): string {
  const { info, best } = facts
  const values = best.map((row) => Number(row['value']))
  const latest = best.at(-1)
  const lines = [
    `${info.name}: ${info.state}`,
    `candidates  ${countText(info.finished)}${info.candidates === undefined ? '' : ` of ${countText(info.candidates)}`}`,
    ...levelLines(facts),
    `best        ${scoreText(info.best)}${latest === undefined ? '' : ` (program ${String(latest['ordinal'])}, by ${String(latest['operator'])})`}`,
    ...(values.length > 1 ? [`history     ${sparkline(values, historyWidth)}`] : []),
    ...(facts.reproducible ? [] : [`repeatable  ${notReproducible}`]),
    ...endingLines(facts),
    ...(facts.holdout === undefined ? [] : [`hold-out    ${facts.holdout}`]),
    `failures    ${failuresText(facts.failures, info.finished) || 'none'}`,
    ...cachedLine(facts.cached),
    ...readdedLine(facts),
    `spend       ${spendText({ tokens: info.tokens, usd: info.usd }) || 'no model calls'}${toBestText(facts)}`,
  ]
  for (const [title, table] of [
    ['operators', facts.operators],
    ['bandit', facts.bandit],
    ['instructions', facts.instructions],
    ['islands', facts.islands],
    ['duplicates', facts.duplicates],
    ['axes', facts.axes.map(({ warning: _, ...axis }) => axis)],
    ['models', facts.models],
    ['spend by operator and model', facts.spend],
  ] as const) {
    if (table.length > 0) lines.push('', title, tableOf(table))
  }
  const warned = facts.axes.filter(({ warning }) => warning !== '')
  if (warned.length > 0)
    lines.push('', ...warned.map(({ axis, warning }) => `axis ${String(axis)}: ${String(warning)}`))
  return printable(lines.join('\n'))
}

/** The level that the values below are of, and why those before it ended. */
function levelLines({ curriculum }: Facts): readonly string[] {
  if (curriculum === undefined) return []
  const ends = curriculum.ends.map(
    ({ level, after, reason }) => `            level ${String(level)} ended with candidate ${String(after)}: ${reason}`,
  )
  return [`curriculum  ${curriculum.text}`, ...ends]
}

/** Stages that were not computed because an equal one had been. */
function cachedLine(cached: Readonly<Record<string, number>>): readonly string[] {
  const stages = Object.entries(cached).map(([stage, count]) => `${stage} ${countText(count)}`)
  return stages.length === 0 ? [] : [`from cache  ${stages.join(', ')}`]
}

/** How much of what candidates added their ancestors had had and lost. */
function readdedLine({ readded }: Facts): readonly string[] {
  const [added, again] = [Number(readded?.['added'] ?? 0), Number(readded?.['readded'] ?? 0)]
  if (added === 0) return []
  const share = `${String(Math.round((1000 * again) / added) / 10)} %`
  return [`re-added    ${countText(again)} of ${countText(added)} added lines (${share}) had been deleted before`]
}

/** What had been spent when the best program was made. */
function toBestText({ spendToBest }: Facts): string {
  const text = spendText({ tokens: Number(spendToBest?.['tokens'] ?? 0), usd: Number(spendToBest?.['usd'] ?? 0) })
  return text === '' ? '' : `, ${text} of it up to the best`
}

/** Which stop rule ended the run's latest process, and why; nothing while one is at work. */
function endingLines({ info, ending }: Facts): readonly string[] {
  const { rule, reason } = ending
  if (info.state === 'running' || reason === undefined) return []
  return [`ended       ${rule === undefined || rule === 'interrupt' ? '' : `${rule}: `}${reason}`]
}

function lastEnding(reader: RunReader): { readonly rule?: string; readonly reason?: string } {
  return (reader.events(endingEvent).at(-1) ?? {}) as { readonly rule?: string; readonly reason?: string }
}

function tableOf(table: readonly Row[]): string {
  const columns = Object.keys(table[0] ?? {})
  return tableText(
    columns,
    table.map((row) => columns.map((column) => row[column])),
  )
}
