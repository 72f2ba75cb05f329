import { expect, it } from 'vitest'
import { rngStream } from '../../src/core/rng.ts'
import { createGateway } from '../../src/llm/gateway.ts'
import { replayFactory } from '../../src/llm/replay.ts'
import type { StoredCall } from '../../src/llm/replay.ts'
import { memoryLedger } from '../fakes/memory-ledger.ts'
import { systemClock } from '../../src/core/system-clock.ts'
import { reply } from '../fakes/scripted-provider.ts'
import { model, patient, prompt } from './models.ts'

const stored: Readonly<Record<string, StoredCall>> = {
  '1/propose/1': { status: 'ok', reply: reply('first') },
  '2/propose/1': { status: 'error', error: '500 broken', usage: undefined, charged: false },
  '2/propose/2': { status: 'lost', error: undefined, usage: undefined, charged: true },
  '2/propose/3': { status: 'ok', reply: reply('third') },
  '2/repair/4': { status: 'ok', reply: reply('mended') },
  '3/propose/1': { status: 'error', error: 'the reply is empty', usage: undefined, charged: true },
}

function opened() {
  const ledger = memoryLedger()
  const gateway = createGateway({
    models: [model({ provider: 'replay' })],
    providers: {
      replay: replayFactory({ find: ({ ordinal, purpose, attempt }) => stored[`${ordinal}/${purpose}/${attempt}`] }),
    },
    ledger,
    clock: systemClock,
    rng: (stream, n) => rngStream(1, stream, n),
    deadlines: patient,
    notify: () => undefined,
    env: {},
    retry: { baseMs: 0 },
  })
  const call = (ordinal: number, purpose: 'propose' | 'repair', attempt: number) =>
    gateway.complete({
      ordinal,
      purpose,
      attempt,
      model: 'gpt-5.4-mini',
      prompt: prompt(),
      signal: new AbortController().signal,
    })
  return { ledger, call }
}

it('serves the stored reply of the same candidate, call and attempt', async () => {
  const { call } = opened()
  expect((await call(1, 'propose', 1)).reply.text).toBe('first')
  expect((await call(2, 'repair', 4)).reply.text).toBe('mended')
})

it('goes through the same failures, charged as they were', async () => {
  const { call, ledger } = opened()
  const answer = await call(2, 'propose', 1)
  expect([answer.attempt, answer.reply.text]).toEqual([3, 'third'])
  const charged = ledger.rows().map((row) => row.ending?.chargedTokens)
  expect(charged).toEqual([0, ledger.rows()[1]?.reservedTokens, 15])
})

it('fails for good where the stored run gave up', async () => {
  const { call, ledger } = opened()
  await expect(call(3, 'propose', 1)).rejects.toThrow('the reply is empty')
  expect(ledger.rows()).toHaveLength(1)
})

it('says which call the stored run never made', async () => {
  const { call } = opened()
  await expect(call(7, 'repair', 2)).rejects.toThrow('the stored run has no call repair, attempt 2, of candidate 7')
})
