// How busy the places for model calls are kept: `npm run bench -- slots`. A whole run against a server on this machine that
// takes 2 s on average for a reply and stalls now and then; the server itself counts what it has in hand.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { rngStream } from '../src/core/rng.ts'
import { systemClock } from '../src/core/system-clock.ts'
import { createGateway } from '../src/llm/gateway.ts'
import { providers } from '../src/llm/providers.ts'
import { memoryLedger } from '../test/fakes/memory-ledger.ts'
import { model, patient, prompt } from '../test/llm/models.ts'
import { startModelServer } from '../test/servers/model-server.ts'

const root = path.resolve(import.meta.dirname, '..')
const command = path.join(root, 'dist/cli/main.js')
const meanMs = 2000
/** Every so manieth call stalls within its stream and is cut by the deadline between two pieces. */
const stallEvery = 100

/** What one run showed. */
interface Busy {
  /** Calls in hand over places, while there was enough to do. */
  readonly share: number
  readonly calls: number
  readonly stalled: number
  /** Stalled calls that the ledger has as cut. */
  readonly cut: number
  readonly finished: number
}

async function busyWith(slots: number): Promise<Busy> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evolve-slots-'))
  let stalled = 0
  const server = await startModelServer(({ number, user }) => {
    const rng = rngStream(1, 'slots', number)
    if (number % stallEvery === 0) {
      stalled++
      return { kind: 'stall', within: 'I think' }
    }
    const [, shown = '0'] = [...user.matchAll(/return (\d+(?:\.\d+)?)/g)].at(-1) ?? []
    const edit = `<<<<<<< SEARCH\n  return ${shown}\n=======\n  return ${String(number)}\n>>>>>>> REPLACE`
    return { kind: 'reply', text: edit, delayMs: meanMs * (0.5 + rng.next()) }
  })
  try {
    writeProblem(folder, server.baseUrl, slots)
    const candidates = slots * 8
    const samples: Sample[] = []
    let over = false
    const watch = async (): Promise<void> => {
      while (!over) {
        samples.push({ inHand: server.inFlight(), begun: server.requests.length })
        await sleep(20)
      }
    }
    const watching = watch()
    const flags = ['--candidates', String(candidates), '--seed', '1', '--run', 'slots', '--json', '--runs-dir', folder]
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] }
    const run = promisify(execFile)(process.execPath, [command, path.join(folder, 'slots.yaml'), ...flags], { env })
    const { stdout } = await run
    over = true
    await watching
    const { finished } = JSON.parse(stdout) as { finished: number }
    const query = "select count(*) as n from llm_calls where status = 'error' and error like '%stalled%'"
    const asked = await promisify(execFile)(process.execPath, [
      command,
      'sql',
      'slots',
      query,
      '--json',
      '--runs-dir',
      folder,
    ])
    const [{ n: cut } = { n: 0 }] = JSON.parse(asked.stdout) as { n: number }[]
    return { share: shareOf(samples, slots, candidates), calls: server.requests.length, stalled, cut, finished }
  } finally {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the server said at one moment. */
interface Sample {
  readonly inHand: number
  /** Requests so far. */
  readonly begun: number
}

/** While there is enough to do: from the first round of calls until the last candidates have theirs. */
function shareOf(samples: readonly Sample[], slots: number, candidates: number): number {
  const steady = samples.filter(({ begun }) => begun >= slots && begun <= candidates - slots)
  return steady.reduce((sum, { inHand }) => sum + inHand, 0) / (steady.length * slots)
}

function writeProblem(folder: string, baseUrl: string, slots: number): void {
  const files = {
    // More candidates than places, so that one is ready to call while others are evaluated.
    'slots.yaml': `name: slots
program: { file: slots.ts }
evaluator: slots.evaluator.ts
objectives: [{ name: value, direction: maximize }]
evaluation: { backend: none }
llm:
  models: [{ provider: openai, model: local, base_url: '${baseUrl}', concurrency: ${String(slots)} }]
  deadlines: { first_token: 10s, between_tokens: 3s, total: 20s }
search: { operators: { diff: 1 }, concurrency: ${String(Math.min(1024, Math.ceil(slots * 2)))} }
`,
    'slots.ts': '// EVOLVE-BLOCK-START\nexport function f(): number {\n  return 0\n}\n// EVOLVE-BLOCK-END\n',
    // What is measured is the places for calls, so a candidate costs next to nothing else: its text is its score.
    'slots.evaluator.ts': `import { defineEvaluator } from 'evolve-agent'
export default defineEvaluator({
  score: ({ program }) => ({ objectives: { value: Number(/return (\\d+)/.exec(program.source)?.[1]) } }),
})
`,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
}

/** The door to the models alone, with nothing to evaluate: what a slow machine leaves of it does not count here. */
async function gatewayShare(slots: number): Promise<number> {
  const server = await startModelServer(({ number }) => {
    return { kind: 'reply', text: 'done', delayMs: meanMs * (0.5 + rngStream(1, 'slots', number).next()) }
  })
  const local = model({ baseUrl: server.baseUrl, concurrency: slots })
  const gateway = createGateway({
    ...{ models: [local], providers, ledger: memoryLedger(), clock: systemClock, deadlines: patient, env: {} },
    rng: (stream, n) => rngStream(1, stream, n),
    notify: () => undefined,
  })
  const total = slots * 6
  const samples: Sample[] = []
  const timer = setInterval(() => samples.push({ inHand: server.inFlight(), begun: server.requests.length }), 20)
  let next = 0
  const lane = async (): Promise<void> => {
    const { signal } = new AbortController()
    while (next < total) {
      const ordinal = next++
      await gateway.complete({ ordinal, purpose: 'propose', model: local.name, attempt: 1, prompt: prompt(), signal })
    }
  }
  await Promise.all(Array.from({ length: Math.ceil(slots * 1.25) }, lane))
  clearInterval(timer)
  await server.close()
  return shareOf(samples, slots, total)
}

/** Measures 64 and 256 places. */
export async function measureSlots(): Promise<void> {
  for (const slots of [64, 256]) {
    const alone = await gatewayShare(slots)
    console.log(`${String(slots).padEnd(4)} places, the gateway alone: busy ${(100 * alone).toFixed(1)} %`)
    const { share, calls, stalled, cut, finished } = await busyWith(slots)
    console.log(
      `${String(slots).padEnd(4)} calls in flight, ${String(meanMs)} ms mean latency: places busy ${(100 * share).toFixed(1)} %; ` +
        `${String(calls)} calls, ${String(stalled)} stalled and ${String(cut)} of them cut at the deadline, ${String(finished)} candidates`,
    )
  }
}
