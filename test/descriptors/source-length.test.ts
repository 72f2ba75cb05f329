import { expect, it } from 'vitest'
import { sourceLength } from '../../src/descriptors/source-length.ts'
import { describeDescriptor, descriptorInput } from '../contracts/descriptor.ts'

describeDescriptor(sourceLength)

it('counts the genome alone, not the code around it', () => {
  const source = 'const long = 12345\n// EVOLVE-BLOCK-START\nlet x\n// EVOLVE-BLOCK-END\n'
  expect(sourceLength.measure(descriptorInput(source))).toBe(5)
})
