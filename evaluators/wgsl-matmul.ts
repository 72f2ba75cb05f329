import { defineEvaluator } from 'evolve-agent'
import { timeKernel } from './wgsl-matmul/kernel-process.ts'

/**
 * Kernels that multiply matrices, scored by their speed beside the naive kernel.
 *
 * A kernel is compiled and run by WebGPU in a process of its own. It must give the right product for shapes that fit no
 * tile, within what rounding in single precision allows; then it is timed on the device, by turns with the naive kernel,
 * and every product that is timed is checked as well.
 */
export default defineEvaluator({
  async score({ program }) {
    const outcome = await timeKernel(program.source)
    if (!outcome.ok) return outcome.failure
    const { speedup, noise, kernelMs, naiveMs, gflops, size, adapter, software, group } = outcome.timing
    const device = software ? `${adapter} (software)` : adapter
    return {
      objectives: { speedup },
      feedback:
        `${speedup.toFixed(2)} times as fast as the naive kernel: ${kernelMs.toFixed(3)} ms instead of ${naiveMs.toFixed(3)} ms ` +
        `for ${String(size)}^3, ${gflops.toFixed(2)} GFLOP/s on ${device}, ${group} entries per workgroup`,
      artifacts: { timing: { ...outcome.timing }, noise },
      descriptors: { entries_per_group: entriesIn(group) },
    }
  },
})

function entriesIn(group: string): number {
  const [rows = 1, cols = 1] = group.split(' x ').map(Number)
  return rows * cols
}
