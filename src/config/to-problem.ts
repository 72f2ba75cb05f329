import { existsSync } from 'node:fs'
import path from 'node:path'
import { InvariantError } from '../core/errors.ts'
import { languageOfFile } from '../core/language.ts'
import { completeEvaluation, toEvaluation } from './evaluation.ts'
import type { Limits } from '../evaluation/backend.ts'
import { completePipeline, toPipeline } from './pipeline.ts'
import type { Budget, ModelConfig, Problem, SourcedValue } from './problem.ts'
import { toLevels } from './schema-curriculum.ts'
import type { EmbeddingEntry, HelperEntry, ModelEntry } from './schema-llm.ts'
import type { ProblemConfig } from './schema.ts'
import { parseDuration, parseSize } from './units.ts'

/** Children made when nothing else would end the run. */
export const defaultCandidates = 2000

/**
 * Fills in the defaults that depend on other values: a model's name, and the candidates of a budget that would otherwise
 * be empty or, without any model, count only money that nothing spends.
 *
 * Filling in what is already filled in changes nothing.
 */
export function completeConfig(config: ProblemConfig): ProblemConfig {
  const { models, repair, analysis, embedding, ...llm } = config.llm
  const { candidates, usd, tokens, wall, patience } = config.budget
  const paid = models.length > 0 && (usd !== undefined || tokens !== undefined)
  const ends = candidates !== undefined || patience !== undefined || wall !== undefined || paid
  const { file, files, entry, language: chosen, ...program } = config.program
  const language = languageOfProgram(firstFileOf(config), chosen)
  return {
    ...config,
    program: {
      ...(file === undefined ? {} : { file }),
      ...(files === undefined ? {} : { files }),
      ...(entry === undefined ? {} : { entry }),
      language,
      ...program,
    },
    evaluation: completeEvaluation(config.evaluation, language, config.limits.time),
    archive: completeArchive(config),
    llm: {
      models: models.map(named),
      ...(repair === undefined ? {} : { repair: helperNamed(repair) }),
      ...(analysis === undefined ? {} : { analysis: helperNamed(analysis) }),
      ...(embedding === undefined ? {} : { embedding: named(embedding) }),
      ...llm,
    },
    pipeline: completePipeline(config),
    budget: ends ? config.budget : { candidates: defaultCandidates, ...config.budget },
  }
}

/** The file that exports the entry. */
function firstFileOf({ program }: ProblemConfig): string {
  const [first] = program.files ?? []
  return program.file ?? (typeof first === 'string' ? first : (first?.file ?? ''))
}

function languageOfProgram(file: string, language: string | undefined): string {
  const known = language ?? languageOfFile(file)
  if (known === undefined) throw new InvariantError(`the language of ${file} was checked to be known`)
  return known
}

function named<Entry extends { readonly name?: string | undefined; readonly model: string }>(entry: Entry): Entry {
  // The name comes first, as in the schema, so that writing the config down again changes nothing.
  return { ...{ name: entry.model }, ...entry }
}

function helperNamed(helper: HelperEntry): HelperEntry {
  return typeof helper === 'string' ? helper : named(helper)
}

/**
 * Turns a complete config into the frozen problem that a run reads.
 *
 * @param file - Absolute path of the problem file; the config's paths are relative to it.
 * @param source - Text of the first program.
 */
export function toProblem(config: ProblemConfig, file: string, source: string): Problem {
  const models = config.llm.models.map(toModel)
  const beside = (name: string): string => path.resolve(path.dirname(file), name)
  const { first_token, between_tokens, total } = config.llm.deadlines
  return deepFreeze({
    file,
    name: config.name,
    description: config.description,
    program: {
      file: beside(firstFileOf(config)),
      entry: config.program.entry,
      language: languageOfProgram(firstFileOf(config), config.program.language),
      source,
      imports: config.program.imports,
    },
    evaluation: toEvaluation(config.evaluation, path.dirname(file)),
    ...toEvaluator(config.evaluator, file),
    objectives: config.objectives,
    known: config.known.map((known) => ({ ...sourced(known), tolerance: known.tolerance })),
    trivial: config.trivial === undefined ? undefined : sourced(config.trivial),
    reveal: config.reveal,
    hint: config.hint?.show === true ? config.hint.text : undefined,
    limits: toLimits(config.limits),
    timeBudgetMs: config.time_budget === undefined ? undefined : ms(config.time_budget),
    archive: toArchive(config),
    llm: {
      models,
      repair: toHelper(config.llm.repair, models),
      analysis: toHelper(config.llm.analysis, models),
      embedding: toEmbedding(config.llm.embedding),
      deadlines: { firstTokenMs: ms(first_token), betweenTokensMs: ms(between_tokens), totalMs: ms(total) },
    },
    pipeline: toPipeline(config.pipeline),
    curriculum: toLevels(config.curriculum),
    search: toSearch(config.search),
    holdout:
      config.holdout === undefined ? undefined : { programs: config.holdout.programs, cases: config.holdout.cases },
    memory: {
      lessons: config.memory.lessons ?? (config.llm.analysis === undefined ? 'statistics' : 'model'),
      insights: config.memory.insights,
      import: config.memory.import,
      noiseRepeats: config.memory.noise_repeats,
      verify: config.memory.verify,
      check: config.memory.check,
    },
    budget: toBudget(config.budget),
    goals: { target: config.budget.target, patience: config.budget.patience },
  })
}

