// A process whose evaluator eats its thread's memory for the first value it scores: prints what came of that and of the
// next value. In a process of its own, because V8 does not always get to ending just the thread.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { messageOf } from '../../src/core/errors.ts'
import { bundleEvaluator } from '../../src/evaluation/evaluator/bundle.ts'
import { createTrustedPool } from '../../src/evaluation/trusted/pool.ts'

const folder = await mkdtemp(path.join(tmpdir(), 'evolve-hungry-'))
const evaluatorPath = path.join(folder, 'evaluator.ts')
await writeFile(
  evaluatorPath,
  `import { defineEvaluator, invalid, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: () => [{ id: 'one', args: [] }],
  score({ cases: [only] }) {
    const all: number[][] = []
    while (only.ok && only.value === 0) all.push(Array(1e5).fill(1.5))
    return invalid('ended')
  },
})
`,
)
const { file } = await bundleEvaluator(evaluatorPath, path.join(folder, 'out'))
const form = { language: 'javascript', entry: 'f' }
const options = { evaluatorFile: file, evaluatorPath, form, objectives: ['v'], threads: 1, heapMb: 64 }
const pool = createTrustedPool(options)
await pool.cases('seed', 'search')
const score = (value: number) => pool.score([{ id: 'one', ok: true, value, ms: 1 }], '')
const hungry = await score(0).then(
  () => 'scored',
  (error: unknown) => messageOf(error),
)
const next = await score(1)
console.log(JSON.stringify({ hungry, next: next.ok ? 'scored' : next.failure.message }))
await pool.close()
await rm(folder, { recursive: true })
