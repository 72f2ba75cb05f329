/**
 * What a prompt asks for in the end, beside everything that a program must keep to: the part of a prompt that may evolve.
 */
export interface Instruction {
  /** Number within the run, from 1. */
  readonly id: number
  /** The operator whose prompts it stands in. */
  readonly operator: string
  /** The instruction that it was made from; `undefined` for the template's own. */
  readonly parent: number | undefined
  /** `undefined` stands for the wordings of the template. */
  readonly text: string | undefined
}

/** What came of the prompts with an instruction: finished children that say something about it. */
export interface Credit {
  readonly uses: number
  /** Children better than their parent by more than the noise. */
  readonly improved: number
  /** Mean gain in fitness over the parent of the children that were scored; `undefined` when none was. */
  readonly meanGain: number | undefined
}

/** An instruction with its record. */
export type CreditedInstruction = Instruction & Credit
