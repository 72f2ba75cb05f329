import type { Archive } from '../archive/archive.ts'
import type { Problem } from '../config/problem.ts'
import { InvariantError } from '../core/errors.ts'
import type { Evaluation } from '../core/evaluation.ts'
import type { Library } from '../core/library.ts'
import type { Program } from '../core/program.ts'
import { languageNamed } from '../core/language.ts'
import { isSeveralFiles } from '../core/program-files.ts'
import { rngStream } from '../core/rng.ts'
import { clusterAttempts } from '../insights/clusters.ts'
import { buildPrompt } from '../prompting/build.ts'
import { isolateRules, processRules } from '../prompting/context.ts'
import type { PromptContext, PromptParent, PromptProblem } from '../prompting/context.ts'
import { instructionOf } from '../prompting/template.ts'
import type { Template } from '../prompting/template.ts'
import type { ParentSampler } from '../selection/sampler.ts'
import type { Judging, Reviewing } from '../stages/stage-kind.ts'
import { changedLines } from '../variation/changed-lines.ts'
import type { InstructionQuestions } from '../store/instruction-store.ts'
import type { RunIdentity, RunStore } from '../store/run-store.ts'
import { instructionFor, metaContext } from './instructions.ts'
import type { RunParts } from './parts.ts'
import { blank, insightsFor, rememberer } from './recall.ts'
import type { Remembered } from './recall.ts'
import { hintsFor } from './steering.ts'
import type { Steered } from './steering.ts'

/** Templates by name, and how text is measured. */
export interface Templates {
  readonly byName: ReadonlyMap<string, Template>
  readonly countTokens: (text: string) => number
  /** Most tokens of one prompt. */
  readonly budgetTokens: number
}

/** What prompts are made from. */
export interface PromptSources {
  readonly problem: Problem
  readonly store: Pick<RunStore, 'evaluation'> & Remembered['store'] & { readonly instructions: InstructionQuestions }
  readonly archive: Archive
  readonly sampler: Pick<ParentSampler, 'shows'>
  /** Orders that have taken effect; hints among them enter the prompts of later candidates. */
  readonly steered: readonly Steered[]
  readonly templates: Templates
  /** How candidates are called now. Default: as the run began. */
  readonly contract?: () => string
}

/** Makes prompts out of what the store knows about a parent. */
export function promptMaker(sources: PromptSources): RunParts['buildPrompt'] {
  const { problem, store, archive, sampler, templates } = sources
  const recall = rememberer({ problem, store, archive })
  return ({ operator, ordinal, island, parent, inspirations, repair, insights, seen = Number.MAX_SAFE_INTEGER }) => {
    const name = repair === undefined ? operator.template : 'repair'
    const template = templates.byName.get(name)
    if (template === undefined) throw new InvariantError(`there is no template ${name}`)
    const recalled = sampler.shows === 'nothing' ? blank : recall(parent, ordinal, operator.name, insights)
    // The repair template has none.
    const instruction =
      repair === undefined ? instructionFor({ problem, store }, operator.name, ordinal, seen) : undefined
    const context: PromptContext = {
      ...recalled,
      instruction: instruction?.text,
      problem: promptProblem(problem, hintsFor(sources.steered, ordinal), calledNow(sources)),
      replyFormat: operator.replyFormat,
      parent: promptParent(sources, parent),
      brief: problem.archive.briefs[island],
      bestFitness: archive.best?.fitness,
      inspirations: inspirations.slice(0, operator.inspirations.most).map((program) => {
        const { objectives, fitness } = evaluationOf(sources, program)
        return { source: program.source, objectives, fitness }
      }),
      repair,
      transition: undefined,
    }
    const { countTokens, budgetTokens } = templates
    const prompt = buildPrompt(template, context, {
      budgetTokens,
      countTokens,
      rng: rngStream(store.identity.seed, 'phrasing', ordinal),
    })
    // The repair template tells none of them.
    return { prompt, insights: repair === undefined ? recalled.insights : [], instruction: instruction?.id }
  }
}

