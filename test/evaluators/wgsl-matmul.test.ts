import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { bundleEvaluator } from '../../src/evaluation/evaluator/bundle.ts'
import evaluator from '../../evaluators/wgsl-matmul.ts'
import { naiveKernel } from '../../evaluators/wgsl-matmul/naive-kernel.mjs'
import { boundsOf, firstFault, product } from '../../evaluators/wgsl-matmul/product.mjs'
import type { Score } from 'evolve-agent'
import type { Timing } from '../../evaluators/wgsl-matmul/kernel-process.ts'
import { endKernels, timeKernel, whyNoKernels } from '../../evaluators/wgsl-matmul/kernel-process.ts'

const first = readFileSync(new URL('../../problems/wgsl-matmul.wgsl', import.meta.url), 'utf8')
const missing = await whyNoKernels()

afterAll(() => endKernels())

it('the naive kernel is the first program of the problem', () => {
  expect(naiveKernel.trim()).toBe(first.trim())
})

it('the evaluator can be loaded where WebGPU is not installed: it is no part of the bundle', async () => {
  const work = await mkdtemp(path.join(tmpdir(), 'evolve-wgsl-'))
  const file = path.resolve(import.meta.dirname, '../../evaluators/wgsl-matmul.ts')
  const { inputs } = await bundleEvaluator(file, work)
  await rm(work, { recursive: true })
  expect(inputs.map((input) => path.basename(input)).sort()).toEqual([
    'kernel-host.mjs',
    'kernel-process.ts',
    'naive-kernel.mjs',
    'product.mjs',
    'wgsl-matmul.ts',
  ])
})

describe('the product that kernels are compared with', () => {
  const shape = [2, 2, 3] as const
  const a = Float32Array.of(1, 2, 3, 4, 5, 6)
  const b = Float32Array.of(7, 8, 9, 10, 11, 12)
  const expected = product(a, b, shape)
  const bounds = boundsOf(a, b, shape)

  it('is the textbook one', () => {
    expect([...expected]).toEqual([58, 64, 139, 154])
  })

  it('allows for rounding and for nothing more', () => {
    const off = (by: number): Float32Array =>
      Float32Array.from(expected, (value, index) => (index === 2 ? value + by : value))
    expect(firstFault(off(0.00001), expected, bounds, shape)).toBeUndefined()
    expect(firstFault(off(0.001), expected, bounds, shape)).toMatchObject({
      kind: 'constraint-violated',
      message: expect.stringContaining('entry (1, 0) of the product 2 x 3 by 3 x 2') as string,
    })
  })

  it('calls an entry that is NaN an invalid output', () => {
    expect(firstFault(Float32Array.of(58, NaN, 139, 154), expected, bounds, shape)).toMatchObject({
      kind: 'invalid-output',
    })
  })
})

describe.skipIf(missing !== undefined)(
  `kernels on a device${missing === undefined ? '' : ` (left out: ${missing})`}`,
  () => {
    it('are timed beside the naive kernel after a look at their products', async () => {
      const source = first.replace('EACH_COLS = 1', 'EACH_COLS = 4')
      const score = (await evaluator.score({ program: { source } })) as Score
      const timing = score.artifacts?.['timing'] as unknown as Timing
      expect(timing).toMatchObject({ group: '8 x 32', adapter: expect.stringMatching(/./) as string })
      expect(score.objectives['speedup']).toBeCloseTo(timing.naiveMs / timing.kernelMs, 9)
      expect(timing.rounds).toBeGreaterThanOrEqual(11)
      expect(timing.noise).toBeGreaterThanOrEqual(0)
      expect(score.descriptors).toEqual({ entries_per_group: 256 })
      expect(score.feedback).toContain('times as fast as the naive kernel')
    })

    it('run on the adapter that EVOLVE_WEBGPU_ADAPTER names, and one that is not there is told with those that are', async () => {
      const chosen = (name: string) => timeKernel('fn main() {', { EVOLVE_WEBGPU_ADAPTER: name })
      const refused = await chosen('no such card').then(() => 'it ran', String)
      expect(refused).toMatch(/there is no GPU called no such card here, as EVOLVE_WEBGPU_ADAPTER says; there are: \w/)
      const name = /there are: ([^,]*)/.exec(refused)?.[1] ?? ''
      expect(await chosen(name)).toMatchObject({ ok: false, failure: { kind: 'syntax' } })
    })

    it('are run by a fresh process after one that had to be ended', async () => {
      endKernels()
      expect(await timeKernel('fn main() {')).toMatchObject({ ok: false, failure: { kind: 'syntax', line: 1 } })
    })
  },
)
