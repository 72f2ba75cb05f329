import { afterEach, describe, expect, it } from 'vitest'
import type { ModelConfig } from '../../src/config/problem.ts'
import { rngStream } from '../../src/core/rng.ts'
import { createGateway } from '../../src/llm/gateway.ts'
import type { CallDeadlines } from '../../src/llm/provider.ts'
import { providers } from '../../src/llm/providers.ts'
import { memoryLedger } from '../fakes/memory-ledger.ts'
import { systemClock } from '../../src/core/system-clock.ts'
import { startModelServer } from '../servers/model-server.ts'
import type { ModelServer, ServerAction, ServerScript } from '../servers/model-server.ts'
import { model, patient, prompt } from './models.ts'

let server: ModelServer | undefined
afterEach(async () => server?.close())

async function opened(script: ServerScript, over: Partial<ModelConfig> = {}, deadlines: CallDeadlines = patient) {
  server = await startModelServer(script)
  const ledger = memoryLedger()
  const models = [
    model({ name: 'chat', baseUrl: server.baseUrl, ...over }),
    model({ name: 'responses', api: 'responses', baseUrl: server.baseUrl, ...over }),
    model({ name: 'messages', provider: 'anthropic', baseUrl: server.origin, ...over }),
  ]
  const gateway = createGateway({
    models,
    providers,
    ledger,
    clock: systemClock,
    rng: (stream, n) => rngStream(1, stream, n),
    deadlines,
    notify: () => undefined,
    env: {},
    retry: { baseMs: 1, attempts: 8, failures: 1000 },
  })
  const call = (ordinal: number, name = 'chat') =>
    gateway.complete({
      ordinal,
      purpose: 'propose',
      model: name,
      attempt: 1,
      prompt: prompt(`Improve program ${ordinal}.`),
      signal: new AbortController().signal,
    })
  return { server, ledger, gateway, call }
}

describe('the gateway over real servers', () => {
  it('has 64 calls in flight at once', async () => {
    let arrived = 0
    let release: () => void = () => undefined
    const all = new Promise<void>((resolve) => (release = resolve))
    const { call, server, gateway } = await opened(async () => {
      // Nobody is answered before the last of them has come: with fewer in flight this would end at a deadline.
      if (++arrived === 64) release()
      await all
      return { kind: 'reply', text: 'done' }
    })
    await Promise.all(Array.from({ length: 64 }, (_, ordinal) => call(ordinal)))
    expect(server.mostInFlight()).toBe(64)
    expect(gateway.inFlight()['chat']).toBe(0)
  })

  it('cuts a stalled stream at its deadline and uses its slot again', async () => {
    const deadlines = { firstTokenMs: 20_000, betweenTokensMs: 200, totalMs: 40_000 }
    const stalls = new Set([1, 2])
    const { call, server, ledger } = await opened(
      ({ number }): ServerAction =>
        stalls.has(number)
          ? { kind: 'stall', within: 'this will never be finished, however long one waits for it' }
          : { kind: 'reply', text: 'done' },
      { concurrency: 2 },
      deadlines,
    )
    const answers = await Promise.all([1, 2, 3, 4].map((ordinal) => call(ordinal)))
    expect(answers.map(({ reply }) => reply.text)).toEqual(['done', 'done', 'done', 'done'])
    const cut = ledger.rows().filter((row) => row.ending?.status === 'error')
    expect(cut.map((row) => row.ending?.error)).toEqual(['the reply stalled for 0.2 s', 'the reply stalled for 0.2 s'])
    expect(cut.every((row) => row.ending?.chargedTokens === row.reservedTokens)).toBe(true)
    // The requests themselves were aborted, not only forgotten.
    await expect.poll(() => server.inFlight()).toBe(0)
  })

  it('keeps a ledger that equals the count of the server under mixed faults', async () => {
    const { call, server, ledger } = await opened(faulty)
    const names = ['chat', 'responses', 'messages']
    const calls = Array.from({ length: 240 }, (_, ordinal) => call(ordinal, names[ordinal % 3]).catch(() => undefined))
    const answers = await Promise.all(calls)
    expect(answers.filter((answer) => answer !== undefined).length).toBeGreaterThan(220)

    const rows = ledger.rows()
    expect(rows.every((row) => row.ending !== undefined)).toBe(true)
    const told = rows.filter((row) => row.ending?.usage !== undefined)
    const sum = (field: 'input' | 'output') => told.reduce((total, row) => total + (row.ending?.usage?.[field] ?? 0), 0)
    const { settled, unsettled, requests } = server.count()
    expect(requests).toBe(rows.length)
    expect({ calls: told.length, input: sum('input'), output: sum('output') }).toEqual(settled)
    // What the server did for calls that broke is covered by what they were charged with.
    expect(unsettled.calls).toBeGreaterThan(10)
    expect(ledger.charged().tokens).toBeGreaterThanOrEqual(
      settled.input + settled.output + unsettled.input + unsettled.output,
    )
  })
})

/** Three requests in ten fail, in every way there is. */
const faulty: ServerScript = ({ number }) => {
  const faults: readonly ServerAction[] = [
    { kind: 'status', status: 429, headers: { 'retry-after-ms': '5' } },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 529, type: 'overloaded_error' },
    { kind: 'reset' },
    { kind: 'cut', text: 'a reply that is long enough to be cut somewhere in its middle' },
    { kind: 'cut', text: 'a reply that is long enough to be cut somewhere in its middle', politely: true },
    { kind: 'malformed' },
    { kind: 'malformed', whole: true },
    { kind: 'reply', text: '' },
    { kind: 'stream-error', type: 'overloaded_error', message: 'overloaded' },
    { kind: 'reply', text: 'no usage told', silent: true },
  ]
  const fault = faults[Math.floor(number / 10) % faults.length]
  const good: ServerAction = { kind: 'reply', text: `edit ${number} `.repeat(number % 40), cached: 4, thinking: 'hm' }
  return [3, 6, 9].includes(number % 10) && fault !== undefined ? fault : { ...good, text: `${good.text}.` }
}