/** Makes the questions for better instructions. */
export function metaMaker(
  sources: Omit<PromptSources, 'store'> & { readonly store: RunStore },
  templateOf: (operator: string) => string | undefined,
): RunParts['buildMeta'] {
  const { problem, store, archive, templates } = sources
  const template = templates.byName.get('meta')
  if (template === undefined) throw new InvariantError('there is no template meta')
  return (request, current, population) => {
    const asking = templates.byName.get(templateOf(request.operator) ?? '')
    const context: PromptContext = {
      ...blank,
      problem: promptProblem(problem, [], store.identity),
      replyFormat: 'edits',
      parent: promptParent(sources, store.program(0)),
      brief: undefined,
      bestFitness: archive.best?.fitness,
      inspirations: [],
      repair: undefined,
      transition: undefined,
      meta: metaContext(store, request, current, population, asking === undefined ? [] : (instructionOf(asking) ?? [])),
    }
    const { countTokens, budgetTokens } = templates
    const rng = rngStream(store.identity.seed, 'meta-phrasing', request.id)
    return buildPrompt(template, context, { budgetTokens, countTokens, rng })
  }
}

/** As many conditions are checked at a time. */
const mostChecked = 6

/** Makes the questions which conditions in words hold; `undefined` where none are to be asked. */
export function conditionCheck(sources: PromptSources): RunParts['conditions'] {
  const { problem, store, archive, sampler, templates } = sources
  const { check, insights: most } = problem.memory
  const template = templates.byName.get('insight-check')
  if (!check || most === 0 || sampler.shows === 'nothing' || template === undefined) return undefined
  return {
    shortList: (parent, ordinal, operator) => insightsFor(store, parent, ordinal, operator, mostChecked),
    question: (parent, ordinal, listed) => {
      const context: PromptContext = {
        ...blank,
        problem: promptProblem(problem, [], calledNow(sources)),
        replyFormat: 'edits',
        parent: promptParent(sources, parent),
        brief: undefined,
        bestFitness: archive.best?.fitness,
        inspirations: [],
        insights: listed,
        repair: undefined,
        transition: undefined,
      }
      const { countTokens, budgetTokens } = templates
      const rng = rngStream(store.identity.seed, 'check-phrasing', ordinal)
      return buildPrompt(template, context, { budgetTokens, countTokens, rng })
    },
  }
}

/** Makes the questions to the analysis model about transitions. */
export function analysisMaker(sources: PromptSources): RunParts['buildAnalysis'] {
  const { problem, store, archive, templates } = sources
  const template = templates.byName.get('analysis')
  if (template === undefined) throw new InvariantError('there is no template analysis')
  return ({ ordinal, parent, outcome, hunks, siblings, measures, mixed }) => {
    const [measure] = measures
    const context: PromptContext = {
      ...blank,
      problem: promptProblem(problem, [], calledNow(sources)),
      replyFormat: 'edits',
      parent: promptParent(sources, store.program(parent.ordinal)),
      brief: undefined,
      bestFitness: archive.best?.fitness,
      inspirations: [],
      tried: measure === undefined ? [] : clusterAttempts(siblings, parent.objectives, measure),
      repair: undefined,
      transition: { hunks, outcome, mixed },
    }
    const { countTokens, budgetTokens } = templates
    return buildPrompt(template, context, {
      budgetTokens,
      countTokens,
      rng: rngStream(store.identity.seed, 'analysis-phrasing', ordinal),
    })
  }
}

