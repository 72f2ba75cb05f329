import { samplers } from '../../src/builtins.ts'
import { samplerContract } from '../contracts/sampler.ts'

for (const sampler of samplers) samplerContract(sampler)
