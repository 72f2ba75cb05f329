import { expect, it } from 'vitest'
import { underDeadlines } from '../../src/llm/deadlines.ts'
import type { CallWatch } from '../../src/llm/deadlines.ts'
import { manualClock } from '../fakes/manual-clock.ts'

const deadlines = { firstTokenMs: 60_000, betweenTokensMs: 10_000, totalMs: 100_000 }

function started(over: { ignore?: boolean } = {}) {
  const clock = manualClock()
  const stop = new AbortController()
  let watch: CallWatch | undefined
  let finish: (text: string) => void = () => undefined
  let outcome = 'running'
  void underDeadlines({ deadlines, signal: stop.signal }, clock, (given) => {
    watch = given
    return new Promise<string>((resolve, reject) => {
      finish = resolve
      if (over.ignore !== true) given.signal.addEventListener('abort', () => reject(new Error('aborted')))
    })
  }).then(
    (text) => (outcome = text),
    (error: unknown) => (outcome = (error as Error).message),
  )
  return { clock, stop, watch: watch!, finish: (text: string) => finish(text), outcome: () => outcome }
}

it('waits for the first token until its deadline', async () => {
  const call = started()
  await call.clock.advance(59_999)
  expect(call.outcome()).toBe('running')
  await call.clock.advance(1)
  expect(call.outcome()).toContain('no first token within 60 s')
  expect(call.watch.signal.aborted).toBe(true)
})

it('cuts a stall right after the first token, not at the deadline of the first token', async () => {
  const call = started()
  await call.clock.advance(1000)
  call.watch.progress()
  await call.clock.advance(9999)
  expect(call.outcome()).toBe('running')
  await call.clock.advance(1)
  expect(call.outcome()).toBe('the reply stalled for 10 s')
})

it('lets a reply run while pieces keep coming, but not beyond its total', async () => {
  const call = started()
  for (let piece = 0; piece < 10; piece++) {
    call.watch.progress()
    await call.clock.advance(9900)
  }
  expect(call.outcome()).toBe('running')
  call.watch.progress()
  await call.clock.advance(1000)
  expect(call.outcome()).toBe('no complete reply within 100 s')
})

it('waits only shortly for the end of a response that has said everything', async () => {
  const call = started()
  call.watch.progress()
  call.watch.settled()
  await call.clock.advance(2000)
  expect(call.outcome()).toBe('the response does not end')
})

it('ends on time even when the library ignores the abort', async () => {
  const call = started({ ignore: true })
  await call.clock.advance(60_000)
  expect(call.outcome()).toContain('no first token within 60 s')
})

it('leaves no sleeper behind when the call is over', async () => {
  const call = started()
  call.finish('done')
  await call.clock.advance(0)
  expect(call.outcome()).toBe('done')
  expect(call.clock.sleepers()).toBe(0)
})

it('stops at once when the caller does', async () => {
  const call = started()
  call.stop.abort()
  await call.clock.advance(0)
  expect(call.outcome()).toBe('the call was cancelled')
  expect(call.clock.sleepers()).toBe(0)
})
