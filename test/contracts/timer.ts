import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import type { TimedInput, Timer, TimingReport, TimingRequest } from '../../src/evaluation/timing/timer.ts'

const never = new AbortController().signal
const limits = { timeMs: 5000, memoryBytes: 128e6, outputBytes: 1e6, consoleBytes: 0 }

const sum = 'const sum = (v) => v.reduce((a, b) => a + b, 0)\n'
const right = `${sum}export function f(v) { return sum(v) }`
const throwing = 'export function f() { throw new RangeError("no") }'
const off = `${sum}export function f(v) { return sum(v) * (1 + 1e-9) }`
const lasting = 'export const f = () => new Promise(() => {})'
/** Honest until the n-th call. */
const wrongFrom = (call: number): string =>
  `${sum}let calls = 0\nexport function f(v) { return ++calls < ${call} ? sum(v) : -1 }`

/** What every timer promises, whatever it measures with. */
export function describeTimer(name: string, open: () => Timer & { close(): Promise<void> }): void {
  describe(`timer: ${name}`, () => {
    const timer = open()
    afterAll(() => timer.close())
    const inputs = (round: number): Promise<readonly TimedInput[]> =>
      Promise.resolve(['a', 'b'].map((id) => ({ id, calls: JSON.stringify([[[round, 1]], [[2, 3]]]) })))

    const time = (code: string, changes: Partial<TimingRequest> = {}, signal = never): Promise<TimingReport> =>
      timer.time(
        {
          code,
          reference: right,
          entry: 'f',
          rounds: 5,
          starts: 2,
          inputs,
          limits,
          seed: 's',
          tolerance: 0,
          ...changes,
        },
        signal,
      )

    it('gives every start, counted round and input one pair of times above 0, in order, and none of the warming rounds', async () => {
      const asked: number[] = []
      const report = await time(right, {
        rounds: 3,
        inputs: (round) => {
          asked.push(round)
          return inputs(round)
        },
      })
      // Every start is given the same inputs, so they are drawn once.
      expect(asked).toEqual([0, 1, 2, 3, 4])
      const pairs = report.ok ? report.pairs : []
      expect(pairs.map(({ start, id, round }) => `${start}${id}${round}`).join(' ')).toBe(
        '1a1 1b1 1a2 1b2 1a3 1b3 2a1 2b1 2a2 2b2 2a3 2b3',
      )
      expect(pairs.every((pair) => pair.candidateMs > 0 && pair.referenceMs > 0)).toBe(true)
      expect(pairs.every((pair) => Number.isFinite(pair.candidateMs) && Number.isFinite(pair.referenceMs))).toBe(true)
    })

    it('asks after every start but the last whether that is clear, and ends where it is', async () => {
      const seen: number[] = []
      const all = await time(right, { starts: 4, isClear: (pairs) => seen.push(pairs.length) > 99 })
      expect(seen).toEqual([10, 20, 30])
      expect(all.ok && all.pairs).toHaveLength(40)
      const short = await time(right, { starts: 4, isClear: (pairs) => pairs.length === 20 })
      expect(short.ok && short.pairs).toHaveLength(20)
    })

    it('loads both programs afresh at every start', async () => {
      const counting = `${sum}let calls = 0\nexport function f(v) { return [sum(v), ++calls] }`
      expect(await time(counting, { reference: counting, starts: 3, rounds: 1 })).toMatchObject({ ok: true })
      // Twelve calls in one start of three rounds with two inputs of two calls.
      expect(await time(wrongFrom(13), { starts: 3, rounds: 1 })).toMatchObject({ ok: true })
      expect(await time(wrongFrom(12), { starts: 3, rounds: 1 })).toMatchObject({ ok: false })
    })

    it.each([1, 3, 20, 28])('compares every answer: one that is wrong from call %i on has no time', async (call) => {
      const report = await time(wrongFrom(call))
      expect(report).toMatchObject({ ok: false, failure: { kind: 'constraint-violated' } })
      expect(!report.ok && report.failure.message).toMatch(/fresh input \([ab]\) differs.*: \$/)
    })

    it('compares the answers of the start after which it ends', async () => {
      const report = await time(wrongFrom(28), { isClear: () => true })
      expect(report).toMatchObject({ ok: false, failure: { kind: 'constraint-violated' } })
    })

    it('takes numbers within the tolerance for the same, and no others', async () => {
      expect((await time(off, { tolerance: 1e-8 })).ok).toBe(true)
      expect((await time(off)).ok).toBe(false)
    })

    it('hands on how a candidate fails, and takes a failing reference for the mistake of the problem', async () => {
      expect(await time(throwing)).toMatchObject({ ok: false, failure: { kind: 'threw' } })
      await expect(time(right, { reference: throwing })).rejects.toThrow(UserError)
    })

    it('ends with breakage when it is called off, before and meanwhile', async () => {
      await expect(time(right, {}, AbortSignal.abort())).rejects.toThrow(/called off/)
      const calling = new AbortController()
      const waiting = time(lasting, {}, calling.signal)
      setTimeout(() => calling.abort(), 100)
      await expect(waiting).rejects.toThrow(/called off/)
    })
  })
}
