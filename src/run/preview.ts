import type { Prompt } from '../core/prompt.ts'
import type { Selected } from '../store/run-store.ts'
import type { Programs } from './programs.ts'
import type { RunParts } from './parts.ts'
import { selectCandidate } from './select-candidate.ts'
import type { Selecting } from './select-candidate.ts'

/** The prompt that a run would send next. */
export interface NextPrompt {
  readonly selected: Omit<Selected, 'seen'>
  readonly prompt: Prompt
}

/** So many candidates in a row are looked at; operators with a model are rarely as rare as that. */
const farthest = 10_000

/**
 * Builds the next prompt of a run without sending it or changing anything: that of the first candidate from `ordinal` on
 * whose operator asks a model. With several candidates in flight, commits in between may change what is really sent.
 *
 * @returns `undefined` when no operator with a model is drawn.
 */
export function nextPrompt(
  parts: Selecting & Pick<RunParts, 'buildPrompt'>,
  programs: Programs,
  ordinal: number,
): NextPrompt | undefined {
  for (let next = ordinal; next < ordinal + farthest; next++) {
    // At the start of a level an island may still wait for its first program.
    if (parts.archive.filled((next - 1) % parts.archive.islandCount) === 0) continue
    const selected = selectCandidate(parts, programs, next)
    const operator = parts.operators.find((one) => one.operator.name === selected.operator)?.operator
    if (operator?.kind !== 'model' || selected.parent === undefined) continue
    const parent = programs.get(selected.parent)
    const inspirations = selected.inspirations.map((one) => programs.get(one))
    const { prompt } = parts.buildPrompt({
      operator,
      ordinal: next,
      island: selected.island,
      parent,
      inspirations,
      repair: undefined,
    })
    return { selected, prompt }
  }
  return undefined
}
