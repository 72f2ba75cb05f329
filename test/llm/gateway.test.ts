import { describe, expect, it } from 'vitest'
import type { ModelConfig } from '../../src/config/problem.ts'
import { UserError } from '../../src/core/errors.ts'
import { rngStream } from '../../src/core/rng.ts'
import { BudgetExhausted, CallCancelled } from '../../src/llm/gateway-errors.ts'
import { createGateway } from '../../src/llm/gateway.ts'
import type { GatewayCall, RetryPolicy } from '../../src/llm/gateway.ts'
import { ProviderError } from '../../src/llm/provider.ts'
import type { LlmReply, LlmRequest } from '../../src/llm/provider.ts'
import { manualClock } from '../fakes/manual-clock.ts'
import { memoryLedger } from '../fakes/memory-ledger.ts'
import { reply, scriptedProvider } from '../fakes/scripted-provider.ts'
import { model, prompt } from './models.ts'

type Script = (request: LlmRequest) => LlmReply | Promise<LlmReply>

function opened(
  script: Script,
  over: {
    models?: readonly ModelConfig[]
    budget?: { tokens?: number; usd?: number }
    retry?: Partial<RetryPolicy>
  } = {},
) {
  const clock = manualClock()
  const ledger = memoryLedger(over.budget)
  const said: string[] = []
  const provider = scriptedProvider(script, clock)
  const gateway = createGateway({
    models: over.models ?? [model()],
    providers: { openai: () => Promise.resolve(provider) },
    ledger,
    clock,
    rng: (stream, n) => rngStream(1, stream, n),
    deadlines: { firstTokenMs: 60_000, betweenTokensMs: 60_000, totalMs: 120_000 },
    notify: (message) => said.push(message),
    env: {},
    ...(over.retry === undefined ? {} : { retry: over.retry }),
  })
  const call = (over: Partial<GatewayCall> = {}) =>
    gateway.complete({
      ordinal: 1,
      purpose: 'propose',
      model: 'gpt-5.4-mini',
      attempt: 1,
      prompt: prompt(),
      signal: new AbortController().signal,
      ...over,
    })
  return { clock, ledger, said, provider, gateway, call }
}

const transient = (detail = {}) => new ProviderError('it broke', { retry: 'transient', ...detail })
const limited = (retryAfterMs?: number) =>
  new ProviderError('429 too much', { retry: 'rate-limit', retryAfterMs, mayBeBilled: false })

/** Throws the errors in turn, then replies. */
function failing(...errors: readonly ProviderError[]): Script {
  let next = 0
  return () => {
    const error = errors[next++]
    if (error !== undefined) throw error
    return reply('at last')
  }
}

