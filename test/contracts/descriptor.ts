import { describe, expect, it } from 'vitest'
import type { Descriptor, OutcomeDescriptor, OutcomeInput } from '../../src/descriptors/descriptor.ts'
import { parse } from '../../src/syntax/parse.ts'
import { genomeOf } from '../../src/variation/evolve-block.ts'

const sums = `1${'+1'.repeat(2000)}`
const programs = [
  '// EVOLVE-BLOCK-START\n// EVOLVE-BLOCK-END\n',
  '// EVOLVE-BLOCK-START\nexport const f = (x: number): number => x\n// EVOLVE-BLOCK-END\n',
  `# EVOLVE-BLOCK-START\nexport const f = ${sums}\n# EVOLVE-BLOCK-END\n`.replaceAll('#', '//'),
  '// EVOLVE-BLOCK-START\nexport function f() { for (;;) { if (a) b([{ c: [1] }]) } }\n// EVOLVE-BLOCK-END\n',
]

/** What a descriptor reads, made from a whole file. */
export function descriptorInput(source: string) {
  const parsed = parse(source)
  if (!parsed.ok) throw new Error(parsed.failure.message)
  return { genome: genomeOf(source), syntax: parsed.syntax, first: firstProgram }
}

const firstSource = '// EVOLVE-BLOCK-START\nexport const f = (x: number): number => x\n// EVOLVE-BLOCK-END\n'
const firstParsed = parse(firstSource)
/** The program that descriptors compare with. */
export const firstProgram = {
  genome: genomeOf(firstSource),
  syntax: firstParsed.ok ? firstParsed.syntax : undefined,
}

/** What every descriptor promises. */
export function describeDescriptor(descriptor: Descriptor): void {
  describe(`${descriptor.name} as a descriptor`, () => {
    it('has a name that a configuration can hold and a unit', () => {
      expect(descriptor.name).toMatch(/^[a-z][a-z0-9_-]*$/)
      expect(descriptor.unit).not.toBe('')
    })

    it('measures one finite number of at least 0 for any program, and the same one again', () => {
      for (const source of programs) {
        const value = descriptor.measure(descriptorInput(source))
        expect(Number.isFinite(value) && value >= 0).toBe(true)
        if (descriptor.whole) expect(Number.isInteger(value)).toBe(true)
        expect(descriptor.measure(descriptorInput(source))).toBe(value)
      }
    })

    it('tells at least two of the programs apart', () => {
      expect(new Set(programs.map((source) => descriptor.measure(descriptorInput(source)))).size).toBeGreaterThan(1)
    })
  })
}

const outcomes: readonly OutcomeInput[] = [
  { caseMs: [0.0001], scores: {}, objectives: { size: 3 } },
  { caseMs: [12, 80], scores: { a: 1, b: -2 }, objectives: { size: -3 } },
  { caseMs: [9000], scores: { a: 1e-9, b: 7 }, objectives: { size: 1e9 } },
]

/** What every descriptor of the outcome promises. */
export function describeOutcomeDescriptor(descriptor: OutcomeDescriptor): void {
  describe(`${descriptor.name} as a descriptor of the outcome`, () => {
    it('has a name that a configuration can hold and a unit', () => {
      expect(descriptor.name).toMatch(/^[a-z][A-Za-z0-9._-]*$/)
      expect(descriptor.unit).not.toBe('')
    })

    it('measures one finite number, the same one again, and tells outcomes apart', () => {
      const values = outcomes.map((outcome) => descriptor.measure(outcome))
      for (const [index, value] of values.entries()) {
        expect(Number.isFinite(value)).toBe(true)
        if (descriptor.whole) expect(Number.isInteger(value)).toBe(true)
        expect(descriptor.measure(outcomes[index] as OutcomeInput)).toBe(value)
      }
      expect(new Set(values).size).toBeGreaterThan(1)
    })
  })
}
