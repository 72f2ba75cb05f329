import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { levelsOfConfig } from '../compose/levels.ts'
import { textHash } from '../compose/hashes.ts'
import type { Evaluating } from '../compose/evaluating.ts'
import type { BudgetAxis, ComparedRun } from '../compare/comparison.ts'
import { curveOf } from '../compare/curve.ts'
import type { Step } from '../compare/curve.ts'
import { isTree } from '../config/environment.ts'
import type { LoadedProblem } from '../config/load.ts'
import type { Budget } from '../config/problem.ts'
import { readYaml } from '../config/yaml-source.ts'
import { UserError } from '../core/errors.ts'
import type { EventSink } from '../run/event-sink.ts'
import type { RunReader } from '../store/run-reader.ts'
import { endingEvent } from '../store/run-store.ts'
import type { RunStore } from '../store/run-store.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import { createSqliteRun, openSqliteRun } from '../store/sqlite/run-store.ts'
import { withEvaluating, work } from './carry-out.ts'
import type { Io } from './io.ts'
import { newIdentity } from './new-identity.ts'

/** One run of a comparison: what it must be. */
export interface PlannedRun {
  readonly arm: string
  readonly seed: number
  /** Its folder. */
  readonly dir: string
  /** What `evolve status` and the like call it. */
  readonly name: string
  readonly loaded: LoadedProblem
  readonly evaluatorHash: string
  readonly axis: BudgetAxis
  readonly budget: number
}

/**
 * Whether the run has been carried out already, at this budget or a larger one.
 *
 * @throws UserError when its folder holds a run that is not the planned one.
 */
export function isFinished(plan: PlannedRun): boolean {
  if (!existsSync(path.join(plan.dir, 'evolve.db'))) return false
  const reader = openReadOnly(plan.dir)
  try {
    refuseOther(plan, reader)
    return reader.state() === 'done' && (reader.budget()[plan.axis] ?? 0) >= plan.budget
  } finally {
    reader.close()
  }
}

/**
 * Carries a planned run out, or goes on with it where it stopped.
 *
 * @param runsDir - Where a model of the provider `replay` looks for the run that it names.
 * @returns whether it came to its end; `false` after an interruption.
 */
export async function carryOutPlanned(io: Io, plan: PlannedRun, runsDir: string, sink: EventSink): Promise<boolean> {
  const { problem } = plan.loaded
  return withEvaluating(problem, plan.seed, async (evaluating) => {
    const store = opened(plan, evaluating)
    let placed = false
    try {
      const { interrupted } = await work(io, { problem, store, evaluating, dir: plan.dir, runsDir }, sink)
      return !interrupted
    } finally {
      placed = store.evaluation(0) !== undefined
      store.close()
      if (!placed) rmSync(plan.dir, { recursive: true, force: true })
    }
  })
}

/** Reads what came of a run. */
export function comparedRun({ seed, dir, name, axis }: PlannedRun): ComparedRun {
  const reader = openReadOnly(dir)
  try {
    const ending = reader.query('SELECT data FROM events WHERE kind = ? ORDER BY id DESC LIMIT 1', [endingEvent])
    const { reason } = JSON.parse(String(ending.rows[0]?.[0] ?? '{}')) as { reason?: string }
    return { seed, run: name, curve: curveOf(stepsOf(reader, axis)), ended: reason ?? 'unknown' }
  } finally {
    reader.close()
  }
}

/** All candidates in order of creation, each with what had been used by then. */
function* stepsOf(reader: RunReader, axis: BudgetAxis): Generator<Step> {
  const { rows } = reader.query(
    `SELECT programs.ordinal, iif(level = ?, fitness, NULL), coalesce(spent.tokens, 0), coalesce(spent.usd, 0)
     FROM programs LEFT JOIN (
       SELECT ordinal, sum(tokens) AS tokens, sum(usd) AS usd FROM llm_calls GROUP BY ordinal
     ) AS spent ON spent.ordinal = programs.ordinal
     WHERE state IN ('placed', 'failed') ORDER BY programs.ordinal`,
    // Values of other instances than the one that counts do not compare with those of other runs.
    [Math.max(1, levelsOfConfig(reader.identity.config).length)],
    Number.MAX_SAFE_INTEGER,
  )
  let [tokens, usd] = [0, 0]
  for (const [ordinal, fitness, ownTokens, ownUsd] of rows) {
    tokens += Number(ownTokens)
    usd += Number(ownUsd)
    const at = { candidates: Number(ordinal), tokens, usd }[axis]
    yield { at, fitness: typeof fitness === 'number' ? fitness : undefined }
  }
}

function opened(plan: PlannedRun, evaluating: Evaluating): RunStore {
  const { dir, name, seed, loaded, axis, budget } = plan
  const { problem, effective } = loaded
  if (existsSync(path.join(dir, 'evolve.db'))) {
    const store = openSqliteRun(dir)
    const stored = store.budget()
    if ((stored[axis] ?? 0) < budget) store.setBudget({ ...stored, [axis]: budget } satisfies Budget)
    return store
  }
  return createSqliteRun(dir, newIdentity({ name, seed, problem, effective }, evaluating), problem.budget)
}

/** A finished run counts only for the problem, the arm and the seed that it was made with; its budget may differ. */
function refuseOther(plan: PlannedRun, { identity }: RunReader): void {
  const differs = [
    ...(identity.seed === plan.seed ? [] : ['seed']),
    ...(identity.evaluatorHash === plan.evaluatorHash ? [] : ['evaluator']),
    ...(identity.programHash === textHash(plan.loaded.problem.program.source) ? [] : ['first program']),
    ...differingKeys(configTree(identity.config), configTree(plan.loaded.effective), ''),
  ]
  if (differs.length === 0) return
  throw new UserError(
    `${plan.dir} was made with another ${differs.slice(0, 4).join(', ')}: choose another --name, or remove that folder`,
  )
}

function configTree(text: string): unknown {
  const { tree } = readYaml(text, 'the stored config')
  return isTree(tree) ? { ...tree, budget: undefined } : tree
}

function differingKeys(one: unknown, other: unknown, at: string): readonly string[] {
  if (isDeepStrictEqual(one, other)) return []
  if (!isTree(one) || !isTree(other)) return [at]
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].flatMap((key) => differingKeys(one[key], other[key], at === '' ? key : `${at}.${key}`))
}
