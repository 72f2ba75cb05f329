import { defineEvaluator, invalid, z } from 'evolve-agent'
import { firstWrongRow } from './cuda-matrix-chain/projection.ts'

/** [rows and columns, matrices]: shapes that fit no tile, then the one whose time counts. */
const checked = [
  [1, 2],
  [17, 5],
  [67, 9],
] as const
const timed = [512, 2048] as const

/**
 * A program that multiplies a chain of matrices on the GPU, scored by the wall time that its process takes, which is
 * measured from outside: the device's start is part of it, and nothing that the program says about itself.
 */
export default defineEvaluator({
  output: z.array(z.int().min(0).max(32_748)),
  cases: ({ rng }) =>
    [...checked, timed].map(([n, count]) => ({ id: `${n}x${count}`, args: [n, count, rng.int(2 ** 32)] })),
  score({ cases }) {
    for (const each of cases) {
      if (!each.ok) return each.failure
      const [n = 0, count = 0, seed = 0] = each.args as readonly number[]
      if (each.value.length !== n * n) return invalid(`${each.id} has ${each.value.length} entries, not ${n * n}`)
      const row = firstWrongRow(each.value, n, count, seed)
      if (row !== undefined) return invalid(`row ${row} of the product of ${count} matrices ${n} x ${n} is wrong`)
    }
    const ms = cases.at(-1)?.ms ?? 0
    const [n, count] = timed
    const operations = 2 * n ** 3 * (count - 1)
    return {
      objectives: { milliseconds: ms },
      feedback: `${ms.toFixed(0)} ms for ${count} matrices ${n} x ${n}, the start of the device included: ${(operations / ms / 1e6).toFixed(0)} Gop/s`,
    }
  },
})
