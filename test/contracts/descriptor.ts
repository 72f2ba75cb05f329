import { describe, expect, it } from 'vitest'
import type { Descriptor } from '../../src/descriptors/descriptor.ts'
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
  return { genome: genomeOf(source), syntax: parsed.syntax }
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
        expect(descriptor.measure(descriptorInput(source))).toBe(value)
      }
    })

    it('tells at least two of the programs apart', () => {
      expect(new Set(programs.map((source) => descriptor.measure(descriptorInput(source)))).size).toBeGreaterThan(1)
    })
  })
}
