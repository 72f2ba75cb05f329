import { describeFailure } from '../core/failure.ts'
import { bytesText, durationText } from '../core/units.ts'
import type { PromptAttempt, PromptContext, PromptInspiration, PromptProblem } from './context.ts'
import type { PlaceholderName } from './placeholders.ts'
import { changeableFiles, programText } from './program-text.ts'
import { replyFormatText } from './reply-format.ts'
import {
  approachText,
  clusterText,
  conditionText,
  exhaustedText,
  failedText,
  insightText,
  mixedText,
  readdedText,
  trailTexts,
} from './memory-text.ts'
import { changeText, objectivesText, parentScoresText, valuesText } from './scores-text.ts'
import { criterionText, reviewFormatText } from './review-text.ts'
import { instructionFormat, instructionText, outcomeOfInstruction } from './instruction-text.ts'
import type { ListLayout, Shrinkable } from './shrinkable.ts'
import { shrinkableList, shrinkableText } from './shrinkable.ts'
import { changedLinesText, lessonFormat, outcomeText } from './transition-text.ts'
import { fenced, inline } from './untrusted.ts'

/** Placeholders whose text may be shortened when room is short, the first to give way first. */
export const givingWay = [
  'console',
  'artifacts',
  'failed-ideas',
  'overused',
  'lessons',
  'trail',
  'inspirations',
  'approaches',
  'attempts',
  'tried',
  'feedback',
  'former-reply',
] as const satisfies readonly PlaceholderName[]

/** One of {@link givingWay}. */
export type GivingWay = (typeof givingWay)[number]

/** Placeholders that are always shown whole. */
export type Kept = Exclude<PlaceholderName, GivingWay>

const summaryLimit = 300
const failureLimit = 600

/**
 * The text of a placeholder that is never shortened; empty when the context has nothing for it.
 */
export function keptText(name: Kept, context: PromptContext): string {
  const { problem, parent } = context
  switch (name) {
    case 'name':
      return problem.name
    case 'entry':
      return problem.entry ?? ''
    case 'language':
      return problem.language
    case 'problem':
      return problem.description.trim() === '' ? problem.name : `${problem.name}: ${problem.description.trim()}`
    case 'objectives':
      return objectivesText(problem.objectives)
    case 'known':
      return knownText(problem)
    case 'hint':
      return problem.hint?.trim() ?? ''
    case 'contract':
      return problem.contract?.trim() ?? ''
    case 'limits':
      return limitsText(problem)
    case 'rules':
      return problem.rules.map((rule) => `- ${rule}`).join('\n')
    case 'reply-format':
      return replyFormatText(context.replyFormat, problem.language, changeableFiles(parent.source))
    case 'brief':
      return context.brief?.trim() ?? ''
    case 'parent':
      return programText(parent.source, problem.language, true)
    case 'parent-scores':
      return parentScoresText(context)
    case 'partner':
      return partnerText(context)
    case 'exhausted':
      return exhaustedText(context)
    case 'insights':
      return context.insights.map(insightText).join('\n')
    case 'conditions':
      return context.insights.map(conditionText).join('\n')
    case 'current-instruction':
      return context.meta === undefined ? '' : instructionText(context.meta.current, problem)
    case 'other-instructions':
      return (context.meta?.others ?? []).map((one) => `- ${instructionText(one, problem)}`).join('\n')
    case 'instruction-outcomes':
      return (context.meta?.outcomes ?? []).map((one) => outcomeOfInstruction(one, problem)).join('\n')
    case 'instruction-format':
      return context.meta === undefined ? '' : instructionFormat(context.meta)
    case 'change':
      return context.transition === undefined ? '' : changedLinesText(context.transition, problem.language)
    case 'outcome':
      return context.transition === undefined ? '' : outcomeText(context.transition, context)
    case 'mixed-insights':
      return (context.transition?.mixed ?? []).map(mixedText).join('\n')
    case 'lesson-format':
      return lessonFormat
    case 'criteria':
      return (context.review?.criteria ?? []).map(criterionText).join('\n')
    case 'review-format':
      return context.review === undefined ? '' : reviewFormatText(context.review)
    case 'failure':
      return context.repair === undefined ? '' : fenced(describeFailure(context.repair.failure), 'text')
  }
}

/**
 * The parts of a placeholder that may be shortened; `undefined` when the context has nothing for it.
 *
 * @param withPartner - Whether the template shows the best inspiration as `{{partner}}`, so that it is not shown twice.
 */
