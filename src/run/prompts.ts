import type { Archive } from '../archive/archive.ts'
import type { Problem } from '../config/problem.ts'
import { InvariantError } from '../core/errors.ts'
import type { Evaluation } from '../core/evaluation.ts'
import type { Library } from '../core/library.ts'
import type { Program } from '../core/program.ts'
import { languageNamed } from '../core/language.ts'
import { isSeveralFiles } from '../core/program-files.ts'
import { rngStream } from '../core/rng.ts'
import { buildPrompt } from '../prompting/build.ts'
import { isolateRules, processRules } from '../prompting/context.ts'
import type { PromptContext, PromptParent, PromptProblem } from '../prompting/context.ts'
import type { Template } from '../prompting/template.ts'
import type { ParentSampler } from '../selection/sampler.ts'
import type { RunStore } from '../store/run-store.ts'
import type { RunParts } from './parts.ts'
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
  readonly store: Pick<RunStore, 'identity' | 'evaluation' | 'attempts' | 'changeSummary' | 'parentOf'>
  readonly archive: Archive
  readonly sampler: Pick<ParentSampler, 'shows'>
  /** Orders that have taken effect; hints among them enter the prompts of later candidates. */
  readonly steered: readonly Steered[]
  readonly templates: Templates
}

/** How many earlier attempts on the parent a prompt looks back on; its token budget may show fewer. */
const attemptsShown = 20

/** Makes prompts out of what the store knows about a parent. */
export function promptMaker(sources: PromptSources): RunParts['buildPrompt'] {
  const { problem, store, archive, sampler, templates } = sources
  return ({ operator, ordinal, island, parent, inspirations, repair }) => {
    const name = repair === undefined ? operator.template : 'repair'
    const template = templates.byName.get(name)
    if (template === undefined) throw new InvariantError(`there is no template ${name}`)
    const context: PromptContext = {
      problem: promptProblem(problem, hintsFor(sources.steered, ordinal), store.identity.libraries),
      replyFormat: operator.replyFormat,
      parent: promptParent(sources, parent),
      brief: problem.archive.briefs[island],
      bestFitness: archive.best?.fitness,
      inspirations: inspirations.slice(0, operator.inspirations.most).map((program) => {
        const { objectives, fitness } = evaluationOf(sources, program)
        return { source: program.source, objectives, fitness }
      }),
      attempts:
        sampler.shows === 'nothing'
          ? []
          : store.attempts(parent.ordinal, attemptsShown).filter((attempt) => attempt.ordinal !== ordinal),
      lessons: [],
      repair,
    }
    const { countTokens, budgetTokens } = templates
    return buildPrompt(template, context, {
      budgetTokens,
      countTokens,
      rng: rngStream(store.identity.seed, 'phrasing', ordinal),
    })
  }
}

function promptParent(sources: PromptSources, parent: Program): PromptParent {
  const evaluation = evaluationOf(sources, parent)
  const { console: printed, ...artifacts } = evaluation.artifacts
  const ancestor = sources.store.parentOf(parent.ordinal)
  const before = ancestor === undefined ? undefined : sources.store.evaluation(ancestor)
  const summary = sources.store.changeSummary(parent.ordinal)
  return {
    source: parent.source,
    objectives: evaluation.objectives,
    fitness: evaluation.fitness,
    origin: before === undefined || summary === undefined ? undefined : { summary, objectives: before.objectives },
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

function promptProblem(problem: Problem, hints: readonly string[], libraries: readonly Library[]): PromptProblem {
  const hint = [problem.hint, ...hints].filter((text) => text !== undefined)
  return {
    name: problem.name,
    description: problem.description,
    entry: problem.program.entry,
    language: languageNamed(problem.program.language).fence,
    objectives: problem.objectives,
    limits: problem.limits,
    rules: rulesOf(problem, libraries),
    contract: undefined,
    known: problem.known,
    reveal: problem.reveal,
    hint: hint.length === 0 ? undefined : hint.join('\n'),
  }
}