describe('a call through the gateway', () => {
  it('is on the ledger before it goes out and settled when it returns', async () => {
    const seen: unknown[] = []
    const { call, ledger } = opened(() => {
      seen.push(ledger.rows().map((row) => row.ending))
      return reply('text', { input: 100, output: 20 })
    })
    const answer = await call()
    expect(seen).toEqual([[undefined]])
    expect(answer).toMatchObject({ callId: 0, attempt: 1, model: 'gpt-5.4-mini', reply: { text: 'text' } })
    expect(ledger.rows()[0]?.ending).toMatchObject({
      status: 'ok',
      reply: 'text',
      finish: 'stop',
      chargedTokens: 120,
      chargedUsd: (100 * 0.75 + 20 * 4.5) / 1e6,
    })
  })

  it('is on the ledger under the question that it asks, where it has one', async () => {
    const { call, ledger } = opened(() => reply('text'))
    await call({ purpose: 'review', question: 'a hash' })
    await call({ attempt: 2 })
    expect(ledger.rows().map(({ purpose, question }) => [purpose, question])).toEqual([
      ['review', 'a hash'],
      ['propose', undefined],
    ])
  })

  it('goes out and comes back only when the ledger is on the disk', async () => {
    const sent: string[] = []
    const { call, ledger } = opened(() => {
      sent.push('sent')
      return reply('text')
    })
    const syncs: (() => void)[] = []
    ledger.onDisk = () => new Promise((resolve) => syncs.push(resolve))
    let back = false
    const answer = call().then(() => (back = true))
    const turns = () => new Promise((resolve) => setImmediate(resolve))
    await turns()
    expect([sent.length, syncs.length]).toEqual([0, 1])
    syncs[0]?.()
    await turns()
    expect([sent.length, syncs.length, back]).toEqual([1, 2, false])
    syncs[1]?.()
    await answer
    expect(back).toBe(true)
  })

  it('costs nothing when it is stopped while its row goes to the disk', async () => {
    const stop = new AbortController()
    const { call, ledger, provider } = opened(() => reply('text'))
    ledger.onDisk = () => {
      stop.abort()
      return Promise.resolve()
    }
    await expect(call({ signal: stop.signal })).rejects.toThrow('stopped before it went out')
    expect(ledger.rows()[0]?.ending).toMatchObject({ status: 'error', chargedTokens: 0 })
    expect(provider.requests).toEqual([])
  })

  it('is charged at its reservation when the server tells no usage', async () => {
    const { call, ledger } = opened(() => ({ ...reply('text'), usage: undefined }))
    await call()
    const [row] = ledger.rows()
    expect(row?.ending?.chargedTokens).toBe(row?.reservedTokens)
    expect(row?.ending?.chargedUsd).toBe(row?.reservedUsd)
  })

  it('makes a row of every attempt, numbered one after the other', async () => {
    const { call, ledger, clock } = opened(failing(transient(), transient()))
    const running = call({ attempt: 5 })
    await clock.advance(10_000)
    expect((await running).attempt).toBe(7)
    expect(ledger.rows().map((row) => [row.attempt, row.ending?.status])).toEqual([
      [5, 'error'],
      [6, 'error'],
      [7, 'ok'],
    ])
  })

  it('charges failures with what they told, with nothing when refused, and else with the reservation', async () => {
    const usage = { input: 7, output: 1, cached: undefined, reasoning: undefined }
    const script = failing(transient({ usage }), transient({ mayBeBilled: false }), transient())
    const { call, ledger, clock } = opened(script)
    const running = call()
    await clock.advance(20_000)
    await running
    const charged = ledger.rows().map((row) => row.ending?.chargedTokens)
    expect(charged).toEqual([8, 0, ledger.rows()[2]?.reservedTokens, 15])
  })

  it('gives up with the last error when its attempts are used up', async () => {
    const { call, ledger, clock } = opened(() => {
      throw transient()
    })
    const running = call().catch((error: unknown) => error)
    await clock.advance(60_000)
    expect(await running).toBeInstanceOf(ProviderError)
    expect(ledger.rows()).toHaveLength(4)
  })

  it('does not go out when the budget has no room', async () => {
    const { call, ledger, provider } = opened(() => reply('x'), { budget: { tokens: 500 } })
    await expect(call()).rejects.toBeInstanceOf(BudgetExhausted)
    expect([ledger.rows().length, provider.requests.length]).toEqual([0, 0])
  })

  it('stops the run with the remedy when the key is refused', async () => {
    const refusal = new ProviderError('401 wrong key', { retry: 'never', status: 401, mayBeBilled: false })
    const { call, ledger } = opened(failing(refusal))
    const error: unknown = await call().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UserError)
    expect((error as Error).message).toBe(
      'model gpt-5.4-mini (openai) refused the call: 401 wrong key; ' +
        'set a valid key in OPENAI_API_KEY, or api_key in its entry under llm.models',
    )
    expect(ledger.rows()[0]?.ending?.chargedTokens).toBe(0)
  })

  it('gives up one call, not the run, when only its prompt is at fault', async () => {
    const tooLong = new ProviderError('400 prompt is too long', { retry: 'never', giveUp: true, mayBeBilled: false })
    const { call, ledger } = opened(failing(tooLong))
    await expect(call()).rejects.toBe(tooLong)
    expect(ledger.rows()).toHaveLength(1)
  })

  it('ends as cancelled, charged at its reservation, when it is stopped in flight', async () => {
    const stop = new AbortController()
    const { call, ledger, clock, gateway } = opened(() => new Promise(() => undefined))
    const running = call({ signal: stop.signal }).catch((error: unknown) => error)
    await clock.advance(10)
    expect(gateway.inFlight()).toEqual({ 'gpt-5.4-mini': 1 })
    stop.abort()
    expect(await running).toBeInstanceOf(CallCancelled)
    const [row] = ledger.rows()
    expect(row?.ending).toMatchObject({ status: 'error', chargedTokens: row?.reservedTokens })
    expect(gateway.inFlight()).toEqual({ 'gpt-5.4-mini': 0 })
  })

  it('draws the same temperature again for a retry and after a resume', async () => {
    const models = [model({ temperatures: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8] })]
    const { call, clock, provider } = opened(failing(transient()), { models })
    const running = call({ ordinal: 9 })
    await clock.advance(5000)
    const { temperature } = await running
    const again = await opened(() => reply('x'), { models }).call({ ordinal: 9, attempt: 4 })
    expect(provider.requests.map((request) => request.temperature)).toEqual([temperature, temperature])
    expect(again.temperature).toBe(temperature)
  })

  it('tells when a server used more than could be reserved', async () => {
    const { call, said } = opened(() => reply('x', { input: 90_000, output: 5 }))
    await call()
    await call({ ordinal: 2 })
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('used 90005 tokens')
  })
})

