import { z } from 'zod'
import type { CreditedInstruction } from '../core/instruction.ts'
import type { Rng } from '../core/rng.ts'
import { drawBeta } from './beta.ts'
import { jsonIn } from './json-reply.ts'

/** Longest instruction, in characters. */
export const mostInstructionCharacters = 800

/** An instruction with fewer judged uses than this leaves the population only for want of an older known one. */
const knownFrom = 5

/**
 * Draws the instruction of a prompt: each has a Beta distribution over the share of its children that are better than their
 * parent, one draw is taken from each, and the greatest wins (Thompson sampling).
 *
 * @param population - Not empty.
 * @see Thompson 1933; Russo et al. 2018, "A tutorial on Thompson sampling", arXiv:1707.02038.
 */
export function drawInstruction(population: readonly CreditedInstruction[], rng: Rng): CreditedInstruction | undefined {
  let best: { readonly instruction: CreditedInstruction; readonly worth: number } | undefined
  for (const instruction of population) {
    const { uses, improved } = instruction
    const worth = drawBeta(1 + improved, 1 + uses - improved, rng)
    if (best === undefined || worth > best.worth) best = { instruction, worth }
  }
  return best?.instruction
}

/** The expected share of better children, `(1 + improved) / (2 + uses)`. */
export function expectedShare({ uses, improved }: Pick<CreditedInstruction, 'uses' | 'improved'>): number {
  return (1 + improved) / (2 + uses)
}

/**
 * Who leaves a population for a new instruction: nobody while there is room; else of those that were tried the one with
 * the lowest expected share, of equals the oldest, or, when none was tried enough, the oldest. The template's own stays.
 *
 * @param most - Size of the population, the new one included; at least 2.
 */
export function leavingFor(population: readonly CreditedInstruction[], most: number): number | undefined {
  if (population.length < most) return undefined
  const made = population.filter(({ parent }) => parent !== undefined)
  const known = made.filter(({ uses }) => uses >= knownFrom)
  const [first] = (known.length > 0 ? known : made.slice(0, 1)).toSorted(
    (one, other) => expectedShare(one) - expectedShare(other) || one.id - other.id,
  )
  return first?.id
}

/** A reply that was read, or why it is no instruction. */
export type ReadInstruction =
  { readonly ok: true; readonly text: string; readonly reason: string } | { readonly ok: false; readonly note: string }

const answer = z.strictObject({ instruction: z.string().min(1).max(8000), reason: z.string().max(4000).optional() })

/** What belongs to the contract of a prompt, so that no instruction may speak of it. */
const contract = /EVOLVE-BLOCK|EVOLVE-FILE|<<<<<<<|>>>>>>>|={7}|```|\{\{|\bSEARCH\b|\bREPLACE\b/

/**
 * Reads the reply to a question for a better instruction. White space is folded into one paragraph.
 *
 * Refused are one that is too long, one that repeats an instruction of the population, and one that speaks of the reply
 * format or the markers, which are no part of it.
 *
 * @param known - Texts of the population.
 */
export function readInstruction(reply: string, known: readonly (string | undefined)[]): ReadInstruction {
  const found = jsonIn(reply, answer)
  if (found === undefined) return { ok: false, note: 'the reply holds no instruction in the form that was asked for' }
  const text = found.instruction.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  if (text === '') return { ok: false, note: 'the instruction is empty' }
  if (text.length > mostInstructionCharacters) {
    const note = `the instruction has ${String(text.length)} characters, more than ${String(mostInstructionCharacters)}`
    return { ok: false, note }
  }
  const forbidden = contract.exec(text)?.[0]
  if (forbidden !== undefined) {
    return { ok: false, note: `the instruction speaks of ${forbidden}, which belongs to the reply format` }
  }
  if (known.includes(text)) return { ok: false, note: 'the instruction is one of the population already' }
  return { ok: true, text, reason: (found.reason ?? '').replaceAll(/[\s\p{Cc}]+/gu, ' ').trim() }
}
