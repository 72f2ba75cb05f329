import path from 'node:path'
import { availableParallelism } from 'node:os'
import { descriptors, outcomeDescriptors, samplers, stageKinds } from '../builtins.ts'
import { readText, unreadable } from '../config/first-program.ts'
import { withLines } from '../config/locate.ts'
import type { Problem } from '../config/problem.ts'
import { loadTemplates } from '../config/templates.ts'
import type { Json } from '../core/json.ts'
import type { Level } from '../core/level.ts'
import { UserError } from '../core/errors.ts'
import type { Case } from '../core/evaluation.ts'
import type { Library } from '../core/library.ts'
import { objectiveValue } from '../descriptors/objective-value.ts'
import type { EvaluatorBackend } from '../evaluation/backend.ts'
import { contractText } from '../evaluation/evaluator/contract-text.ts'
import { evaluatorBundle } from '../evaluation/evaluator/scorer-bundle.ts'
import type { Timer } from '../evaluation/timing/timer.ts'
import { bundleLibraries } from '../evaluation/library-bundle.ts'
import type { LibraryBundle } from '../evaluation/library-bundle.ts'
import { refuseUnloadable } from '../evaluation/library-trial.ts'
import { deviceLeases } from '../evaluation/devices/leases.ts'
import { openHoldoutJudge } from '../evaluation/holdout-judge.ts'
import type { HoldoutJudge } from '../evaluation/holdout-judge.ts'
import { createIsolateBackend } from '../evaluation/isolate/backend.ts'
import { createProcessBackend } from '../evaluation/process/backend.ts'
import { namedFiles } from '../evaluation/process/named-files.ts'
import { createSourceOnlyBackend } from '../evaluation/source-only.ts'
import { createTrustedPool } from '../evaluation/trusted/pool.ts'
import type { TrustedPool } from '../evaluation/trusted-pool.ts'
import type { ResourceSlots } from '../pipeline/resources.ts'
import type { Pipeline } from '../pipeline/executor.ts'
import { noveltyMaker, reviewMaker } from '../run/prompts.ts'
import type { Templates } from '../run/prompts.ts'
import { levelsOf } from '../run/curriculum.ts'
import { openPipeline } from '../stages/open.ts'
import { named } from './names.ts'
import { fileHash, textHash } from './hashes.ts'

/** Everything that evaluates programs of one problem: worker threads, hosts and the stages over them. */
export interface Evaluating {
  readonly pool: TrustedPool
  readonly backend: EvaluatorBackend
  readonly cases: readonly Case[]
  readonly pipeline: Pipeline
  /** SHA-256 of the evaluator's own files, of the programs that candidates are compared with, and of {@link Evaluating.helpers}. */
  readonly evaluatorHash: string
  /** Files beside the problem that the commands which run candidates name, relative to it. */
  readonly helpers: readonly string[]
  /** What candidates may import. */
  readonly libraries: readonly Library[]
  /** How candidates are called and what they must return, as prompts tell it. */
  readonly contract: string
  /** The levels of the problem's curriculum with what evaluates each, in their order; empty without one. */
  readonly levels: readonly EvaluatedLevel[]
  /**
   * Opens what scores the hold-out; nothing of it is drawn before.
   *
   * @param level - Of the curriculum, from 1. Default: the last.
   */
  holdout(level?: number): Promise<HoldoutJudge>
  close(): Promise<void>
}

/** What evaluates programs on one level of a curriculum. */
export interface EvaluatedLevel extends Pick<Evaluating, 'pool' | 'cases' | 'pipeline' | 'contract'> {
  readonly level: Level
}

/**
 * Starts what evaluates programs of a problem.
 *
 * @param workDir - Where the evaluator's bundle is written.
 * @throws UserError when the evaluator cannot be loaded or asks for no cases.
 */