/** Elites of one cell when there are several objectives and nothing else is said. */
const defaultFront = 8
const defaultCells = 1000
const defaultMigrants = 2

function completeArchive({ archive, objectives }: ProblemConfig): ProblemConfig['archive'] {
  const { islands, kind, cells, elites_per_cell, axes, briefs, migration, ...rest } = archive
  const { topology, interval, count, rate } = migration
  // In the order of the schema, so that writing the config down again changes nothing.
  return {
    islands,
    kind,
    ...(kind === 'cvt' ? { cells: cells ?? defaultCells } : {}),
    elites_per_cell: elites_per_cell ?? (objectives.length > 1 ? defaultFront : 1),
    axes,
    briefs,
    migration: { topology, interval, ...(rate === undefined ? { count: count ?? defaultMigrants } : { rate }) },
    ...rest,
  }
}

function toArchive(config: ProblemConfig): Problem['archive'] {
  const { islands, axes, kind, cells, elites_per_cell, briefs, migration, reset, spawn } = config.archive
  const { topology, interval, count = defaultMigrants, rate } = migration
  return {
    islands,
    axes,
    kind,
    cells,
    elitesPerCell: elites_per_cell ?? 1,
    briefs,
    migration: { topology, interval, count, rate },
    resetInterval: reset.interval,
    spawn,
  }
}

function sourced({ value, source }: { readonly value: number; readonly source?: string | undefined }): SourcedValue {
  return { value, source }
}

function toSearch({ inspire_by, operators, bandit, meta, ...search }: ProblemConfig['search']): Problem['search'] {
  return { ...search, bandit, meta, inspireBy: inspire_by, operators: defined(operators) }
}

function toEvaluator(written: ProblemConfig['evaluator'], file: string): Pick<Problem, 'evaluator' | 'scorer'> {
  const beside = (name: string): string => path.resolve(path.dirname(file), name)
  if (typeof written === 'string') return { evaluator: beside(written), scorer: undefined }
  const { command, time } = written
  const named = command.map(beside).find((each) => existsSync(each))
  return { evaluator: named ?? file, scorer: { command, timeMs: ms(time) } }
}

function toLimits(limits: ProblemConfig['limits']): Limits {
  return {
    timeMs: ms(limits.time),
    memoryBytes: bytes(limits.memory),
    outputBytes: bytes(limits.output),
    consoleBytes: bytes(limits.console),
  }
}

function toBudget({ candidates, usd, tokens, wall }: ProblemConfig['budget']): Budget {
  return { candidates, usd, tokens, wallMs: wall === undefined ? undefined : ms(wall) }
}

function toHelper(helper: HelperEntry | undefined, models: readonly ModelConfig[]): ModelConfig | undefined {
  if (typeof helper === 'string') return models.find(({ name }) => name === helper)
  return helper === undefined ? undefined : toModel({ ...helper, weight: 1 })
}

function toEmbedding(entry: EmbeddingEntry | undefined): ModelConfig | undefined {
  if (entry === undefined) return undefined
  const { price, ...rest } = entry
  return toModel({
    ...rest,
    ...{ api: 'chat', weight: 1, temperature: [], max_tokens: 0 },
    ...(price === undefined ? {} : { price: { input: price.input, output: 0 } }),
  })
}

function toModel(entry: ModelEntry): ModelConfig {
  const { price } = entry
  return {
    name: entry.name ?? entry.model,
    provider: entry.provider,
    model: entry.model,
    api: entry.api,
    baseUrl: entry.base_url?.replace(/\/+$/, ''),
    apiKey: entry.api_key,
    weight: entry.weight,
    temperatures: typeof entry.temperature === 'number' ? [entry.temperature] : entry.temperature,
    maxTokens: entry.max_tokens,
    reasoningEffort: entry.reasoning_effort,
    price: price === undefined ? undefined : { input: price.input, output: price.output, cached: price.cached },
    concurrency: entry.concurrency,
    requestsPerMinute: entry.requests_per_minute,
    tokensPerMinute: entry.tokens_per_minute,
  }
}

function defined(weights: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(weights).filter((entry): entry is [string, number] => entry[1] !== undefined),
  )
}

function ms(written: string): number {
  return checked(parseDuration(written), written)
}

function bytes(written: string): number {
  return checked(parseSize(written), written)
}

function checked(value: number | undefined, written: string): number {
  if (value === undefined) throw new InvariantError(`the schema let ${JSON.stringify(written)} pass`)
  return value
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}
