import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { compareArms } from '../compare/comparison.ts'
import type { BudgetAxis, Comparison } from '../compare/comparison.ts'
import { knownNames } from '../compose/names.ts'
import { loadProblem } from '../config/load.ts'
import type { LoadedProblem } from '../config/load.ts'
import { overlayOf } from '../config/overlay.ts'
import type { Problem } from '../config/problem.ts'
import { defaultCandidates } from '../config/to-problem.ts'
import { InvariantError, UserError } from '../core/errors.ts'
import { systemClock } from '../core/system-clock.ts'
import { evaluatorBundle } from '../evaluation/evaluator/scorer-bundle.ts'
import { comparisonPlot } from '../report/comparison-plot.ts'
import { comparisonText } from '../report/comparison-text.ts'
import { jsonText } from '../report/json-text.ts'
import { canRedraw } from '../report/output.ts'
import { durationText } from '../core/units.ts'
import { silentSink } from '../report/silent.ts'
import type { EventSink } from '../run/event-sink.ts'
import { sinkFor } from './carry-out.ts'
import { defaultArms, parseArms } from './compare-arms.ts'
import type { Arm } from './compare-arms.ts'
import { carryOutPlanned, comparedRun, isFinished } from './compare-run.ts'
import type { PlannedRun } from './compare-run.ts'
import { exitCodes } from './exit.ts'
import type { Io } from './io.ts'

/** The flags of `evolve compare`. */
export interface CompareFlags {
  readonly arms?: string
  readonly seeds?: number
  readonly budget?: string
  readonly name?: string
  readonly concurrency?: string
  /** `false` for `--no-llm`. */
  readonly llm?: boolean
  readonly json?: boolean
  readonly runsDir: string
}

const defaultSeeds = 5

/**
 * `evolve compare <problem.yaml>`: several ways to search at the same budget and seeds, in one table and one plot.
 *
 * Runs are carried out one after the other, all arms of a seed before the next seed. What is finished is never done
 * again: the same command goes on after an interruption, and more arms, more seeds or a larger budget add to what is there.
 */
export async function compareVerb(io: Io, file: string, flags: CompareFlags): Promise<number> {
  const arms = parseArms(flags.arms ?? defaultArms)
  const base = loadArm(io, file, flags, [])
  const limit = parseBudget(flags.budget, base.problem)
  const name = comparisonName(flags.name, base.problem)
  const folder = path.join(flags.runsDir, name)
  const loaded = new Map(arms.map((arm) => [arm, armProblem(io, file, flags, base.problem, arm, limit)]))
  const evaluatorHash = await hashOf(base.problem)
  const seeds = Array.from({ length: flags.seeds ?? defaultSeeds }, (_, index) => index + 1)
  const plans = seeds.flatMap((seed) =>
    [...loaded].map(([arm, problem]): PlannedRun => {
      const run = `${arm.name}-${String(seed)}`
      return {
        ...{ arm: arm.name, seed, dir: path.join(folder, run), name: `${name}/${run}` },
        ...{ loaded: problem, evaluatorHash, axis: limit.axis, budget: limit.amount },
      }
    }),
  )
  const done = await carryOutAll(io, plans, flags)
  if (done < plans.length) {
    const rest = `${String(done)} of ${String(plans.length)} runs are done; the same command goes on with the rest`
    io.err.write(`${rest}\n`)
    return exitCodes.interrupted
  }
  const [objective] = base.problem.objectives
  if (objective === undefined) throw new InvariantError('a problem has at least one objective')
  const comparison = compareArms(
    { problem: base.problem.name, objective, axis: limit.axis, budget: limit.amount },
    arms.map((arm) => ({
      name: arm.name,
      runs: plans.filter((plan) => plan.arm === arm.name).map(comparedRun),
    })),
  )
  report(io, comparison, folder, flags.json === true)
  return exitCodes.done
}

function loadArm(
  io: Io,
  file: string,
  { concurrency, llm }: CompareFlags,
  overlays: readonly Arm['overlay'][],
): LoadedProblem {
  const overrides = {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(llm === false ? { llm: false as const } : {}),
  }
  return loadProblem(file, { env: io.env, known: knownNames, overrides, overlays })
}

interface Limit {
  readonly axis: BudgetAxis
  readonly amount: number
}

/** The problem as an arm searches it: limited on the one axis that counts, and by the problem's own cost limits. */
function armProblem(io: Io, file: string, flags: CompareFlags, base: Problem, arm: Arm, limit: Limit): LoadedProblem {
  const { usd, tokens } = base.budget
  const budget = {
    ...(usd === undefined ? {} : { usd }),
    ...(tokens === undefined ? {} : { tokens }),
    [limit.axis]: limit.amount,
  }
  const loaded = loadArm(io, file, flags, [arm.overlay, overlayOf({ budget }, '--budget')])
  if (limit.axis !== 'candidates' && loaded.problem.llm.models.length === 0) {
    throw new UserError(
      `arm ${arm.name} asks no model, so a budget of ${limit.axis} would never end it: use --budget candidates=2000`,
    )
  }
  return loaded
}

