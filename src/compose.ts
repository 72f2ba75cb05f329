import { createHash, hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import {
  descriptors,
  extractors,
  operators,
  outcomeDescriptors,
  samplers,
  stageKinds,
  stopRules,
  topologies,
} from './builtins.ts'
import { levelsIn } from './config/effective-levels.ts'
import { readText, unreadable } from './config/first-program.ts'
import { withLines } from './config/locate.ts'
import type { ModelConfig, Problem } from './config/problem.ts'
import { loadTemplates } from './config/templates.ts'
import type { KnownNames } from './config/schema.ts'
import type { Clock } from './core/clock.ts'
import type { Json } from './core/json.ts'
import type { Level } from './core/level.ts'
import { InvariantError, UserError } from './core/errors.ts'
import type { Case } from './core/evaluation.ts'
import type { Library } from './core/library.ts'
import type { Objective } from './core/objective.ts'
import { rngStream } from './core/rng.ts'
import { objectiveValue } from './descriptors/objective-value.ts'
import type { EvaluatorBackend } from './evaluation/backend.ts'
import { contractText } from './evaluation/evaluator/contract-text.ts'
import { evaluatorBundle } from './evaluation/evaluator/scorer-bundle.ts'
import type { Timer } from './evaluation/timing/timer.ts'
import { bundleLibraries } from './evaluation/library-bundle.ts'
import type { LibraryBundle } from './evaluation/library-bundle.ts'
import { refuseUnloadable } from './evaluation/library-trial.ts'
import { deviceLeases } from './evaluation/devices/leases.ts'
import { openHoldoutJudge } from './evaluation/holdout-judge.ts'
import type { HoldoutJudge } from './evaluation/holdout-judge.ts'
import { createIsolateBackend } from './evaluation/isolate/backend.ts'
import { createProcessBackend } from './evaluation/process/backend.ts'
import { namedFiles } from './evaluation/process/named-files.ts'
import { createSourceOnlyBackend } from './evaluation/source-only.ts'
import { createTrustedPool } from './evaluation/trusted/pool.ts'
import type { TrustedPool } from './evaluation/trusted-pool.ts'
import { enforceableBudget, modelNotices } from './llm/notices.ts'
import { embeddingProvider } from './llm/embedding.ts'
import { createGateway } from './llm/gateway.ts'
import { vectorOf } from './llm/openai-embeddings.ts'
import type { LlmProvider } from './llm/provider.ts'
import type { ResourceSlots } from './pipeline/resources.ts'
import type { StageRun } from './pipeline/stage.ts'
import type { ProviderContext, ProviderFactory } from './llm/provider-factory.ts'
import { providers } from './llm/providers.ts'
import { replayFactory } from './llm/replay.ts'
import type { Pipeline, StageCache } from './pipeline/executor.ts'
import { instructionOf } from './prompting/template.ts'
import { Lineage } from './selection/lineage.ts'
import { askThrough } from './run/ask.ts'
import { createBudgetMeter } from './run/budget.ts'
import { placeFirstProgram, startRun } from './run/controller.ts'
import type { RunningRun } from './run/controller.ts'
import { cachedFacts } from './run/elite-facts.ts'
import type { EventSink } from './run/event-sink.ts'
import { measureNoise } from './run/noise.ts'
import type { RunParts } from './run/parts.ts'
import { LostLines } from './run/lost-lines.ts'
import { LearningParents } from './run/learning-parents.ts'
import { InstructionRequests } from './run/instruction-requests.ts'
import { analysisMaker, conditionCheck, metaMaker, noveltyMaker, promptMaker, reviewMaker } from './run/prompts.ts'
import type { PromptSources, Templates } from './run/prompts.ts'
import { banditOf } from './run/pulls.ts'
import { nextPrompt } from './run/preview.ts'
import type { NextPrompt } from './run/preview.ts'
import { cachedPrograms } from './run/programs.ts'
import { steeredOf, steeringEvent } from './run/steering.ts'
import { emptyArchive, rebuildArchive } from './run/rebuild.ts'
import { rescore } from './run/rescore.ts'
import { contractNow, handOverEvent, levelEndEvent, levelsOf, standingOf } from './run/curriculum.ts'
import type { Curriculum } from './run/curriculum.ts'
import { openRungs, standsAlone } from './run/rungs.ts'
import type { RescoreParts, RescoreSummary } from './run/rescore.ts'
import { simplifyProgram } from './run/simplify.ts'
import type { Simplified, SimplifyParts } from './run/simplify.ts'
import type { MigrationPlan } from './archive/migration.ts'
import type { OrderSource, Steered } from './run/steering.ts'
import { neighbourFinder } from './run/neighbours.ts'
import { stageAsker } from './run/stage-questions.ts'
import { byOrdinal } from './run/schedule.ts'
import type { Schedule } from './run/schedule.ts'
import { candidatesRule } from './run/stop-rules.ts'
import { openPipeline } from './stages/open.ts'
import { diff } from './variation/diff.ts'
import type { ModelOperator } from './variation/operator.ts'
import { perturb } from './variation/perturb.ts'
import type { RunStore } from './store/run-store.ts'
import { resolveRun } from './store/runs-folder.ts'
import { openReadOnly } from './store/sqlite/read-only.ts'
import { storedCalls } from './store/stored-calls.ts'

/** Names that a problem may refer to. */
export const knownNames: KnownNames = {
  operators: operators.map(({ name }) => name),
  samplers: samplers.map(({ name }) => name),
  topologies: topologies.map(({ name }) => name),
  stages: stageKinds,
}

/** Operators that keep a parent and learn from their earlier children of it. */
export const learners: ReadonlySet<string> = new Set(
  operators.flatMap((operator) => (operator.kind === 'direct' && operator.learns === true ? [operator.name] : [])),
)

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

function migrationPlan({ archive: { migration } }: Problem): MigrationPlan {
  const { topology, interval, count, rate } = migration
  return { topology: named(topologies, topology, 'topology'), interval, count, rate }
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

function stageCache(store: Pick<RunStore, 'stageResult'>, reuse: boolean): StageCache {
  return { hash: cacheKey, find: (key) => (reuse ? store.stageResult(key) : undefined) }
}

/** The key under which a stage's result is found again: 128 bits are enough never to meet by chance. */
function cacheKey(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32)
}

function fileHash(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

/** SHA-256 of a text, hexadecimal. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** What is taken from a stored run that is carried out again. */
export interface Replaying {
  readonly schedule: Schedule
  readonly outcomes: (ordinal: number) => readonly StageRun[]
  readonly steered: readonly Steered[]
  readonly recorded: NonNullable<RunParts['recorded']>
  /** Serve the stored replies, whatever provider a model has. */
  readonly providers: Readonly<Record<string, ProviderFactory>>
}

/** What a run is put together from. The store is open and its session not yet begun. */
export interface RunIngredients {
  readonly problem: Problem
  readonly store: RunStore
  readonly evaluating: Evaluating
  readonly templates: Templates
  readonly clock: Clock
  readonly sink: EventSink
  readonly env: Readonly<Record<string, string | undefined>>
  readonly keepBest: RunParts['keepBest']
  /** Orders from other processes. */
  readonly orders: OrderSource
  /** The run that is carried out again, where one is. */
  readonly replaying?: Replaying
  /** Folder in which a model of the provider `replay` looks for the run that it names. */
  readonly runsDir: string
  /** Name of the environment variable that the model came from, when the problem names none. */
  readonly offeredBy: string | undefined
  /** `false` takes no stage's result over from an equal one. Default: true. */
  readonly cache?: boolean | undefined
}

/**
 * Puts a run together and starts it: the first program if it has no place yet, then what an earlier process left
 * unfinished, then new candidates.
 *
 * @throws UserError when the first program fails.
 */
export async function launch(ingredients: RunIngredients): Promise<RunningRun> {
  const { problem, store, evaluating, clock, sink, replaying } = ingredients
  const resumed = store.totals().selected > 0 || store.evaluation(0) !== undefined
  store.loseOpenCalls(clock.now())
  store.openSession(clock.now())
  const meter = createBudgetMeter(store, clock, (budget) => enforceableBudget(problem, budget))
  const budget = meter.budget()
  const steered = [...(replaying?.steered ?? steeredOf(store.events(steeringEvent)))]
  const archive = rebuildArchive(problem, store)
  // A process that died right after it had found the best did not get to writing its file.
  if (archive.best !== undefined) ingredients.keepBest(store.program(archive.best.ordinal))
  const usable = usableOperators(problem)
  const sampler = named(samplers, problem.search.sampler, 'sampler')
  const lineage = Lineage.of(store.lineage(), sampler.needs === 'subtrees')
  const opened = replaying?.providers ?? {
    ...providers,
    replay: (model: ModelConfig, context: ProviderContext) => openStoredRun(ingredients.runsDir, model, context),
  }
  const traffic = {
    ledger: meter,
    clock,
    rng: (stream: string, n: number) => rngStream(store.identity.seed, stream, n),
    deadlines: problem.llm.deadlines,
    notify: (message: string) => sink.emit({ type: 'notice', message }),
    env: ingredients.env,
    // There is nobody to spare.
    ...(replaying === undefined ? {} : { retry: { baseMs: 0, capMs: 0 } }),
  }
  const { models, repair, analysis, embedding } = problem.llm
  const others = [repair, analysis].filter((model) => model !== undefined)
  const ask = askThrough(createGateway({ models, others, providers: opened, ...traffic }))
  const embedders = Object.fromEntries(Object.entries(opened).map(([name, open]) => [name, embeddingProvider(open)]))
  // A gateway of its own: no other model can stand in for this one.
  const askVector = askThrough(
    createGateway({ models: [embedding].flatMap((model) => model ?? []), providers: embedders, ...traffic }),
  )
  await refuseWithoutVectors(ingredients, embedders)
  const curriculum = curriculumOf(evaluating, store)
  const contract = contractNow(store, archive)
  const sources = { problem, store, archive, sampler, steered, contract, templates: ingredients.templates }
  const parts: RunParts = {
    problem,
    curriculum,
    store,
    archive,
    lineage,
    lost: new LostLines(
      (ordinal) => store.duplicates.removed(ordinal),
      (ordinal) => lineage.parentOf(ordinal),
    ),
    migration: migrationPlan(problem),
    sampler,
    factsOf: cachedFacts(store, problem.objectives),
    operators: usable,
    learning: learningOf(problem, store),
    bandit: problem.search.bandit && banditOf(problem.search.bandit, store, learners),
    pipeline: evaluating.pipeline,
    services: {
      ...store.duplicates,
      ask: stageAsker({ problem, store, ask, hash: cacheKey }),
      neighbour: neighbourFinder({ model: embedding?.name, store, ask: askVector, vectorOf, hash: cacheKey }),
    },
    rungs: openRungs({ filed: store.rungs.filed(), keep: (entry) => store.rungs.enter(entry) }),
    cache: stageCache(store, ingredients.cache ?? true),
    vary: (operator, request) => evaluating.pool.vary(operator, request),
    buildPrompt: promptMaker(sources),
    // A replay's replies are there already: no prompt that a lesson could change is sent.
    extractor: replaying === undefined ? extractorOf(problem) : undefined,
    buildAnalysis: analysisMaker(sources),
    buildMeta: metaMaker(sources, (name) => modelOperators(usable).find((one) => one.name === name)?.template),
    instructionRequests: replaying === undefined ? instructionRequests(ingredients, modelOperators(usable)) : undefined,
    conditions: replaying === undefined ? conditionCheck(sources) : undefined,
    ask,
    schedule:
      replaying?.schedule ?? (problem.search.order === 'by-ordinal' ? byOrdinal(problem.search.lag) : undefined),
    ...(replaying === undefined ? {} : { outcomes: replaying.outcomes, recorded: replaying.recorded }),
    stopRules: replaying === undefined ? stopRules : [candidatesRule],
    steering: { orders: ingredients.orders, log: steered },
    clock,
    sink,
    keepBest: ingredients.keepBest,
  }
  const unfinished = store.unfinished()
  const first = unfinished.find(({ ordinal }) => ordinal === 0)
  const begunAt = clock.now()
  if (first !== undefined || store.evaluation(0) === undefined) await placeFirstProgram(parts, first)
  declareMeasures(problem.objectives, store)
  if (!resumed) await measureNoise(parts, clock.now() - begunAt)
  if (!resumed && problem.memory.import !== undefined)
    takeOver(ingredients.runsDir, problem.memory.import, store, clock)
  const sample = {
    operator: diff,
    ordinal: 1,
    island: 0,
    parent: store.program(0),
    inspirations: [],
    repair: undefined,
  }
  for (const message of modelNotices(problem, budget, ingredients.offeredBy, () => {
    const { prompt } = parts.buildPrompt(sample)
    return ingredients.templates.countTokens(prompt.system) + ingredients.templates.countTokens(prompt.user)
  })) {
    sink.emit({ type: 'notice', message })
  }
  const asking = evaluating.pipeline.graph.nodes.filter(({ shape }) => shape.asks === true)
  if (problem.llm.models.length > 0 && asking.length > 0) {
    const names = asking.map(({ declaration }) => declaration.name).join(', ')
    const message = `stage ${names} asks a model about each program that gets there: that comes on top, within the same budget`
    sink.emit({ type: 'notice', message })
  }
  const measured = outcomeDescriptors.filter(({ reproducible }) => !reproducible).map(({ name }) => name)
  for (const { descriptor } of problem.archive.axes.filter((axis) => measured.includes(axis.descriptor))) {
    const message = `axis ${descriptor} is not reproducible: the same program may fall into another cell on another day or machine`
    sink.emit({ type: 'notice', message })
  }
  sink.emit({ type: 'started', run: store.identity.name, resumed, candidates: store.budget().candidates })
  return startRun(
    parts,
    meter,
    unfinished.filter(({ ordinal }) => ordinal !== 0),
  )
}

/**
 * A model of vectors that cannot be opened, for lack of a key, is told before anything is evaluated.
 *
 * @throws UserError naming its entry.
 */
async function refuseWithoutVectors(
  { problem, evaluating, sink, env, clock }: RunIngredients,
  embedders: Readonly<Record<string, ProviderFactory>>,
): Promise<void> {
  const { embedding } = problem.llm
  const stage = evaluating.pipeline.graph.nodes.find(({ declaration }) => declaration.kind === 'novelty')?.declaration
  if (stage === undefined) return
  if (embedding === undefined) {
    sink.emit({ type: 'notice', message: `stage ${stage.name} lets everything pass: there is no llm.embedding` })
    return
  }
  try {
    await embedders[embedding.provider]?.(embedding, { env, clock })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw withLines(new UserError(error.message, { file: problem.file, key: 'llm.embedding' }))
  }
}

/** The operators that ask a model. */
function modelOperators(usable: RunParts['operators']): readonly ModelOperator[] {
  return usable.flatMap(({ operator }) => (operator.kind === 'model' ? [operator] : []))
}

/**
 * Begins the evolution of instructions, where the problem asks for it.
 *
 * @throws UserError when a template has no instruction that could evolve.
 */
function instructionRequests(
  { problem, store, clock, templates }: RunIngredients,
  asking: readonly ModelOperator[],
): InstructionRequests | undefined {
  if (problem.search.meta === undefined || asking.length === 0) return undefined
  for (const { name, template } of asking) {
    const found = templates.byName.get(template)
    if (found !== undefined && instructionOf(found) === undefined) {
      const message = `needs {{instruction: ...}} in the template ${template}.md: say there what may evolve`
      throw new UserError(message, { file: problem.file, key: 'search.meta' })
    }
    store.instructions.begin(name, clock.now())
  }
  return new InstructionRequests({ problem, store, clock })
}

/** Who draws lessons; without a model it is counts, whose reader is `evolve insights`. */
function extractorOf({ memory, llm }: Problem): RunParts['extractor'] {
  if (memory.lessons === 'off') return undefined
  const asks = memory.lessons === 'model' && llm.models.length > 0
  return named(extractors, asks ? 'reflection' : 'statistics', 'insight extractor')
}

/** Copies the insights of another run that are in use, with their record. */
function takeOver(runsDir: string, run: string, store: RunStore, clock: Clock): void {
  const reader = openReadOnly(resolveRun(runsDir, run))
  try {
    const origin = `run ${reader.identity.name}`
    const insights = reader.memory.insights().filter(({ status }) => status !== 'retired')
    store.memory.add(
      insights.map(({ id: _id, version: _version, ...insight }) => ({ ...insight, origin })),
      clock.now(),
    )
  } finally {
    reader.close()
  }
}

/** The levels that a run of an effective configuration goes through; none without a curriculum. */
export function levelsOfConfig(effective: string): readonly Level[] {
  const { curriculum, sampler } = levelsIn(effective)
  return curriculum.length === 0 ? [] : levelsOf({ curriculum }, named(samplers, sampler, 'sampler'))
}

/** Where a run stands in its curriculum, with what evaluates its levels. */
function curriculumOf({ levels }: Evaluating, store: Pick<RunStore, 'events'>): Curriculum | undefined {
  if (levels.length === 0) return undefined
  return {
    levels: levels.map(({ level }) => level),
    pipelines: levels.map(({ pipeline }) => pipeline),
    contracts: levels.map(({ contract }) => contract),
    standing: standingOf(store.events(levelEndEvent), store.events(handOverEvent)),
  }
}

/** Tells the store every declared objective; what an earlier process measured about it stays. */
function declareMeasures(objectives: readonly Objective[], store: RunStore): void {
  const known = new Map(store.measures().map((measure) => [measure.name, measure]))
  if (objectives.every(({ name }) => known.has(name)) && known.size === objectives.length) return
  store.setMeasures(
    objectives.map(({ name, direction }) => known.get(name) ?? { name, direction, noise: 0, repeats: 1 }),
  )
}

/** What a rescore is put together from. */
export interface RescoreIngredients extends Pick<
  RescoreParts,
  'problem' | 'identity' | 'store' | 'clock' | 'signal' | 'progress'
> {
  readonly store: RescoreParts['store'] & Pick<RunStore, 'duplicates' | 'stageResult' | 'asked'>
  readonly evaluating: Evaluating
  /** `false` computes every stage again. */
  readonly cache: boolean
}

/** Scores a run's programs again; see {@link rescore}. */
export function rescoreRun({ evaluating, cache, ...ingredients }: RescoreIngredients): Promise<RescoreSummary> {
  const { problem, store } = ingredients
  const reason = 'a rescore asks no model'
  const nobody = Promise.resolve({ ok: false, reason } as const)
  const nobodyAsked = Promise.resolve({ ok: false, failure: { kind: 'no-reply', message: reason } } as const)
  // What was bought during the search refuses the same candidates again.
  const stored = stageAsker({ problem, store, ask: () => nobodyAsked, hash: cacheKey })
  return rescore({
    ...ingredients,
    archive: emptyArchive(problem),
    migration: migrationPlan(problem),
    pipeline: evaluating.pipeline,
    curriculum: curriculumOf(evaluating, store),
    services: {
      ...store.duplicates,
      // What was rejected during the search stays as it was; a rescore has rows of its own.
      reject: () => undefined,
      ask: (question, ...about) => (question.purpose === 'novelty' ? stored(question, ...about) : nobody),
      neighbour: neighbourFinder({
        ...{ model: problem.llm.embedding?.name, store, vectorOf, hash: cacheKey },
        ask: () => nobodyAsked,
      }),
    },
    cache: stageCache(store, cache),
    reuse: cache,
  })
}

/** What a simplification is put together from. */
export interface SimplifyIngredients extends Pick<
  SimplifyParts,
  'problem' | 'store' | 'ordinal' | 'most' | 'clock' | 'signal' | 'progress'
> {
  readonly store: SimplifyParts['store'] & Pick<RunStore, 'stageResult' | 'identity'>
  readonly evaluating: Evaluating
}

/** Makes a program of a run shorter; see {@link simplifyProgram}. */
export function simplifyRun({ evaluating, ...ingredients }: SimplifyIngredients): Promise<Simplified> {
  const { problem, store } = ingredients
  const { curriculum, evaluation, limits, objectives, pipeline } = problem
  const { level = 1 } = store.program(ingredients.ordinal)
  const { seed } = store.identity
  return simplifyProgram({
    ...ingredients,
    key: textHash(
      JSON.stringify([evaluating.evaluatorHash, seed, evaluation, limits, objectives, pipeline, curriculum]),
    ),
    pipeline: evaluating.levels[level - 1]?.pipeline ?? evaluating.pipeline,
    services: {
      // What was tried before, or by the search, is no reason to refuse a shorter program.
      claim: () => undefined,
      reject: () => undefined,
      departure: () => undefined,
      ask: () => Promise.resolve({ ok: false, reason: 'a simplification asks no model' }),
      neighbour: () => Promise.resolve({ ok: false, reason: 'a simplification asks no model' }),
      // Every rung is climbed: a shorter program is compared with the one that it comes from, by the whole score.
      stand: standsAlone,
    },
    cache: stageCache(store, true),
  })
}

/** Where a prompt preview reads its programs: a run's database, or the first program alone. */
export type PreviewSource = PromptSources['store'] &
  Pick<RunStore, 'program' | 'placements' | 'lineage' | 'madeBy' | 'latestTrials' | 'bestSibling' | 'events'>

/** The prompt that a run over `store` would send next, from candidate `ordinal` on; see {@link nextPrompt}. */
export function previewPrompt(
  problem: Problem,
  store: PreviewSource,
  templates: Templates,
  ordinal: number,
): NextPrompt | undefined {
  const archive = rebuildArchive(problem, store)
  const sampler = named(samplers, problem.search.sampler, 'sampler')
  const steered = steeredOf(store.events(steeringEvent))
  const parts = {
    problem,
    store,
    archive,
    lineage: Lineage.of(store.lineage(), sampler.needs === 'subtrees'),
    sampler,
    factsOf: cachedFacts(store, problem.objectives),
    learning: learningOf(problem, store),
    bandit: problem.search.bandit && banditOf(problem.search.bandit, store, learners),
    operators: operators
      .filter(({ kind }) => kind === 'model')
      .map((operator) => ({ operator, weight: problem.search.operators[operator.name] ?? 0 })),
    buildPrompt: promptMaker({
      ...{ problem, store, archive, sampler, steered, templates },
      contract: contractNow(store, archive),
    }),
  }
  return nextPrompt(parts, cachedPrograms(store), ordinal)
}

/** The provider `replay`: its model names the run whose replies are served. */
const openStoredRun = (runsDir: string, model: ModelConfig, context: ProviderContext): Promise<LlmProvider> => {
  const reader = openReadOnly(resolveRun(runsDir, model.model))
  try {
    return replayFactory(storedCalls(reader))(model, context)
  } finally {
    reader.close()
  }
}

/** Where the operators that learn have been at work so far. */
function learningOf({ search }: Problem, store: Pick<RunStore, 'madeBy'>): RunParts['learning'] {
  const used = [...learners].filter((name) => (search.operators[name] ?? 0) > 0)
  return new Map(used.map((name) => [name, LearningParents.of(store.madeBy(name), search.tune.evaluations)]))
}

function usableOperators(problem: Problem): RunParts['operators'] {
  const hasModel = problem.llm.models.length > 0
  const chosen = operators
    .map((operator) => ({ operator, weight: problem.search.operators[operator.name] ?? 0 }))
    .filter(({ operator, weight }) => weight > 0 && (operator.kind === 'direct' || hasModel))
  if (chosen.length > 0) return chosen
  if (hasModel) throw new UserError('every operator has weight 0', { file: problem.file, key: 'search.operators' })
  // Without a model perturb does the job, whatever its weight beside a model would have been.
  return [{ operator: perturb, weight: 1 }]
}

function named<T extends { readonly name: string }>(items: readonly T[], name: string, what: string): T {
  const found = items.find((item) => item.name === name)
  if (found === undefined) throw new InvariantError(`unknown ${what} ${name} passed the config`)
  return found
}
