import type { Archive } from '../archive/archive.ts'
import type { Problem } from '../config/problem.ts'
import { InvariantError } from '../core/errors.ts'
import type { Evaluation } from '../core/evaluation.ts'
import type { Library } from '../core/library.ts'
import type { Program } from '../core/program.ts'
import { languageNamed } from '../core/language.ts'
import { isSeveralFiles } from '../core/program-files.ts'
import type { Prompt } from '../core/prompt.ts'
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

/** What a question about programs says; the rest of a prompt is empty. */
type About = Pick<PromptContext, 'problem' | 'parent'> & Partial<PromptContext>

/**
 * Makes the prompts of one template that ask about programs, not for one.
 *
 * @returns what builds one of them; `stream` and `number` seed the choice of its words.
 */
function questionMaker({ byName, countTokens, budgetTokens }: Templates, name: string) {
  const template = byName.get(name)
  if (template === undefined) throw new InvariantError(`there is no template ${name}`)
  const build = (about: About, seed: number, stream: string, number: number): Prompt => {
    const context: PromptContext = {
      ...{ ...blank, replyFormat: 'edits', inspirations: [] },
      ...{ brief: undefined, bestFitness: undefined, repair: undefined, transition: undefined },
      ...about,
    }
    return buildPrompt(template, context, { budgetTokens, countTokens, rng: rngStream(seed, stream, number) })
  }
  return { template, build }
}

/** Makes the questions for better instructions. */
export function metaMaker(
  sources: Omit<PromptSources, 'store'> & { readonly store: RunStore },
  templateOf: (operator: string) => string | undefined,
): RunParts['buildMeta'] {
  const { problem, store, archive, templates } = sources
  const { build } = questionMaker(templates, 'meta')
  return (request, current, population) => {
    const asking = templates.byName.get(templateOf(request.operator) ?? '')
    const about = {
      problem: promptProblem(problem, [], store.identity),
      parent: promptParent(sources, store.program(0)),
      bestFitness: archive.best?.fitness,
      meta: metaContext(store, request, current, population, asking === undefined ? [] : (instructionOf(asking) ?? [])),
    }
    return build(about, store.identity.seed, 'meta-phrasing', request.id)
  }
}

/** As many conditions are checked at a time. */
const mostChecked = 6

/** Makes the questions which conditions in words hold; `undefined` where none are to be asked. */
export function conditionCheck(sources: PromptSources): RunParts['conditions'] {
  const { problem, store, archive, sampler, templates } = sources
  const { check, insights: most } = problem.memory
  if (!check || most === 0 || sampler.shows === 'nothing') return undefined
  const { build } = questionMaker(templates, 'insight-check')
  return {
    shortList: (parent, ordinal, operator) => insightsFor(store, parent, ordinal, operator, mostChecked),
    question: (parent, ordinal, insights) => {
      const about = {
        problem: promptProblem(problem, [], calledNow(sources)),
        parent: promptParent(sources, parent),
        bestFitness: archive.best?.fitness,
        insights,
      }
      return build(about, store.identity.seed, 'check-phrasing', ordinal)
    },
  }
}

/** Makes the questions to the analysis model about transitions. */
export function analysisMaker(sources: PromptSources): RunParts['buildAnalysis'] {
  const { problem, store, archive, templates } = sources
  const { build } = questionMaker(templates, 'analysis')
  return ({ ordinal, parent, outcome, hunks, siblings, measures, mixed }) => {
    const [measure] = measures
    const about = {
      problem: promptProblem(problem, [], calledNow(sources)),
      parent: promptParent(sources, store.program(parent.ordinal)),
      bestFitness: archive.best?.fitness,
      tried: measure === undefined ? [] : clusterAttempts(siblings, parent.objectives, measure),
      transition: { hunks, outcome, mixed },
    }
    return build(about, store.identity.seed, 'analysis-phrasing', ordinal)
  }
}

/** Makes the questions of reviews; see the template `review`. */
export function reviewMaker(
  problem: Problem,
  seed: number,
  facts: Pick<RunIdentity, 'libraries' | 'contract'>,
  templates: Templates,
): Reviewing {
  const { template, build } = questionMaker(templates, 'review')
  const told = promptProblem(problem, [], facts)
  return {
    identity: identityOf(told, template),
    prompt: ({ ordinal, source, criteria, schema, former }) => {
      const repair =
        former === undefined
          ? undefined
          : { failure: { kind: 'invalid-output', message: former.complaint } as const, reply: former.reply }
      const about = { problem: told, parent: unscored(source), repair, review: { criteria, schema } }
      return build(about, seed, 'review-phrasing', ordinal)
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
  const { template, build } = questionMaker(templates, 'novelty')
  const told = promptProblem(problem, [], facts)
  return {
    identity: identityOf(told, template),
    prompt: ({ ordinal, before, after }) => {
      const outcome = { ok: true, objectives: {}, feedback: undefined } as const
      const transition = { hunks: changedLines(before, after), outcome, mixed: [] }
      return build({ problem: told, parent: unscored(before), transition }, seed, 'novelty-phrasing', ordinal)
    },
  }
}

/** What the answers to a stage's questions depend on, beside the programs. */
function identityOf({ name, description, objectives }: PromptProblem, template: Template): string {
  return JSON.stringify([name, description, objectives, template])
}

/** A program of which the question tells its source alone. */
function unscored(source: string): PromptParent {
  return { source, objectives: {}, fitness: 0, feedback: undefined, artifacts: {}, console: '' }
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