/** `candidates=2000`, `tokens=500000` or `usd=5`; without it the problem's own number of candidates. */
function parseBudget(text: string | undefined, problem: Problem): Limit {
  if (text === undefined) return { axis: 'candidates', amount: problem.budget.candidates ?? defaultCandidates }
  const [, axis, number] = /^(candidates|tokens|usd)=(\d+(?:\.\d+)?(?:e\d+)?)$/i.exec(text.trim()) ?? []
  const amount = Number(number)
  const whole = axis === 'usd' || Number.isSafeInteger(amount)
  if (axis === undefined || !whole || !(amount > 0)) {
    throw new UserError(`--budget must be candidates=N, tokens=N or usd=X, above 0, not ${JSON.stringify(text)}`)
  }
  return { axis: axis as BudgetAxis, amount }
}

function comparisonName(given: string | undefined, problem: Problem): string {
  const name = given ?? `compare-${problem.name}`
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name)) return name
  throw new UserError(
    `"${name}" cannot name a comparison: use letters, digits, ".", "_" and "-", and begin with a letter or a digit`,
  )
}

async function hashOf(problem: Problem): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evolve-'))
  try {
    return (await evaluatorBundle(problem, folder)).hash
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @returns how many runs are done. */
async function carryOutAll(io: Io, plans: readonly PlannedRun[], flags: CompareFlags): Promise<number> {
  const say = (text: string): unknown => (flags.json === true ? io.err : io.out).write(`${text}\n`)
  // All are looked at before any is carried out: what cannot be compared must not cost hours first.
  const open = plans.filter((plan) => !isFinished(plan))
  let done = plans.length - open.length
  if (done > 0) say(`${String(done)} of ${String(plans.length)} runs are there already`)
  const heard = new Set<string>()
  const lasting = lastingInterrupts(io)
  try {
    for (const plan of open) {
      if (lasting.asked()) return done
      const startedAt = systemClock.now()
      const sink = quietSink(io, flags.json === true, heard)
      try {
        if (!(await carryOutPlanned(lasting.io, plan, flags.runsDir, sink))) return done
      } finally {
        sink.close()
      }
      done++
      const took = durationText(systemClock.now() - startedAt)
      say(`${plan.name} is done after ${took} (${String(done)} of ${String(plans.length)})`)
    }
  } finally {
    lasting.unregister()
  }
  return done
}

/** A request to stop that comes while no run listens is kept for the next one that does. */
function lastingInterrupts(io: Io): { readonly io: Io; asked(): boolean; unregister(): void } {
  let asked = 0
  const handlers = new Set<() => void>()
  const unregister = io.onInterrupt(() => {
    asked++
    handlers.forEach((handler) => handler())
  })
  const onInterrupt: Io['onInterrupt'] = (handler) => {
    handlers.add(handler)
    for (let missed = asked; missed > 0; missed--) handler()
    return () => handlers.delete(handler)
  }
  return { io: { ...io, onInterrupt }, asked: () => asked > 0, unregister }
}

/** A live view on a terminal, and elsewhere notices alone; each notice once in the whole comparison. */
function quietSink(io: Io, json: boolean, heard: Set<string>): EventSink {
  const now = (): number => systemClock.now()
  const sink = !json && canRedraw(io.out, io.env) ? sinkFor(io, false) : silentSink({ output: io.err, now })
  return {
    emit: (event) => {
      if (event.type === 'notice' && heard.has(event.message)) return
      if (event.type === 'notice') heard.add(event.message)
      sink.emit(event)
    },
    close: () => sink.close(),
  }
}

function report(io: Io, comparison: Comparison, folder: string, json: boolean): void {
  mkdirSync(folder, { recursive: true })
  const files = {
    table: path.join(folder, 'comparison.txt'),
    data: path.join(folder, 'comparison.json'),
    plot: path.join(folder, 'comparison.svg'),
  }
  writeFileSync(files.table, `${comparisonText(comparison)}\n`)
  writeFileSync(files.data, `${jsonText(comparison)}\n`)
  writeFileSync(files.plot, comparisonPlot(comparison))
  if (json) {
    io.out.write(`${jsonText({ ...comparison, files })}\n`)
    return
  }
  const width = io.out.isTTY === true ? io.out.columns : undefined
  io.out.write(`\n${comparisonText(comparison, width)}\nplot: ${files.plot}\ndata: ${files.data}\n`)
}
