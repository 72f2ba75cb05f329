import { describeFailure } from '../core/failure.ts'
import type {
  PromptApproach,
  PromptAttempt,
  PromptCluster,
  PromptContext,
  PromptInsight,
  PromptProblem,
  PromptReadded,
  PromptTransition,
} from './context.ts'
import { changeText, valuesText } from './scores-text.ts'
import { inline } from './untrusted.ts'

const summaryLimit = 200
const nameLimit = 60
const failureLimit = 400
const adviceLimit = 600

/** The steps from the first program to the parent, a line each, with what every change gained or lost. */
export function trailTexts({ trail, problem }: PromptContext): readonly string[] {
  // A program without ancestors did not come about in any way that could be told.
  if (trail.length < 2) return []
  return trail.map((step, index) => {
    const before = trail[index - 1]
    if (before === undefined) {
      const what = step.ordinal === 0 ? 'the first program' : `program ${String(step.ordinal)}`
      return `- ${what} (island ${String(step.island)}): ${valuesText(problem.objectives, step.objectives)}`
    }
    const moved = before.island === step.island ? '' : `; its parent came from island ${String(before.island)}`
    const change = inline(step.summary, summaryLimit)
    const gained = changeText(problem.objectives, before.objectives, step.objectives)
    const back = readdedText(step.readded, problem)
    return `- program ${String(step.ordinal)} (island ${String(step.island)}${moved}), by ${step.operator}, ${change}: ${gained}${back}`
  })
}

const readdedShown = 3

/** Says that a change brought lines back that were there before, who had removed them, and what that had gained. */
export function readdedText(
  readded: readonly PromptReadded[] | undefined,
  { objectives }: Pick<PromptProblem, 'objectives'>,
): string {
  const name = objectives[0]?.name ?? 'score'
  return (readded ?? [])
    .slice(0, readdedShown)
    .map(({ lines, from, by, gain }) => {
      const shown = lines.slice(0, readdedShown).map((line) => inline(line, summaryLimit))
      const more = lines.length > shown.length ? ` and ${String(lines.length - shown.length)} more` : ''
      const these = lines.length === 1 ? 'this line was' : 'these lines were'
      const change = gain === undefined ? '' : `, which ${gainedText(gain)} in ${name}`
      return `; ${these} in program ${String(from)} and removed by program ${String(by)}${change}: ${shown.join(', ')}${more}`
    })
    .join('')
}

function gainedText(gain: number): string {
  if (gain === 0) return 'changed nothing'
  return `${gain > 0 ? 'gained' : 'lost'} ${String(Number(Math.abs(gain).toPrecision(6)))}`
}

/** One place of the parent: how often it was changed and what that brought. */
export function clusterText(cluster: PromptCluster, { problem }: PromptContext): string {
  const { lines, anchor, attempts, improved, regressed, gain, failures } = cluster
  const failed = Object.entries(failures)
    .map(([kind, count]) => `${kind} ${String(count)}`)
    .join(', ')
  const times = attempts === 1 ? '1 attempt' : `${String(attempts)} attempts`
  if (lines === undefined) return `- ${times} could not be applied: ${failed}`
  const range =
    lines.first === lines.last ? `line ${String(lines.first)}` : `lines ${String(lines.first)} to ${String(lines.last)}`
  const quoted = anchor === '' ? '' : ` (${inline(anchor, summaryLimit)})`
  const name = problem.objectives[0]?.name ?? 'score'
  const parts = [
    `${String(improved)} better, ${String(regressed)} worse`,
    ...(gain === undefined
      ? []
      : [`gain in ${name}: best ${signed(gain.best)}, mean ${signed(gain.mean)}, worst ${signed(gain.worst)}`]),
    ...(failed === '' ? [] : [`failed: ${failed}`]),
  ]
  return `- ${range}${quoted}, ${times}: ${parts.join('; ')}`
}

/** What the programs of one approach are made of, and the best of them. */
export function approachText(
  { defines, calls, programs, value }: PromptApproach,
  { objectives }: PromptProblem,
): string {
  const named = (names: readonly string[]): string => names.map((name) => inline(name, nameLimit)).join(', ')
  const built = [
    ...(defines.length === 0 ? [] : [`defines ${named(defines)}`]),
    ...(calls.length === 0 ? [] : [`calls ${named(calls)}`]),
  ]
  const count = programs === 1 ? '1 program' : `${String(programs)} programs`
  const best = `the best with ${objectives[0]?.name ?? 'score'} ${String(value)}`
  return `- ${count}, ${best}: ${built.length === 0 ? 'no functions of its own' : built.join('; ')}`
}

/** Says that small changes of the parent have been tried in vain. */
export function exhaustedText({ exhausted }: PromptContext): string {
  if (exhausted === undefined) return ''
  return `Verdict: exhausted. None of ${String(exhausted)} attempts on this program made it better. Another small change of the same kind will not either: use a structurally different approach.`
}

/** One piece of advice with its condition and the lines it was learned from. */
export function insightText({ condition, explanation, example }: PromptInsight): string {
  return `- When ${inline(condition, adviceLimit)}: ${inline(explanation, adviceLimit)} Seen in ${inline(example, summaryLimit)}.`
}

/** A condition with the number by which an answer names it, and the advice it belongs to. */
export function conditionText({ id, condition, explanation }: PromptInsight): string {
  return `- ${String(id)}: when ${inline(condition, adviceLimit)} (the advice: ${inline(explanation, adviceLimit)})`
}

/** An insight that helps and hurts by turns, with the number by which an answer names it. */
export function mixedText(insight: PromptTransition['mixed'][number]): string {
  const { id, helped, hurt } = insight
  return `${insightText(insight)} It is number ${String(id)}; it helped ${String(helped)} times and hurt ${String(hurt)} times.`
}

/** A failed candidate of the search and the reason. */
export function failedText({ summary, outcome }: PromptAttempt): string {
  const idea = summary.trim() === '' ? 'a change' : inline(summary, summaryLimit)
  return outcome.ok ? `- ${idea}` : `- ${idea}: ${inline(describeFailure(outcome.failure), failureLimit)}`
}

function signed(gain: number): string {
  const text = String(Number(gain.toPrecision(6)))
  return gain > 0 ? `+${text}` : text
}