describe('rate limits', () => {
  it('hold back every call of the model for as long as the server asks', async () => {
    const { call, clock, provider } = opened(failing(limited(30_000)))
    const first = call()
    await clock.advance(1)
    const second = call({ ordinal: 2 })
    await clock.advance(29_998)
    expect(provider.requests).toHaveLength(1)
    await clock.advance(10)
    await Promise.all([first, second])
    expect(provider.requests).toHaveLength(3)
  })

  it('do not count as failures', async () => {
    const { call, clock, ledger } = opened(failing(...Array.from({ length: 12 }, () => limited(1000))))
    const running = call()
    await clock.advance(700_000)
    expect((await running).attempt).toBe(13)
    expect(ledger.charged().tokens).toBe(15)
  })

  it('wear out the patience of a call in the end', async () => {
    const { call, clock } = opened(
      () => {
        throw limited(60_000)
      },
      { retry: { patienceMs: 150_000 } },
    )
    const running = call().catch((error: unknown) => error)
    await clock.advance(400_000)
    expect(await running).toMatchObject({ retry: 'rate-limit' })
  })

  it('of the configuration space the calls out', async () => {
    const { call, clock, provider } = opened(() => reply('x'), { models: [model({ requestsPerMinute: 2 })] })
    const calls = [1, 2, 3].map((ordinal) => call({ ordinal }))
    await clock.advance(1)
    expect(provider.requests).toHaveLength(2)
    await clock.advance(30_000)
    await Promise.all(calls)
    expect(provider.requests).toHaveLength(3)
  })

  it('of tokens are corrected by what the calls really used', async () => {
    const { call, clock, provider } = opened(() => reply('x', { input: 10, output: 0 }), {
      models: [model({ tokensPerMinute: 1100 })],
    })
    await call()
    await call({ ordinal: 2 })
    await clock.advance(0)
    expect(provider.requests).toHaveLength(2)
  })
})

describe('a model that is down', () => {
  const pair = [model({ model: 'a' }), model({ model: 'b' })]
  const onlyB: Script = (request) => {
    if (request.model === 'a') throw transient({ mayBeBilled: false })
    return reply('from b')
  }

  it('is replaced by another, which the user is told once', async () => {
    const { call, clock, said } = opened(onlyB, { models: pair, retry: { failures: 2 } })
    const first = call({ model: 'a' })
    await clock.advance(10_000)
    expect((await first).model).toBe('b')
    expect((await call({ model: 'a', ordinal: 2 })).model).toBe('b')
    expect(said).toEqual(['model a is down (it broke); other models take its calls until it answers'])
  })

  it('gets its calls back after a probe came through', async () => {
    let up = false
    const script: Script = (request) => (request.model === 'a' && up ? reply('from a') : onlyB(request))
    const { call, clock } = opened(script, { models: pair, retry: { failures: 2 } })
    const first = call({ model: 'a' })
    await clock.advance(10_000)
    await first
    up = true
    await clock.advance(30_000)
    expect((await call({ model: 'a', ordinal: 2 })).model).toBe('a')
  })

  it('makes calls wait when there is no other, and the run goes on by itself', async () => {
    let up = false
    const { call, clock, said, ledger } = opened(
      () => {
        if (!up) throw transient({ mayBeBilled: false })
        return reply('back')
      },
      { retry: { attempts: 3, failures: 2 } },
    )
    const calls = [1, 2, 3, 4].map((ordinal) => call({ ordinal }))
    await clock.advance(200_000)
    // The first wave was in flight together; then only probes go out.
    expect(ledger.rows().length).toBeLessThan(10)
    up = true
    await clock.advance(600_000)
    expect((await Promise.all(calls)).map(({ reply }) => reply.text)).toEqual(['back', 'back', 'back', 'back'])
    expect(said).toEqual([
      'all models are down: gpt-5.4-mini (it broke); retrying in 30 s, stop with Ctrl+C',
      'model gpt-5.4-mini answers again; the run continues',
    ])
  })

  it('does not keep a stopped run', async () => {
    const stop = new AbortController()
    const { call, clock } = opened(
      () => {
        throw transient()
      },
      { retry: { failures: 1 } },
    )
    const running = call({ signal: stop.signal }).catch((error: unknown) => error)
    await clock.advance(100)
    stop.abort()
    await clock.advance(0)
    expect(await running).toBeInstanceOf(CallCancelled)
    expect(clock.sleepers()).toBe(0)
  })
})
