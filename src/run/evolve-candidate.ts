import { InvariantError } from '../core/errors.ts'
import type { CandidateFailure } from '../core/failure.ts'
import type { Json } from '../core/json.ts'
import type { Program, Traits } from '../core/program.ts'
import type { RunReport } from '../evaluation/backend.ts'
import { runPipeline } from '../pipeline/executor.ts'
import type { Pipeline } from '../pipeline/executor.ts'
import type { Unfinished } from '../store/run-store.ts'
import { changedLines } from '../variation/changed-lines.ts'
import { readdedLines } from '../variation/readded-lines.ts'
import { askForChild } from './ask-for-child.ts'
import { commitFailed, commitScored } from './commit.ts'
import type { Commit } from './commit.ts'
import { servicesOn } from './level-services.ts'
import type { RunParts } from './parts.ts'
import type { Programs } from './programs.ts'

/** Where a candidate's trip starts: at its selection, or where an earlier process left it. */
export type Departure = Unfinished

/** What a candidate has when it was only just selected. */
export const untouched = {
  state: 'selected',
  prompt: undefined,
  reply: undefined,
  attempts: 0,
  child: undefined,
  stageRuns: [],
} as const

/** Commits a candidate whose trip is over and says what became of it. */
export type Filing = () => Commit

type Child = { readonly source: string; readonly traits: Traits }
type ChildOutcome =
  { readonly ok: true; readonly child: Child } | { readonly ok: false; readonly failure: CandidateFailure }

/**
 * The corridor: the whole trip of one candidate, from its selection to its place in the archive.
 *
 * Every step is on disk before the next begins, and a step that an earlier process finished is taken from the store.
 *
 * @returns the last step, which files it in the archive when its turn has come, or `undefined` when the budget has no room for the reply it needs: it then stays
 * unfinished and a resume with more budget goes on with it.
 * @throws what broke on our side; the candidate can be resumed.
 */
export async function evolveCandidate(
  parts: RunParts,
  programs: Programs,
  start: Departure,
  signal: AbortSignal,
): Promise<Filing | undefined> {
  const made = start.child === undefined ? await makeChild(parts, programs, start, signal) : undefined
  if (made === 'no-budget') return undefined
  if (made?.ok === false) return () => commitFailed(parts, start, made.failure)
  const child = made?.child ?? start.child
  if (child === undefined) throw new InvariantError(`candidate ${String(start.ordinal)} has no source`)

  const level = start.level ?? 1
  const from = start.state === 'evaluating' ? start.warmStart : warmStartOf(parts, level)
  if (start.state !== 'evaluating') parts.store.beginEvaluation(start.ordinal, from)
  const evaluated = await runPipeline(
    {
      ordinal: start.ordinal,
      source: child.source,
      warmStart: from === undefined ? undefined : returnedBy(parts, from),
    },
    {
      pipeline: pipelineOf(parts, level),
      finished: start.stageRuns,
      clock: parts.clock,
      signal,
      services: servicesOn(level, parts.services, parts.rungs.serving({ from: 0, to: start.seen }, level)),
      record: (runs) => parts.store.recordStages(start.ordinal, runs),
      cache: parts.cache,
    },
  )
  if (evaluated.ok) return () => commitScored(parts, start, evaluated)
  return () => commitFailed(parts, start, evaluated.failure, evaluated.fault)
}

async function makeChild(
  parts: RunParts,
  programs: Programs,
  start: Departure,
  signal: AbortSignal,
): Promise<ChildOutcome | 'no-budget'> {
  if (start.carried !== undefined) return carriedOver(parts, programs.get(start.carried), start.ordinal)
  const found = parts.operators.find(({ operator }) => operator.name === start.operator)
  if (found === undefined || start.parent === undefined) {
    throw new InvariantError(
      `candidate ${String(start.ordinal)} was selected for operator ${start.operator}, unknown here`,
    )
  }
  const parent = programs.get(start.parent)
  const inspirations = start.inspirations.map((ordinal) => programs.get(ordinal))
  const seed = `${String(parts.store.identity.seed)}/${start.operator}/${String(start.ordinal)}`
  const { operator } = found
  const { language } = parts.problem.program
  const variation =
    operator.kind === 'direct'
      ? await parts.vary(operator.name, {
          ...{ parent: slim(parent), inspirations: inspirations.map(slim), seed, language },
          ...(operator.learns === true
            ? { earlier: parts.store.earlierChildren(start.parent, operator.name, start.seen) }
            : {}),
        })
      : await askForChild(parts, operator, { start, parent, inspirations, seed }, signal)
  if (variation === 'no-budget' || !variation.ok) return variation
  const hunks = changedLines(parent.source, variation.source)
  const { ordinal } = parent
  const lines = readdedLines(hunks, parent.source, (added) => parts.lost.removedBy(ordinal, added))
  parts.store.patch(start.ordinal, { ...variation, hunks, lines })
  return { ok: true, child: variation }
}

/** A program of the level before, as it is. */
function carriedOver({ store }: RunParts, { ordinal: from, source, traits }: Program, ordinal: number): ChildOutcome {
  store.patch(ordinal, { source, traits, change: { summary: `program ${String(from)}, carried to the next level` } })
  return { ok: true, child: { source, traits } }
}

/** The stages of a level. */
function pipelineOf({ pipeline, curriculum }: RunParts, level: number): Pipeline {
  return curriculum?.pipelines[level - 1] ?? pipeline
}

/** What a worker thread needs of a program; the rest would only be copied. */
function slim(program: Program): { source: string; traits: Traits } {
  return { source: program.source, traits: program.traits }
}

/** The best program, where the problem lets candidates start from what it returned. */
function warmStartOf({ problem, archive }: RunParts, level: number): number | undefined {
  return problem.timeBudgetMs === undefined || archive.level !== level ? undefined : archive.best?.ordinal
}

/** What a program returned, by case; cases that failed are left out. */
function returnedBy({ store, pipeline }: RunParts, ordinal: number): Readonly<Record<string, Json>> {
  const reports = pipeline.graph.nodes
    .filter(({ shape }) => shape.output === 'results')
    .map(({ declaration }) => store.stageOutput(ordinal, declaration.name) as Pick<RunReport, 'cases'> | undefined)
  const results = reports.flatMap((report) => report?.cases ?? [])
  return Object.fromEntries(results.flatMap((each) => (each.ok ? [[each.id, each.value]] : [])))
}
