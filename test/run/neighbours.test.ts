import { expect, test } from 'vitest'
import { vectorOf, vectorText } from '../../src/llm/openai-embeddings.ts'
import { neighbourFinder } from '../../src/run/neighbours.ts'
import type { Answer, Question } from '../../src/run/parts.ts'
import type { StoredVector } from '../../src/store/duplicate-store.ts'

const { signal } = new AbortController()

/** A run whose stored vectors and answers a test decides. A text is its own vector, as JSON. */
function finder(stored: readonly StoredVector[], standing = { island: 0, seen: 100, level: 1 }, reply?: Answer) {
  const asked: Question[] = []
  const bought = new Map<string, string>()
  const read: number[] = []
  const find = neighbourFinder({
    model: 'small',
    vectorOf,
    hash: (text) => text,
    store: {
      asked: (_ordinal, question) => {
        const text = bought.get(question)
        return {
          attempts: bought.size,
          reply: text === undefined ? undefined : { text, finish: 'stop', purpose: 'embedding' },
        }
      },
      program: (ordinal) => ({
        ...{ ordinal, source: `source ${String(ordinal)}`, generation: 0, island: 0, operator: 'x', traits: {} },
      }),
      duplicates: {
        standing: () => standing,
        vectors: (_model, after) => {
          read.push(after)
          return stored.filter(({ finished }) => finished > after)
        },
      },
    },
    ask: (question) => {
      asked.push(question)
      const text = vectorText(JSON.parse(question.prompt.user) as number[])
      bought.set(question.question ?? '', text)
      return Promise.resolve(reply ?? { ok: true, text, finish: 'stop', attempt: question.attempt })
    },
  })
  const nearest = async (vector: readonly number[], ordinal = 50) => find(JSON.stringify(vector), ordinal, signal)
  return { nearest, asked, read }
}

const at = (ordinal: number, vector: readonly number[], more: Partial<StoredVector> = {}): StoredVector => ({
  ...{ ordinal, island: 0, level: 1, finished: ordinal, text: vectorText(vector) },
  ...more,
})

test('the nearest program is that with the greatest cosine, whatever the lengths', async () => {
  const { nearest } = finder([at(1, [10, 0]), at(2, [0.1, 0.1]), at(3, [0, 5])])
  expect(await nearest([3, 4])).toMatchObject({ neighbour: { ordinal: 2, source: 'source 2' } })
  const found = await nearest([0, 1])
  expect(found).toMatchObject({ neighbour: { ordinal: 3, similarity: 1 } })
  // By hand: (3, 4) and (1, 1): 7 / (5 * sqrt 2).
  const again = await nearest([3, 4])
  expect(again.ok && again.neighbour?.similarity).toBeCloseTo(7 / (5 * Math.SQRT2), 6)
})

test('only programs of the island count, the first one everywhere, and only what was committed before the selection', async () => {
  const stored = [at(0, [0, 1]), at(1, [1, 0.2], { island: 1 }), at(2, [1, 0.3]), at(3, [1, 0.1], { finished: 9 })]
  expect(await finder(stored).nearest([1, 0])).toMatchObject({ neighbour: { ordinal: 3 } })
  expect(await finder(stored, { island: 0, seen: 8, level: 1 }).nearest([1, 0])).toMatchObject({
    neighbour: { ordinal: 2 },
  })
  expect(await finder(stored, { island: 1, seen: 8, level: 1 }).nearest([1, 0])).toMatchObject({
    neighbour: { ordinal: 1 },
  })
  expect(await finder(stored, { island: 2, seen: 8, level: 1 }).nearest([1, 0])).toMatchObject({
    neighbour: { ordinal: 0 },
  })
  expect(await finder([at(1, [1, 0])], { island: 0, seen: 0, level: 1 }).nearest([1, 0])).toEqual({
    ok: true,
    neighbour: undefined,
  })
  expect(await finder([at(1, [1, 0, 0])]).nearest([1, 0])).toEqual({ ok: true, neighbour: undefined })
})

test('of equally near ones the first committed is taken, and of several vectors of one program the latest', async () => {
  const stored = [at(1, [1, 0]), at(2, [1, 0]), at(3, [1, 0]), at(3, [0, 1])]
  expect(await finder(stored).nearest([2, 0])).toMatchObject({ neighbour: { ordinal: 1 } })
  expect(await finder(stored.slice(2)).nearest([1, 0])).toMatchObject({ neighbour: { ordinal: 3, similarity: 0 } })
})

test('a vector is bought once, and stored ones are read once', async () => {
  const { nearest, asked, read } = finder([at(1, [1, 0]), at(4, [0, 1])])
  await nearest([1, 1])
  await nearest([1, 1])
  expect(asked.map(({ ordinal, attempt, purpose, model }) => [ordinal, attempt, purpose, model])).toEqual([
    [50, 1, 'embedding', 'small'],
  ])
  expect(read).toEqual([-1, 4])
})

test('no model, no room, no reply and a vector without a direction are answers with a reason', async () => {
  const failure = { kind: 'no-reply', message: 'small: HTTP 500' } as const
  expect(await finder([], undefined, { ok: 'no-budget' }).nearest([1])).toEqual({
    ok: false,
    reason: 'the budget had no room for the embedding',
  })
  expect(await finder([], undefined, { ok: false, failure }).nearest([1])).toEqual({
    ok: false,
    reason: 'small: HTTP 500',
  })
  expect(await finder([]).nearest([0, 0])).toEqual({ ok: false, reason: 'small gave a vector without a direction' })
})

test('a program of another level of the curriculum is no neighbour', async () => {
  const stored = [at(1, [1, 0]), at(2, [0.9, 0.1], { level: 2 })]
  const found = await finder(stored, { island: 0, seen: 100, level: 2 }).nearest([1, 0])
  expect(found).toMatchObject({ ok: true, neighbour: { ordinal: 2 } })
})
