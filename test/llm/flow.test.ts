import { describe, expect, it } from 'vitest'
import { rngStream } from '../../src/core/rng.ts'
import { backoff } from '../../src/llm/backoff.ts'
import { CircuitBreaker } from '../../src/llm/breaker.ts'
import { chooseModel, chooseTemperature } from '../../src/llm/choice.ts'
import { AdaptiveConcurrency } from '../../src/llm/concurrency.ts'
import type { Slot } from '../../src/llm/concurrency.ts'
import { RateLimit } from '../../src/llm/rate-limit.ts'
import fc from '../seeded-properties.ts'

const forever = new AbortController().signal

async function enter(limit: AdaptiveConcurrency): Promise<Slot> {
  const slot = await limit.acquire(forever)
  if (slot === undefined) throw new Error('nobody aborted')
  return slot
}

describe('backoff', () => {
  it('stays below its doubling bound and below the cap, and is the same for the same draw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (failures, seed) => {
        const policy = { baseMs: 1000, capMs: 60_000 }
        const wait = backoff(failures, policy, rngStream(seed, 'backoff', 1))
        expect(wait).toBeGreaterThanOrEqual(0)
        expect(wait).toBeLessThan(Math.min(60_000, 1000 * 2 ** (failures - 1)) + 1e-9)
        expect(backoff(failures, policy, rngStream(seed, 'backoff', 1))).toBe(wait)
      }),
    )
  })
})

describe('a rate limit', () => {
  it('lets a minute of requests out at once and spaces the rest evenly', () => {
    const limit = new RateLimit(60, 0)
    const waits = Array.from({ length: 63 }, () => limit.take(1, 0))
    expect(waits.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 0))
    expect(waits.slice(60)).toEqual([1000, 2000, 3000])
  })

  it('never lets out more than the bucket and what flowed in', () => {
    const steps = fc.array(fc.record({ wait: fc.nat(5000), amount: fc.integer({ min: 1, max: 40 }) }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(steps, (takes) => {
        const limit = new RateLimit(120, 0)
        let now = 0
        let taken = 0
        for (const { wait, amount } of takes) {
          now += wait
          taken += amount
          const out = now + limit.take(amount, now)
          // The last piece of a millisecond is rounded up.
          expect(taken).toBeLessThanOrEqual(120 + (out * 120) / 60_000 + 1e-6)
        }
      }),
    )
  })

  it('makes an amount above the whole minute wait, not stay for ever', () => {
    expect(new RateLimit(60, 0).take(90, 0)).toBe(30_000)
  })

  it('takes back what was not used, up to a full bucket', () => {
    const limit = new RateLimit(60, 0)
    limit.take(60, 0)
    limit.giveBack(20, 0)
    expect(limit.take(20, 0)).toBe(0)
    limit.giveBack(1000, 0)
    expect(limit.take(61, 0)).toBe(1000)
  })
})

describe('adaptive concurrency', () => {
  it('never has more in flight than the limit, and serves first come first', async () => {
    const limit = new AdaptiveConcurrency(2)
    const order: number[] = []
    const first = await enter(limit)
    await enter(limit)
    const third = enter(limit).then(() => order.push(3))
    const fourth = enter(limit).then((slot) => (order.push(4), slot))
    await Promise.resolve()
    expect(order).toEqual([])
    first.release()
    first.release()
    await third
    expect([order, limit.inFlight]).toEqual([[3], 2])
    void fourth
  })

  it('halves once for all calls that were refused together', async () => {
    const limit = new AdaptiveConcurrency(64)
    const slots = await Promise.all(Array.from({ length: 64 }, () => enter(limit)))
    for (const slot of slots) slot.limited()
    expect(limit.limit).toBe(32)
    for (const slot of slots) slot.release()
    const later = await enter(limit)
    later.limited()
    expect(limit.limit).toBe(16)
  })

  it('never falls below one and grows back by one for as many successes as its limit', async () => {
    const limit = new AdaptiveConcurrency(8)
    for (let round = 0; round < 10; round++) {
      const slot = await enter(limit)
      slot.limited()
      slot.release()
    }
    expect(limit.limit).toBe(1)
    const slot = await enter(limit)
    slot.succeeded()
    expect(limit.limit).toBe(2)
    for (let success = 0; success < 200; success++) slot.succeeded()
    expect(limit.limit).toBe(8)
  })

  it('forgets a waiter that was stopped', async () => {
    const limit = new AdaptiveConcurrency(1)
    const held = await enter(limit)
    const stop = new AbortController()
    const stopped = limit.acquire(stop.signal)
    const next = enter(limit)
    stop.abort()
    expect(await stopped).toBeUndefined()
    held.release()
    await next
    expect(limit.inFlight).toBe(1)
  })
})

describe('a circuit breaker', () => {
  const policy = { failures: 3, cooldownMs: 1000, longestCooldownMs: 3000 }
  const opened = () => {
    const breaker = new CircuitBreaker(policy)
    for (let failure = 0; failure < 3; failure++) breaker.failed(0, false)
    return breaker
  }

  it('opens after failures in a row only', () => {
    const breaker = new CircuitBreaker(policy)
    breaker.failed(0, false)
    breaker.failed(0, false)
    breaker.succeeded()
    breaker.failed(0, false)
    breaker.failed(0, false)
    expect(breaker.look(0).kind).toBe('go')
    breaker.failed(0, false)
    expect(breaker.look(0)).toEqual({ kind: 'wait', ms: 1000 })
  })

  it('lets exactly one probe out after the cooldown', () => {
    const breaker = opened()
    expect(breaker.admit(999).kind).toBe('wait')
    expect(breaker.admit(1000).kind).toBe('probe')
    expect(breaker.admit(1000).kind).toBe('wait')
  })

  it('waits twice as long after each failed probe, up to the longest', () => {
    const breaker = opened()
    breaker.admit(1000)
    breaker.failed(1000, true)
    expect(breaker.look(1000)).toEqual({ kind: 'wait', ms: 2000 })
    breaker.admit(3000)
    breaker.failed(3000, true)
    expect(breaker.look(3000)).toEqual({ kind: 'wait', ms: 3000 })
  })

  it('closes after a probe that came through and starts afresh', () => {
    const breaker = opened()
    breaker.admit(1000)
    breaker.succeeded()
    expect(breaker.admit(1000).kind).toBe('go')
    breaker.failed(1000, false)
    expect(breaker.isClosed).toBe(true)
  })

  it('lets the next probe out when one was abandoned', () => {
    const breaker = opened()
    breaker.admit(1000)
    breaker.abandoned(true)
    expect(breaker.admit(1000).kind).toBe('probe')
  })
})

describe('the choice of an ensemble', () => {
  it('follows the weights', () => {
    const models = [
      { name: 'a', weight: 3 },
      { name: 'b', weight: 1 },
    ]
    const names = Array.from({ length: 4000 }, (_, n) => chooseModel(models, rngStream(1, 'model', n)).name)
    expect(names.filter((name) => name === 'a').length / 4000).toBeCloseTo(0.75, 1)
  })

  it('is the same for the same stream', () => {
    const draw = () =>
      Array.from({ length: 50 }, (_, n) => chooseTemperature({ temperatures: [0, 0.5, 1] }, rngStream(7, 't', n)))
    expect(draw()).toEqual(draw())
    expect(new Set(draw())).toEqual(new Set([0, 0.5, 1]))
  })

  it('leaves the temperature to the server when none is configured', () => {
    expect(chooseTemperature({ temperatures: [] }, rngStream(1, 't', 1))).toBeUndefined()
  })
})
