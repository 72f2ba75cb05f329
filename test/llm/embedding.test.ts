import { expect, test } from 'vitest'
import { systemClock } from '../../src/core/system-clock.ts'
import { embeddingProvider } from '../../src/llm/embedding.ts'
import { openOpenAi } from '../../src/llm/openai.ts'
import { readEmbedding, vectorOf, vectorText } from '../../src/llm/openai-embeddings.ts'
import { providers } from '../../src/llm/providers.ts'
import { openReplay } from '../../src/llm/replay.ts'
import { startModelServer } from '../servers/model-server.ts'
import { model, request } from './models.ts'

const numbers = [0.5, -0.25, 1.5]

test('a vector survives being text, as float32', () => {
  expect(vectorOf(vectorText(numbers))).toEqual(numbers)
  expect(vectorOf(vectorText([0.1]))).toEqual([Math.fround(0.1)])
  expect(vectorOf('AAA')).toEqual([])
})

test('a server that answers in base64 is understood, one that answers no numbers is not', () => {
  expect(readEmbedding({ data: [{ embedding: vectorText(numbers) }] }, 'm')).toEqual({
    vector: numbers,
    model: 'm',
    usage: undefined,
  })
  for (const body of [
    undefined,
    {},
    { data: [] },
    { data: [{ embedding: ['x'] }] },
    { data: [{ embedding: [null] }] },
  ]) {
    expect(() => readEmbedding(body, 'm')).toThrow('holds no embedding')
  }
})

test('the reply to a text is its vector, from the address of embeddings', async () => {
  const server = await startModelServer(() => ({ kind: 'reply', text: JSON.stringify(numbers) }))
  try {
    const embedder = model({ model: 'text-embedding-3-small', baseUrl: server.baseUrl, maxTokens: 0 })
    const provider = await embeddingProvider((...given) => Promise.resolve(openOpenAi(...given)))(embedder, {
      env: {},
      clock: systemClock,
    })
    const asked = request({
      model: 'text-embedding-3-small',
      prompt: { ...request().prompt, system: '', user: 'let a' },
    })
    const reply = await provider.complete(asked)
    expect(vectorOf(reply.text)).toEqual(numbers)
    expect(reply).toMatchObject({ finish: 'stop', usage: { output: 0 } })
    expect(server.requests.map(({ protocol, user, body }) => [protocol, user, body['encoding_format']])).toEqual([
      ['embeddings', 'let a', 'float'],
    ])
  } finally {
    await server.close()
  }
})

test('a provider without embeddings is refused in one line', async () => {
  const context = { env: { ANTHROPIC_API_KEY: 'k' }, clock: systemClock }
  await expect(embeddingProvider(providers.anthropic)(model({ provider: 'anthropic' }), context)).rejects.toThrow(
    'anthropic has no embeddings; only openai and servers like it have',
  )
})

test('a replay serves the stored vector', async () => {
  const stored = {
    status: 'ok',
    reply: { text: vectorText(numbers), finish: 'stop', usage: undefined, model: 'm' },
  } as const
  const replay = openReplay({ find: ({ purpose }) => (purpose === 'embedding' ? stored : undefined) })
  const call = { ordinal: 1, purpose: 'embedding', attempt: 1 }
  const { prompt: _, ...rest } = request({ call })
  expect(await replay.embed?.({ ...rest, text: 'x' })).toEqual({ vector: numbers, usage: undefined, model: 'm' })
})
