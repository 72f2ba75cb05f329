// Whether a candidate ever pays for a busy machine: `npm run bench -- busy-hosts [candidates]`. Friendly candidates beside hostile
// ones, with three hosts for each core and, for one core more than there are, processes that do nothing but work; then fresh
// hosts, twelve at a time for each core.
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { describeFailure } from '../src/core/failure.ts'
import type { RunReport } from '../src/evaluation/backend.ts'
import { createIsolateBackend } from '../src/evaluation/isolate/backend.ts'
import { codeOf, deceitful } from '../test/process/hostile-candidates.ts'

const limits = { timeMs: 30_000, memoryBytes: 64e6, outputBytes: 100_000, consoleBytes: 1000 }
const never = new AbortController().signal
const cases = Array.from({ length: 10 }, (_, index) => ({ id: String(index), args: [index] }))
const code = 'export const f = (n) => { let s = 0; for (let i = 0; i <= n; i++) s += i; return s }'
const friendly = { code, entry: 'f', cases, limits, seed: 'bench' }

/** Runs so many friendly candidates of ten cases each and prints every case that came to anything but its value. */
export async function measureBusyHosts(candidates: number): Promise<void> {
  const cores = availableParallelism()
  const busy = Array.from({ length: cores + 1 }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  const wrong = await besideAttacks(candidates, cores)
  for (const process of busy) process.kill('SIGKILL')
  console.log(`${String(candidates * cases.length)} cases of friendly candidates, ${String(wrong)} without their value`)
  const stuck = await inFreshHosts(candidates, 12 * cores)
  console.log(
    `${String(candidates)} friendly candidates, each in a fresh host, ${String(stuck)} not with all of their values`,
  )
}

async function besideAttacks(candidates: number, cores: number): Promise<number> {
  const backends = Array.from({ length: 3 }, () => createIsolateBackend({ hosts: cores }))
  let [left, wrong] = [candidates, 0]
  const lane = async (backend: (typeof backends)[number], number: number): Promise<void> => {
    while (left-- > 0) {
      const attack = deceitful[(left + number) % deceitful.length]
      if (attack === undefined) throw new Error('there is no attack')
      const [report] = await Promise.all([
        backend.run(friendly, never),
        backend.run({ ...friendly, code: codeOf(attack), cases: cases.slice(0, 2) }, never),
      ])
      wrong += tellWrong(report)
    }
  }
  await Promise.all(backends.flatMap((backend, index) => [lane(backend, index), lane(backend, index + 7)]))
  await Promise.all(backends.map((backend) => backend.close()))
  return wrong
}

async function inFreshHosts(candidates: number, lanes: number): Promise<number> {
  let [left, stuck] = [candidates, 0]
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const backend = createIsolateBackend({ hosts: 1 })
      if (tellWrong(await backend.run(friendly, never)) > 0) stuck++
      await backend.close()
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return stuck
}

/** Prints every case that came to anything but its value, and counts them. */
function tellWrong({ cases }: RunReport): number {
  let wrong = 0
  for (const [index, result] of cases.entries()) {
    if (result.ok && result.value === (index * (index + 1)) / 2) continue
    wrong++
    console.log(`  ${result.ok ? JSON.stringify(result.value) : describeFailure(result.failure)}`)
  }
  return wrong
}
