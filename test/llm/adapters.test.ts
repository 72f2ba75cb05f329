import { afterEach, describe, expect, it } from 'vitest'
import type { ModelConfig } from '../../src/config/problem.ts'
import { UserError } from '../../src/core/errors.ts'
import { openAnthropic } from '../../src/llm/anthropic.ts'
import { openOpenAi } from '../../src/llm/openai.ts'
import type { LlmRequest } from '../../src/llm/provider.ts'
import { longestReply } from '../../src/llm/reply-stream.ts'
import { systemClock } from '../../src/core/system-clock.ts'
import { startModelServer } from '../servers/model-server.ts'
import type { ModelServer, ServerAction } from '../servers/model-server.ts'
import { model, prompt, request } from './models.ts'

let server: ModelServer | undefined
afterEach(async () => server?.close())

const context = { env: {}, clock: systemClock }
const protocols = ['chat', 'responses', 'anthropic'] as const

async function opened(protocol: (typeof protocols)[number], action: ServerAction, over: Partial<ModelConfig> = {}) {
  server = await startModelServer(() => action)
  return protocol === 'anthropic'
    ? openAnthropic(model({ provider: 'anthropic', baseUrl: server.origin, ...over }), context)
    : openOpenAi(model({ api: protocol, baseUrl: server.baseUrl, ...over }), context)
}

const fine: ServerAction = { kind: 'reply', text: 'fine' }

async function sent(protocol: (typeof protocols)[number], over: Partial<LlmRequest>) {
  const provider = await opened(protocol, fine)
  await provider.complete(request(over))
  return server?.requests[0]?.body
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('it should have failed')
    },
    (error: unknown) => error as Error,
  )
}

describe.each(protocols)('over %s', (protocol) => {
  it('reads a reply that comes in one piece although a stream was asked for', async () => {
    const provider = await opened(protocol, { ...fine, whole: true, cached: 3, reasoning: 1 })
    const reply = await provider.complete(request())
    expect(reply).toMatchObject({ text: 'fine', finish: 'stop', usage: { cached: 3, reasoning: 1 } })
  })

  it('reads usage with the cached tokens inside the input', async () => {
    const provider = await opened(protocol, { ...fine, cached: 5, thinking: 'Let me think.' })
    const { usage, text } = await provider.complete(request())
    expect(text).toBe('fine')
    // 20 and 19 bytes at four to a token, and 8 for wrapping.
    expect(usage).toMatchObject({ input: 18, output: 5, cached: 5, reasoning: 4 })
  })

  it('refuses a reply of ten megabytes without keeping it', async () => {
    const provider = await opened(protocol, { kind: 'reply', text: 'x'.repeat(10_000_000) })
    const error = await failureOf(provider.complete(request()))
    expect(error.message).toBe(`the reply is longer than ${longestReply} characters`)
    expect(error).toMatchObject({ giveUp: true })
  })

  it('never shows the key that a server quotes back', async () => {
    const key = 'my-secret-key-0123456789'
    const provider = await opened(
      protocol,
      { kind: 'status', status: 401, message: `Incorrect API key provided: ${key} (Bearer ${key})` },
      { apiKey: key },
    )
    const error = await failureOf(provider.complete(request()))
    expect(error.message).toContain('Incorrect API key provided: [key]')
    expect(everything(error)).not.toContain(key)
    // The key did go out, so there was something to hide.
    expect(JSON.stringify(server?.requests[0]?.headers)).toContain(key)
  })

  it('never shows a key that cannot be a header', async () => {
    const key = 'secret-with\na-line-break'
    const provider = await opened(protocol, fine, { apiKey: key })
    const error = await failureOf(provider.complete(request()))
    expect(everything(error)).not.toContain('secret-with')
    expect(everything(error)).not.toContain('a-line-break')
  })

  it('knows that a refused connection was not billed, and says where nobody listened', async () => {
    const provider = await opened(protocol, fine)
    await server?.close()
    const error = await failureOf(provider.complete(request()))
    expect(error).toMatchObject({ retry: 'transient', mayBeBilled: false })
    expect(error.message).toContain('ECONNREFUSED')
  })

  it('calls an error inside a stream by what it says', async () => {
    const overloaded = await opened(protocol, { kind: 'stream-error', type: 'overloaded_error', message: 'busy' })
    expect(await failureOf(overloaded.complete(request()))).toMatchObject({ retry: 'transient', mayBeBilled: true })
    await server?.close()
    const type = protocol === 'anthropic' ? 'rate_limit_error' : 'rate_limit_exceeded'
    const limited = await opened(protocol, { kind: 'stream-error', type, message: 'slow down' })
    expect(await failureOf(limited.complete(request()))).toMatchObject({ retry: 'rate-limit' })
  })

  it('calls an account without credit hopeless, whatever the status', async () => {
    const provider = await opened(protocol, { kind: 'status', status: 429, type: 'insufficient_quota' })
    expect(await failureOf(provider.complete(request()))).toMatchObject({ retry: 'never', giveUp: false })
  })

  it('gives up only the one call when the prompt is too long', async () => {
    const provider = await opened(protocol, {
      kind: 'status',
      status: 400,
      message: 'prompt is too long: 300000 tokens',
    })
    expect(await failureOf(provider.complete(request()))).toMatchObject({ retry: 'never', giveUp: true })
  })

  it('counts thinking as progress', async () => {
    const provider = await opened(protocol, {
      ...fine,
      thinking: 'a long chain of thoughts '.repeat(20),
      betweenMs: 20,
    })
    const deadlines = { firstTokenMs: 300, betweenTokensMs: 300, totalMs: 30_000 }
    // The thoughts alone take longer than the first-token deadline.
    expect(await provider.complete(request({ deadlines }))).toMatchObject({ text: 'fine' })
  })
})

