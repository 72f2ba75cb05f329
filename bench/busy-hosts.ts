// Whether a candidate ever pays for a busy machine: `npm run bench -- busy-hosts [candidates]`. Friendly candidates beside hostile
// ones, with three times the hosts that the machine has cores and as many processes that do nothing but work.
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { describeFailure } from '../src/core/failure.ts'
import { createIsolateBackend } from '../src/evaluation/isolate/backend.ts'
import { deceitful } from '../test/process/hostile-candidates.ts'

const limits = { timeMs: 30_000, memoryBytes: 64e6, outputBytes: 100_000, consoleBytes: 1000 }
const never = new AbortController().signal
const cases = Array.from({ length: 10 }, (_, index) => ({ id: String(index), args: [index] }))
const friendly = 'export const f = (n) => { let s = 0; for (let i = 0; i <= n; i++) s += i; return s }'

/** Runs so many friendly candidates of ten cases each and prints every case that came to anything but its value. */
export async function measureBusyHosts(candidates: number): Promise<void> {
  const cores = availableParallelism()
  const busy = Array.from({ length: cores + 1 }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  const backends = Array.from({ length: 3 }, () => createIsolateBackend({ hosts: cores }))
  let [left, wrong] = [candidates, 0]
  const lane = async (backend: (typeof backends)[number], number: number): Promise<void> => {
    while (left-- > 0) {
      const { whole, body = '' } = deceitful[(left + number) % deceitful.length] ?? {}
      const attack = { code: whole ?? `export function f(n) {\n${body}\n}`, cases: cases.slice(0, 2) }
      const [report] = await Promise.all([
        backend.run({ code: friendly, entry: 'f', cases, limits, seed: 'bench' }, never),
        backend.run({ ...attack, entry: 'f', limits, seed: 'bench' }, never),
      ])
      for (const [index, result] of report.cases.entries()) {
        if (result.ok && result.value === (index * (index + 1)) / 2) continue
        wrong++
        console.log(`  ${result.ok ? JSON.stringify(result.value) : describeFailure(result.failure)}`)
      }
    }
  }
  await Promise.all(backends.flatMap((backend, index) => [lane(backend, index), lane(backend, index + 7)]))
  await Promise.all(backends.map((backend) => backend.close()))
  for (const process of busy) process.kill('SIGKILL')
  console.log(`${String(candidates * cases.length)} cases of friendly candidates, ${String(wrong)} without their value`)
}
