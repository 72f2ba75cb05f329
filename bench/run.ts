// Measures the product on this machine: `npm run bench`. Figures are rates and ratios of one run; compare them with those
// of another run on the same machine, never with a number from elsewhere.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { createIsolateBackend } from '../src/evaluation/isolate/backend.ts'

if (process.argv[2] === 'slots') {
  const { measureSlots } = await import('./slots.ts')
  await measureSlots()
  process.exit()
}

if (process.argv[2] === 'placements') {
  const { measurePlacements } = await import('./placements.ts')
  measurePlacements(Number(process.argv[3] ?? 1_000_000))
  process.exit()
}

if (process.argv[2] === 'busy-hosts') {
  const { measureBusyHosts } = await import('./busy-hosts.ts')
  await measureBusyHosts(Number(process.argv[3] ?? 5000))
  process.exit()
}

if (process.argv[2] === 'lineage') {
  const { measureLineage } = await import('./lineage.ts')
  measureLineage(process.argv[3])
  process.exit()
}

const root = path.resolve(import.meta.dirname, '..')
const hosts = availableParallelism()

/** Trivial candidates per second through bare isolate hosts. */
async function hostRate(): Promise<number> {
  const backend = createIsolateBackend({ hosts })
  const request = {
    code: 'export const f = (n) => Array.from({ length: n }, (_, i) => [i / 3, 1, Math.random()])',
    entry: 'f',
    cases: [{ id: 'one', args: [26] }],
    limits: { timeMs: 1000, memoryBytes: 256e6, outputBytes: 1e6, consoleBytes: 1e3 },
    seed: 'bench',
  }
  const runAll = async (count: number): Promise<void> => {
    let left = count
    const lane = async (): Promise<void> => {
      while (left-- > 0) await backend.run(request, new AbortController().signal)
    }
    await Promise.all(Array.from({ length: 2 * hosts }, lane))
  }
  await runAll(100)
  const started = performance.now()
  await runAll(1000)
  const rate = 1e6 / (performance.now() - started)
  await backend.close()
  return rate
}

/** What `evolve problems/circle-packing.yaml` says of itself, from the built command. */
function wholeRun(seed: number, candidates: number): { rate: number; best: number } {
  const runs = mkdtempSync(path.join(tmpdir(), 'evolve-bench-'))
  try {
    const text = execFileSync(
      process.execPath,
      [
        path.join(root, 'dist/cli/main.js'),
        path.join(root, 'problems/circle-packing.yaml'),
        ...['--no-llm', '--json', '--candidates', String(candidates), '--seed', String(seed), '--runs-dir', runs],
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    )
    const { candidatesPerSecond, best } = JSON.parse(text) as { candidatesPerSecond: number; best: number }
    return { rate: candidatesPerSecond, best }
  } finally {
    rmSync(runs, { recursive: true, force: true })
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

console.log(`${String(hosts)} cores, Node ${process.version}`)
const raw = await hostRate()
console.log(`bare isolate hosts        ${raw.toFixed(0)} trivial candidates/s`)
const results = [1, 2, 3, 4, 5].map((seed) => {
  const result = wholeRun(seed, 3000)
  console.log(
    `circle-packing, seed ${String(seed)}    ${result.rate.toFixed(0)} candidates/s, best ${String(result.best)}`,
  )
  return result
})
const rate = median(results.map((result) => result.rate))
console.log(
  `median                    ${rate.toFixed(0)} candidates/s, best ${String(median(results.map((result) => result.best)))}`,
)
console.log(`end to end over bare      ${(rate / raw).toFixed(2)}`)