describe('what is sent', () => {
  it('over chat names the limit as compatible servers know it, and asks for usage', async () => {
    const body = await sent('chat', { temperature: 0.7, reasoningEffort: 'low' })
    expect(body).toMatchObject({
      max_tokens: 1000,
      temperature: 0.7,
      reasoning_effort: 'low',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'system' }, { role: 'user' }],
    })
    expect(body).not.toHaveProperty('max_completion_tokens')
  })

  it('over responses is not stored by the vendor', async () => {
    const body = await sent('responses', { reasoningEffort: 'high' })
    expect(body).toMatchObject({
      store: false,
      instructions: 'You write programs.',
      max_output_tokens: 1000,
      reasoning: { effort: 'high' },
    })
  })

  it('to anthropic starts with the system text, marked for the cache', async () => {
    const body = await sent('anthropic', { model: 'claude-sonnet-4-6' })
    expect(body).toMatchObject({
      max_tokens: 1000,
      system: [{ type: 'text', text: 'You write programs.', cache_control: { type: 'ephemeral' } }],
    })
    expect(body).not.toHaveProperty('thinking')
    expect(body).not.toHaveProperty('temperature')
  })

  it('to a newer model of anthropic asks for an effort, to an older one for a budget', async () => {
    const newer = await sent('anthropic', { model: 'claude-sonnet-5-5', reasoningEffort: 'minimal' })
    expect(newer).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } })
    await server?.close()
    const unasked = await sent('anthropic', { model: 'claude-opus-5-5' })
    expect(unasked).toMatchObject({ thinking: { type: 'adaptive', display: 'summarized' } })
    await server?.close()
    const older = await sent('anthropic', {
      model: 'claude-haiku-4-5-20251001',
      reasoningEffort: 'medium',
      maxTokens: 8000,
    })
    expect(older).toMatchObject({ thinking: { type: 'enabled', budget_tokens: 4000 } })
  })

  it('has no system text when there is none', async () => {
    const body = await sent('chat', { prompt: prompt('hello', '') })
    expect(body).toMatchObject({ messages: [{ role: 'user', content: 'hello' }] })
  })
})

describe('the environment', () => {
  it('names the server and the key of openai', async () => {
    server = await startModelServer(() => fine)
    const env = { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: 'from-the-environment' }
    const provider = openOpenAi(model({ apiKey: undefined }), { env, clock: systemClock })
    await provider.complete(request())
    expect(server.requests[0]?.headers['authorization']).toBe('Bearer from-the-environment')
  })

  it('names the server and the key of anthropic', async () => {
    server = await startModelServer(() => fine)
    const env = { ANTHROPIC_BASE_URL: server.origin, ANTHROPIC_API_KEY: 'from-the-environment' }
    const provider = openAnthropic(model({ provider: 'anthropic', apiKey: undefined }), { env, clock: systemClock })
    await provider.complete(request())
    expect(server.requests[0]?.headers['x-api-key']).toBe('from-the-environment')
  })

  it('may lack a key for a server of one’s own, but not for the vendors', async () => {
    server = await startModelServer(() => fine)
    const local = openOpenAi(model({ apiKey: undefined, baseUrl: server.baseUrl }), context)
    expect(await local.complete(request())).toMatchObject({ text: 'fine' })
    expect(() => openOpenAi(model({ apiKey: undefined }), context)).toThrow(UserError)
    expect(() => openAnthropic(model({ provider: 'anthropic', apiKey: undefined }), context)).toThrow(
      'ANTHROPIC_API_KEY',
    )
  })
})

/** Whatever a log could print of an error. */
function everything(error: Error): string {
  const own = Object.getOwnPropertyNames(error).map((name) =>
    String((error as unknown as Record<string, unknown>)[name]),
  )
  return [...own, JSON.stringify(error), error.stack, String(error.cause)].join('\n')
}