export function shrinkable(name: GivingWay, context: PromptContext, withPartner: boolean): Shrinkable | undefined {
  const { parent, problem } = context
  switch (name) {
    case 'console':
      return textOrNothing(parent.console, 'text')
    case 'artifacts':
      return textOrNothing(artifactsText(context), 'text')
    case 'feedback':
      return textOrNothing(parent.feedback, 'text')
    case 'former-reply':
      return textOrNothing(context.repair?.reply, 'text')
    case 'lessons':
      return listOrNothing(
        context.lessons.map((lesson) => `- ${inline(lesson, failureLimit)}`),
        { spared: 'first', separator: '\n', one: 'lesson', several: 'lessons' },
      )
    case 'failed-ideas':
      return listOrNothing(context.failedIdeas.map(failedText), {
        spared: 'first',
        separator: '\n',
        one: 'failed idea',
        several: 'failed ideas',
      })
    case 'overused':
      return listOrNothing(
        context.overused.map(
          ({ text, elites, of }) => `- ${inline(text, summaryLimit)} (in ${String(elites)} of ${String(of)})`,
        ),
        { spared: 'first', separator: '\n', one: 'construct', several: 'constructs' },
      )
    case 'approaches':
      return listOrNothing(
        context.approaches.map((approach) => approachText(approach, problem)),
        { spared: 'first', separator: '\n', one: 'weaker approach', several: 'weaker approaches' },
      )
    case 'trail':
      return listOrNothing(trailTexts(context), {
        spared: 'last',
        separator: '\n',
        one: 'earlier step',
        several: 'earlier steps',
      })
    case 'tried':
      return listOrNothing(
        context.tried.map((cluster) => clusterText(cluster, context)),
        { spared: 'first', separator: '\n', one: 'place', several: 'places' },
      )
    case 'inspirations':
      return listOrNothing(inspirationTexts(context, withPartner), {
        spared: 'last',
        separator: '\n\n',
        one: 'weaker program',
        several: 'weaker programs',
      })
    case 'attempts':
      return listOrNothing(
        context.attempts.map((attempt) => attemptText(attempt, context)),
        { spared: 'last', separator: '\n', one: 'older attempt', several: 'older attempts' },
      )
  }
}

function textOrNothing(text: string | undefined, language: string): Shrinkable | undefined {
  return text === undefined || text.trim() === '' ? undefined : shrinkableText(text, language)
}

function listOrNothing(items: readonly string[], layout: ListLayout): Shrinkable | undefined {
  return items.length === 0 ? undefined : shrinkableList(items, layout)
}

function knownText(problem: PromptProblem): string {
  const first = problem.objectives[0]
  if (!problem.reveal || first === undefined) return ''
  return problem.known
    .map(({ value, source }) => `- ${first.name} ${String(value)}${source === undefined ? '' : ` (${source})`}`)
    .join('\n')
}

function limitsText({ limits, entry }: PromptProblem): string {
  return [
    `- Time: ${entry === undefined ? 'each run' : `each call of \`${entry}\``} is killed after ${durationText(limits.timeMs)}.`,
    `- Memory: ${bytesText(limits.memoryBytes)}.`,
    `- Returned data: at most ${bytesText(limits.outputBytes)} as JSON.`,
  ].join('\n')
}

function attemptText({ summary, outcome, readded }: PromptAttempt, { problem, parent }: PromptContext): string {
  const result = outcome.ok
    ? changeText(problem.objectives, parent.objectives, outcome.objectives)
    : `failed, ${inline(describeFailure(outcome.failure), failureLimit)}`
  return `- ${inline(summary, summaryLimit)}: ${result}${readdedText(readded, problem)}`
}

function artifactsText({ parent }: PromptContext): string {
  return Object.entries(parent.artifacts)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
    .join('')
}

function worstToBest({ inspirations }: PromptContext): readonly PromptInspiration[] {
  return inspirations.toSorted((one, other) => one.fitness - other.fitness)
}

function partnerText(context: PromptContext): string {
  const partner = worstToBest(context).at(-1)
  return partner === undefined ? '' : inspirationText(partner, context.problem)
}

function inspirationTexts(context: PromptContext, withPartner: boolean): string[] {
  const shown = worstToBest(context)
  return (withPartner ? shown.slice(0, -1) : shown).map((one) => inspirationText(one, context.problem))
}

function inspirationText({ source, objectives }: PromptInspiration, problem: PromptProblem): string {
  return `A program with ${valuesText(problem.objectives, objectives)}:\n\n${programText(source, problem.language, false)}`
}