/** Makes the questions of reviews; see the template `review`. */
export function reviewMaker(
  problem: Problem,
  seed: number,
  facts: Pick<RunIdentity, 'libraries' | 'contract'>,
  templates: Templates,
): Reviewing {
  const template = templates.byName.get('review')
  if (template === undefined) throw new InvariantError('there is no template review')
  const told = promptProblem(problem, [], facts)
  const { name, description, objectives } = told
  return {
    identity: JSON.stringify([name, description, objectives, template]),
    prompt: ({ ordinal, source, criteria, schema, former }) => {
      const repair =
        former === undefined
          ? undefined
          : { failure: { kind: 'invalid-output', message: former.complaint } as const, reply: former.reply }
      const context: PromptContext = {
        ...blank,
        problem: told,
        replyFormat: 'edits',
        parent: { source, objectives: {}, fitness: 0, feedback: undefined, artifacts: {}, console: '' },
        brief: undefined,
        bestFitness: undefined,
        inspirations: [],
        repair,
        transition: undefined,
        review: { criteria, schema },
      }
      const { countTokens, budgetTokens } = templates
      const rng = rngStream(seed, 'review-phrasing', ordinal)
      return buildPrompt(template, context, { budgetTokens, countTokens, rng })
    },
  }
}

/** Makes the question whether a program is materially different from another one. */
export function noveltyMaker(
  problem: Problem,
  seed: number,
  facts: Pick<RunIdentity, 'libraries' | 'contract'>,
  templates: Templates,
): Judging {
  const template = templates.byName.get('novelty')
  if (template === undefined) throw new InvariantError('there is no template novelty')
  const told = promptProblem(problem, [], facts)
  const { name, description, objectives } = told
  return {
    identity: JSON.stringify([name, description, objectives, template]),
    prompt: ({ ordinal, before, after }) => {
      const context: PromptContext = {
        ...blank,
        problem: told,
        replyFormat: 'edits',
        parent: { source: before, objectives: {}, fitness: 0, feedback: undefined, artifacts: {}, console: '' },
        brief: undefined,
        bestFitness: undefined,
        inspirations: [],
        repair: undefined,
        transition: {
          hunks: changedLines(before, after),
          outcome: { ok: true, objectives: {}, feedback: undefined },
          mixed: [],
        },
      }
      const { countTokens, budgetTokens } = templates
      return buildPrompt(template, context, {
        budgetTokens,
        countTokens,
        rng: rngStream(seed, 'novelty-phrasing', ordinal),
      })
    },
  }
}

function promptParent(sources: PromptSources, parent: Program): PromptParent {
  const evaluation = evaluationOf(sources, parent)
  const { console: printed, ...artifacts } = evaluation.artifacts
  return {
    source: parent.source,
    objectives: evaluation.objectives,
    fitness: evaluation.fitness,
    feedback: evaluation.feedback,
    // By name, since that is how a store gives them back: the same program gives the same prompt.
    artifacts: Object.fromEntries(Object.entries(artifacts).sort(([one], [other]) => (one < other ? -1 : 1))),
    console: typeof printed === 'string' ? printed : '',
  }
}

function evaluationOf({ store }: PromptSources, program: Program): Evaluation {
  const evaluation = store.evaluation(program.ordinal)
  if (evaluation === undefined) throw new InvariantError(`program ${String(program.ordinal)} has no evaluation`)
  return evaluation
}

function rulesOf(problem: Problem, libraries: readonly Library[]): readonly string[] {
  switch (problem.evaluation.backend) {
    case 'isolate':
      return isolateRules(libraries, isSeveralFiles(problem.program.source), problem.timeBudgetMs)
    case 'process':
      return processRules
    case 'none':
      return []
  }
}

/** How candidates are called on the level of the curriculum that the run has reached, and what they may import. */
function calledNow({ store, contract }: PromptSources): Pick<RunIdentity, 'libraries' | 'contract'> {
  const { libraries, contract: atFirst } = store.identity
  return { libraries, contract: contract?.() ?? atFirst }
}

function promptProblem(
  problem: Problem,
  hints: readonly string[],
  { libraries, contract }: Pick<RunIdentity, 'libraries' | 'contract'>,
): PromptProblem {
  const hint = [problem.hint, ...hints].filter((text) => text !== undefined)
  return {
    name: problem.name,
    description: problem.description,
    entry: problem.program.entry,
    language: languageNamed(problem.program.language).fence,
    objectives: problem.objectives,
    limits: problem.limits,
    rules: rulesOf(problem, libraries),
    contract,
    known: problem.known,
    reveal: problem.reveal,
    hint: hint.length === 0 ? undefined : hint.join('\n'),
  }
}