export async function openEvaluating(problem: Problem, seed: number, workDir: string): Promise<Evaluating> {
  const [bundle, bundled] = await Promise.all([
    evaluatorBundle(problem, workDir),
    bundleLibraries(problem.program.imports, problem.file),
  ])
  const evaluatorHash = hashWithReferences(bundle.hash, problem)
  const { evaluation } = problem
  const helpers = evaluation.backend === 'process' ? namedFiles(evaluation, path.dirname(problem.file)) : []
  const helpersHash = helpers.length === 0 ? '' : textHash(JSON.stringify(helpers.map((file) => fileHash(file))))
  const cores = availableParallelism()
  const pooled = {
    evaluatorFile: bundle.file,
    evaluatorPath: problem.evaluator,
    objectives: evaluatorObjectives(problem),
    form: { language: problem.program.language, entry: problem.program.entry },
    first: problem.program.source,
    measures: problem.archive.axes.map(({ descriptor }) => descriptor),
  }
  const pool = createTrustedPool({ ...pooled, threads: Math.max(1, Math.min(Math.floor(cores / 2), 8)) })
  // Started as candidates need them, and the concurrency may be raised while the run works.
  const backend = backendFor(problem, cores, bundled)
  const close = async (): Promise<void> => {
    await Promise.all([pool.close(), backend.close()])
  }
  try {
    await refuseUnloadable(backend, bundled, problem)
    const libraries = bundled.map(({ code: _, ...library }) => library)
    const runs = problem.evaluation.backend !== 'none'
    const driver = runs ? await pool.driver() : undefined
    const shape = runs ? await pool.shape() : undefined
    if (driver !== undefined && backend.name !== 'isolate') {
      throw new UserError(`drive() plays candidates in an isolate only, and evaluation.backend is ${backend.name}`, {
        file: problem.evaluator,
      })
    }
    const outcomes = [...outcomeDescriptors, ...problem.objectives.map(({ name }) => objectiveValue(name))]
    if (problem.timeBudgetMs !== undefined && driver !== undefined) {
      const message = 'does not go with an evaluator that plays cases step by step: a call has no time of its own there'
      throw new UserError(message, { file: problem.file, key: 'time_budget' })
    }
    const levels = levelsOf(problem, named(samplers, problem.search.sampler, 'sampler'))
    let slots: ResourceSlots | undefined
    const opened = async (instance: Json | undefined, level?: number) => {
      const about = pool.about(instance)
      const cases = runs ? await about.cases(`${String(seed)}/cases`, 'search') : []
      const { entry } = problem.program
      const contract = contractText({ entry, cases, shape, driven: driver !== undefined, level, levels })
      const pipeline = openPipeline(
        stageKinds,
        {
          ...{ problem, seed, pool: about, backend, cases, driver, libraries, outcomes },
          timer: 'time' in backend ? (backend as Timer & EvaluatorBackend) : undefined,
          fileText: (file, key) => fileText(problem, file, key),
          descriptors: [...descriptors, ...outcomes].map(({ name }) => name),
          // What the evaluator is told belongs to what it says.
          evaluatorHash: instance === undefined ? evaluatorHash : textHash(evaluatorHash + JSON.stringify(instance)),
          helpersHash,
          reviewing: () => reviewMaker(problem, seed, { libraries, contract }, reviewTemplates(problem)),
          judging: () => noveltyMaker(problem, seed, { libraries, contract }, reviewTemplates(problem)),
          hash: textHash,
        },
        cores,
        slots,
      )
      slots = pipeline.slots
      return { pool: about, cases, pipeline, contract }
    }
    const evaluated: EvaluatedLevel[] = []
    for (const [index, level] of levels.entries()) {
      evaluated.push({ level, ...(await opened(level.instance, index + 1)) })
    }
    const first = evaluated[0] ?? (await opened(undefined))
    const holdout = (level = levels.length): Promise<HoldoutJudge> =>
      openHoldoutJudge({
        ...{ problem, seed, backend, driver, evaluatorHash: evaluatorHash + helpersHash },
        pool: createTrustedPool({ ...pooled, threads: 1 }).about(levels[level - 1]?.instance),
      })
    return {
      ...{ ...first, backend, libraries, levels: evaluated, holdout, close },
      helpers: helpers.map((file) => path.relative(path.dirname(problem.file), file)),
      evaluatorHash: helpers.length === 0 ? evaluatorHash : textHash(evaluatorHash + helpersHash),
    }
  } catch (error) {
    await close()
    throw withLines(error)
  }
}

/** Of a review's question only the former reply can give way, so that a rough measure of its length will do. */
function reviewTemplates(problem: Problem): Templates {
  return { byName: loadTemplates(problem.file), countTokens: (text) => text.length / 4, budgetTokens: 32_000 }
}

function backendFor(problem: Problem, slots: number, libraries: readonly LibraryBundle[]): EvaluatorBackend {
  const { evaluation, program, file } = problem
  switch (evaluation.backend) {
    case 'isolate':
      return createIsolateBackend({ hosts: slots, libraries: libraries.map(({ name, code }) => ({ name, code })) })
    case 'process':
      return createProcessBackend({
        spec: evaluation,
        language: program.language,
        folder: path.dirname(file),
        slots,
        ...(evaluation.device === undefined ? {} : { lease: deviceLeases(evaluation.device) }),
      })
    case 'none':
      return createSourceOnlyBackend()
  }
}

/** A program that candidates are compared with belongs to the evaluation as much as the evaluator itself. */
function hashWithReferences(evaluatorHash: string, problem: Problem): string {
  const texts = problem.pipeline.stages.flatMap(({ options: { reference } }) =>
    typeof reference === 'string' ? [fileText(problem, reference, 'pipeline.stages')] : [],
  )
  return texts.length === 0 ? evaluatorHash : textHash(JSON.stringify([evaluatorHash, ...texts]))
}

function fileText(problem: Problem, file: string, key: string): string {
  const place = path.resolve(path.dirname(problem.file), file)
  const wrong = unreadable(place)
  if (wrong !== undefined) throw new UserError(`names ${file}, but ${wrong}`, { file: problem.file, key })
  return readText(place, { file: place })
}

/** The objectives that the evaluator must give: all but those that other stages measure. */
function evaluatorObjectives({ objectives, pipeline }: Problem): readonly string[] {
  const provided = pipeline.stages.flatMap(
    ({ kind, options }) => stageKinds.find((each) => each.kind === kind)?.provides(options) ?? [],
  )
  return objectives.map(({ name }) => name).filter((name) => !provided.includes(name))
}
