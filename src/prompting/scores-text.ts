import type { Objective, ObjectiveValues } from '../core/objective.ts'
import { rawOf } from '../core/objective.ts'
import type { PromptContext } from './context.ts'

/** All objective values of one program at full precision, on one line: `sum_radii 2.635983084917, symmetry 0.5`. */
export function valuesText(objectives: readonly Objective[], values: ObjectiveValues): string {
  return objectives.map(({ name }) => `${name} ${exact(values[name])}`).join(', ')
}

/**
 * The values after a change, each with what it gained or lost, oriented by direction.
 *
 * `sum_radii 2.6 (+0.1, better)`. Values are at full precision, differences at six digits.
 */
export function changeText(objectives: readonly Objective[], before: ObjectiveValues, after: ObjectiveValues): string {
  return objectives
    .map(({ name, direction }) => {
      const [from, to] = [before[name], after[name]]
      if (from === undefined || to === undefined) return `${name} ${exact(to)}`
      const delta = to - from
      if (delta === 0) return `${name} ${exact(to)} (no change)`
      const verdict = delta > 0 === (direction === 'maximize') ? 'better' : 'worse'
      return `${name} ${exact(to)} (${delta > 0 ? '+' : ''}${sixDigits(delta)}, ${verdict})`
    })
    .join(', ')
}

/** The parent's values and how far it is from the best program of the run. */
export function parentScoresText(context: PromptContext): string {
  const { parent, problem, bestFitness } = context
  const first = problem.objectives[0]
  const lines = problem.objectives.map(
    ({ name, direction }) => `- ${name}: ${exact(parent.objectives[name])} (${wayText(direction)})`,
  )
  if (first === undefined || parent.objectives[first.name] !== parent.fitness) {
    lines.push(`- fitness: ${exact(parent.fitness)} (the one number that programs are compared by; higher is better)`)
  }
  if (bestFitness !== undefined && first !== undefined) {
    const gap = bestFitness - parent.fitness
    lines.push(
      gap > 0
        ? `- best so far in this search: ${first.name} ${exact(rawOf(problem.objectives, bestFitness))}; this program is ${sixDigits(gap)} behind it`
        : '- this is the best program of the search so far',
    )
  }
  return lines.join('\n')
}

/** What is optimised, in which direction, and which value decides. */
export function objectivesText(objectives: readonly Objective[]): string {
  const [first, ...others] = objectives
  if (first === undefined) return ''
  const main = `The score is \`${first.name}\`; ${wayText(first.direction)}.`
  if (others.length === 0) return main
  const list = others.map(({ name, direction }) => `- \`${name}\`; ${wayText(direction)}`)
  return `${main} It decides which of two programs is better. Also measured:\n\n${list.join('\n')}`
}

function wayText(direction: Objective['direction']): string {
  return direction === 'maximize' ? 'higher is better' : 'lower is better'
}

function exact(value: number | undefined): string {
  return value === undefined ? 'unknown' : String(value)
}

function sixDigits(value: number): string {
  return String(Number(value.toPrecision(6)))
}
