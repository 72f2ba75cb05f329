import { extractors, outcomeDescriptors, samplers, stopRules } from '../builtins.ts'
import { withLines } from '../config/locate.ts'
import type { ModelConfig, Problem } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import { UserError } from '../core/errors.ts'
import type { Objective } from '../core/objective.ts'
import { rngStream } from '../core/rng.ts'
import { enforceableBudget, modelNotices } from '../llm/notices.ts'
import { embeddingProvider } from '../llm/embedding.ts'
import { createGateway } from '../llm/gateway.ts'
import { vectorOf } from '../llm/openai-embeddings.ts'
import type { LlmProvider } from '../llm/provider.ts'
import type { StageRun } from '../pipeline/stage.ts'
import type { ProviderContext, ProviderFactory } from '../llm/provider-factory.ts'
import { providers } from '../llm/providers.ts'
import { replayFactory } from '../llm/replay.ts'
import { instructionOf } from '../prompting/template.ts'
import { Lineage } from '../selection/lineage.ts'
import { askThrough } from '../run/ask.ts'
import { createBudgetMeter } from '../run/budget.ts'
import { startRun } from '../run/controller.ts'
import type { RunningRun } from '../run/controller.ts'
import { placeFirstProgram } from '../run/first-program.ts'
import { cachedFacts } from '../run/elite-facts.ts'
import type { EventSink } from '../run/event-sink.ts'
import { measureNoise } from '../run/noise.ts'
import type { RunParts } from '../run/parts.ts'
import { LostLines } from '../run/lost-lines.ts'
import { InstructionRequests } from '../run/instruction-requests.ts'
import { analysisMaker, conditionCheck, metaMaker, promptMaker } from '../run/prompts.ts'
import type { Templates } from '../run/prompts.ts'
import { banditOf } from '../run/pulls.ts'
import { steeredOf, steeringEvent } from '../run/steering.ts'
import { rebuildArchive } from '../run/rebuild.ts'
import { contractNow } from '../run/curriculum.ts'
import { openRungs } from '../run/rungs.ts'
import type { OrderSource, Steered } from '../run/steering.ts'
import { neighbourFinder } from '../run/neighbours.ts'
import { stageAsker } from '../run/stage-questions.ts'
import { byOrdinal } from '../run/schedule.ts'
import type { Schedule } from '../run/schedule.ts'
import { candidatesRule } from '../run/stop-rules.ts'
import { diff } from '../variation/diff.ts'
import type { ModelOperator } from '../variation/operator.ts'
import type { RunStore } from '../store/run-store.ts'
import { resolveRun } from '../store/runs-folder.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import { storedCalls } from '../store/stored-calls.ts'
import { learners, named } from './names.ts'
import { stageCache, cacheKey } from './hashes.ts'
import type { Evaluating } from './evaluating.ts'
import { migrationPlan, learningOf, usableOperators } from './search-parts.ts'
import { curriculumOf } from './levels.ts'

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

/** Tells the store every declared objective; what an earlier process measured about it stays. */
function declareMeasures(objectives: readonly Objective[], store: RunStore): void {
  const known = new Map(store.measures().map((measure) => [measure.name, measure]))
  if (objectives.every(({ name }) => known.has(name)) && known.size === objectives.length) return
  store.setMeasures(
    objectives.map(({ name, direction }) => known.get(name) ?? { name, direction, noise: 0, repeats: 1 }),
  )
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
