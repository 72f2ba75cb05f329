import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { launch } from '../compose/launch.ts'
import { openEvaluating } from '../compose/evaluating.ts'
import type { Evaluating } from '../compose/evaluating.ts'
import type { Replaying } from '../compose/launch.ts'
import { loadTemplates } from '../config/templates.ts'
import type { Problem } from '../config/problem.ts'
import { InvariantError } from '../core/errors.ts'
import { rawOf } from '../core/objective.ts'
import { systemClock } from '../core/system-clock.ts'
import { loadTokenCounter } from '../llm/token-count.ts'
import { jsonText } from '../report/json-text.ts'
import { canRedraw, wantsColor } from '../report/output.ts'
import { plainSink } from '../report/plain.ts'
import { silentSink } from '../report/silent.ts'
import { gapClosed, summaryLines } from '../report/summary.ts'
import type { RunSummary } from '../report/summary.ts'
import { terminalSink } from '../report/terminal.ts'
import type { RunEnding, RunningRun } from '../run/controller.ts'
import { levelText } from '../run/curriculum.ts'
import type { EventSink } from '../run/event-sink.ts'
import { endingEvent } from '../store/run-store.ts'
import type { RunStore } from '../store/run-store.ts'
import { forgetStops, ordersIn } from '../store/orders-folder.ts'
import { writeBest } from '../store/runs-folder.ts'
import { exitCodes } from './exit.ts'
import type { Io } from './io.ts'
import { scoreOnHoldout } from './score-holdout.ts'
import type { HeldOutPrograms } from './score-holdout.ts'

/** Most tokens of one prompt. */
export const promptTokens = 32_000

/** Starts the evaluation of a problem with the evaluator's bundle in a folder that goes away afterwards. */
export async function withEvaluating<T>(
  problem: Problem,
  seed: number,
  use: (evaluating: Evaluating) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evolve-'))
  try {
    const evaluating = await openEvaluating(problem, seed, folder)
    try {
      return await use(evaluating)
    } finally {
      await evaluating.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The sink that fits where the output goes. */
export function sinkFor(io: Io, json: boolean): EventSink {
  const now = (): number => systemClock.now()
  if (json) return silentSink({ output: io.err, now })
  if (canRedraw(io.out, io.env)) return terminalSink({ output: io.out, now, color: wantsColor(io.out, io.env) })
  return plainSink({ output: io.out, now })
}

/** A run that is ready to work. */
export interface Assignment {
  readonly problem: Problem
  readonly store: RunStore
  readonly evaluating: Evaluating
  /** The run's folder. */
  readonly dir: string
  /** Where other runs are looked for by name; the folder that `dir` is in unless given. */
  readonly runsDir?: string
  readonly json: boolean
  /** The run that is carried out again, where one is. */
  readonly replaying?: Replaying
  /** The environment variable that a model was picked up from, if the problem names none. */
  readonly offeredBy?: string | undefined
  /** `false` is `--no-cache`. */
  readonly cache?: boolean | undefined
}

/**
 * Works on a run until it ends, shows its progress and its last lines, and keeps `best.<ext>` up to date.
 *
 * @returns the exit code.
 */
export async function carryOut(io: Io, assignment: Assignment): Promise<number> {
  const sink = sinkFor(io, assignment.json)
  try {
    const ending = await work(io, assignment, sink)
    sink.close()
    const { problem, store, evaluating } = assignment
    const holdout = ending.interrupted ? undefined : await scoreOnHoldout(io, problem, store, evaluating)
    report(io, assignment, ending, holdout)
    return ending.interrupted ? exitCodes.interrupted : exitCodes.done
  } finally {
    sink.close()
  }
}

/** Works on a run until it ends and keeps `best.<ext>` up to date. Ctrl+C drains it, a second one stops it. */
export async function work(io: Io, assignment: Omit<Assignment, 'json'>, sink: EventSink): Promise<RunEnding> {
  const { problem, store, evaluating, dir } = assignment
  const extension = path.extname(problem.program.file)
  forgetStops(dir)
  let running: RunningRun | undefined
  let asked = 0
  const unregister = io.onInterrupt(() => {
    asked++
    if (running === undefined) return
    if (asked === 1) running.drain()
    else running.stop()
  })
  try {
    const countTokens = problem.llm.models.length > 0 ? await loadTokenCounter() : (text: string) => text.length / 4
    running = await launch({
      problem,
      store,
      evaluating,
      templates: { byName: loadTemplates(problem.file), countTokens, budgetTokens: promptTokens },
      clock: systemClock,
      sink,
      env: io.env,
      orders: ordersIn(dir),
      ...(assignment.replaying === undefined ? {} : { replaying: assignment.replaying }),
      runsDir: assignment.runsDir ?? path.dirname(dir),
      offeredBy: assignment.offeredBy,
      cache: assignment.cache,
      keepBest: (program) => writeBest(dir, extension, program.source),
    })
    // The signal may have come while the first program was being evaluated.
    if (asked === 1) running.drain()
    if (asked > 1) running.stop()
    const ending = await running.ended
    const { rule, reason, interrupted, progress } = ending
    const said = { rule, reason, interrupted, finished: progress.finished }
    store.event(endingEvent, said, systemClock.now())
    return ending
  } finally {
    unregister()
  }
}

function report(
  io: Io,
  { problem, store, json, evaluating }: Assignment,
  ending: RunEnding,
  holdout: HeldOutPrograms | undefined,
): void {
  const summary = { ...summaryOf(problem, store, evaluating, ending), ...(holdout === undefined ? {} : { holdout }) }
  if (!json) {
    io.out.write(`${summaryLines(summary).join('\n')}\n`)
    return
  }
  const { session } = ending.progress
  const result = {
    ...summary,
    gapClosed: gapClosed(summary)?.share,
    interrupted: ending.interrupted,
    candidatesPerSecond: session.elapsedMs === 0 ? undefined : (1000 * session.finished) / session.elapsedMs,
  }
  io.out.write(`${jsonText(result)}\n`)
}

function summaryOf(
  problem: Problem,
  store: RunStore,
  { levels }: Pick<Evaluating, 'levels'>,
  ending: RunEnding,
): RunSummary {
  const [objective] = problem.objectives
  if (objective === undefined) throw new InvariantError('a problem has at least one objective')
  const { progress, best } = ending
  const level = store.holdout.level()
  // What is known about the problem is about the instance that counts.
  const isLast = levels.length === 0 || level === levels.length
  return {
    run: store.identity.name,
    reason: ending.reason,
    objective,
    first: progress.first,
    ...(levels.length === 0
      ? {}
      : {
          level: levelText(
            levels.map((each) => each.level),
            level,
          ),
        }),
    trivial: isLast ? problem.trivial : undefined,
    best: best === undefined ? undefined : rawOf(problem.objectives, best.fitness),
    bestOrdinal: best?.ordinal,
    known: isLast ? problem.known : [],
    finished: progress.finished,
    failures: progress.failures,
    tokens: progress.tokens,
    usd: progress.usd,
    elapsedMs: progress.elapsedMs,
    reproducible: store.identity.reproducible,
    next: nextCommand(store, ending),
  }
}

/** What goes further: the same run if it was cut short, otherwise the same run with more candidates. */
function nextCommand(store: RunStore, ending: RunEnding): string {
  const { name } = store.identity
  const { candidates } = store.budget()
  const more = candidates === undefined ? ' --wall 1h' : ` --candidates ${String(candidates * 2)}`
  return `npx evolve resume ${name}${ending.interrupted ? '' : more}`
}
