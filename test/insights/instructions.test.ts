import { describe, expect, it } from 'vitest'
import type { CreditedInstruction } from '../../src/core/instruction.ts'
import { rngStream } from '../../src/core/rng.ts'
import { drawInstruction, expectedShare, leavingFor, readInstruction } from '../../src/insights/instructions.ts'

const own: CreditedInstruction = {
  ...{ id: 1, operator: 'diff', parent: undefined, text: undefined },
  ...{ uses: 20, improved: 2, meanGain: 0 },
}
const made = (id: number, uses: number, improved: number): CreditedInstruction => ({
  ...own,
  ...{ id, parent: 1, text: `t${String(id)}`, uses, improved },
})

describe('drawing an instruction', () => {
  const share = (population: readonly CreditedInstruction[], id: number): number => {
    const drawn = Array.from({ length: 2000 }, (_, n) => drawInstruction(population, rngStream(3, 'instruction', n)))
    return drawn.filter((one) => one?.id === id).length / drawn.length
  }

  it('prefers the one with the better record, and goes on trying the others', () => {
    const population = [own, made(2, 20, 10)]
    expect(share(population, 2)).toBeGreaterThan(0.95)
    expect(share(population, 1)).toBeGreaterThan(0)
  })

  it('tries what is new: without uses it is drawn as often as its chance to be the better one', () => {
    // P(uniform > Beta(3, 19)) = 1 - 3/22 = 0.864.
    expect(share([own, made(2, 0, 0)], 2)).toBeGreaterThan(0.83)
    expect(share([own, made(2, 0, 0)], 2)).toBeLessThan(0.9)
  })

  it('follows from the stream alone, and finds nothing among nobody', () => {
    const draw = () => drawInstruction([own, made(2, 5, 1)], rngStream(1, 'instruction', 7))?.id
    expect(draw()).toBe(draw())
    expect(drawInstruction([], rngStream(1, 'instruction', 7))).toBeUndefined()
  })
})

describe('who leaves for a new instruction', () => {
  it('is nobody while there is room, and never the template', () => {
    expect(leavingFor([own, made(2, 9, 0)], 3)).toBeUndefined()
    expect(leavingFor([{ ...own, improved: 0 }, made(2, 20, 19)], 2)).toBe(2)
  })

  it('is the one with the lowest expected share among those that were tried, else the oldest', () => {
    expect(expectedShare(made(2, 8, 1))).toBe(0.2)
    expect(leavingFor([own, made(2, 8, 1), made(3, 5, 0), made(4, 4, 0)], 4)).toBe(3)
    expect(leavingFor([own, made(2, 4, 4), made(3, 0, 0)], 3)).toBe(2)
  })
})

describe('reading the answer', () => {
  const reply = (instruction: string): string =>
    `Sure.\n\`\`\`json\n${JSON.stringify({ instruction, reason: 'why' })}\n\`\`\``

  it('takes the instruction as one paragraph', () => {
    expect(readInstruction(reply(' Look at\n\nthe worst step. '), [undefined])).toEqual({
      ...{ ok: true, text: 'Look at the worst step.', reason: 'why' },
    })
  })

  it('refuses what is no answer, too long, known already, or about the form of replies', () => {
    const note = (text: string, known: readonly string[] = []) => {
      const read = readInstruction(text, known)
      return read.ok ? '' : read.note
    }
    expect(note('I would rather not.')).toContain('no instruction in the form')
    expect(note(reply('x'.repeat(801)))).toContain('801 characters')
    expect(note(reply('a b'), ['a b'])).toContain('already')
    for (const words of ['Leave EVOLVE-BLOCK-START out', 'write ``` first', 'no SEARCH text', 'say {{parent}}']) {
      expect(note(reply(words))).toContain('reply format')
    }
  })
})
