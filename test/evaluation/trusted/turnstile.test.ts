import { describe, expect, it } from 'vitest'
import { createTurnstile } from '../../../src/evaluation/trusted/turnstile.ts'

function gate() {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return { promise, open: () => resolve(undefined) }
}

describe('a turnstile', () => {
  it('lets no more in than its width, in the order they came', async () => {
    const turnstile = createTurnstile(2)
    const started: number[] = []
    const gates = [0, 1, 2, 3].map(gate)
    const passes = gates.map(({ promise }, index) =>
      turnstile.pass(async () => {
        started.push(index)
        await promise
        return index
      }),
    )
    await Promise.resolve()
    expect(started).toEqual([0, 1])
    gates[1]?.open()
    await passes[1]
    await Promise.resolve()
    expect(started).toEqual([0, 1, 2])
    for (const { open } of gates) open()
    expect(await Promise.all(passes)).toEqual([0, 1, 2, 3])
  })

  it('makes room after a task that failed', async () => {
    const turnstile = createTurnstile(1)
    await expect(turnstile.pass(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await turnstile.pass(() => Promise.resolve('next'))).toBe('next')
  })

  it('turns everybody away once it is shut, but lets those inside finish', async () => {
    const turnstile = createTurnstile(1)
    const { promise, open } = gate()
    const inside = turnstile.pass(() => promise.then(() => 'done'))
    const waiting = turnstile.pass(() => Promise.resolve('never'))
    turnstile.shut(new Error('closed'))
    await expect(waiting).rejects.toThrow('closed')
    await expect(turnstile.pass(() => Promise.resolve('never'))).rejects.toThrow('closed')
    open()
    expect(await inside).toBe('done')
  })
})
