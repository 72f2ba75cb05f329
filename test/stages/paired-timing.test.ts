import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import type { TimedPair, Timer } from '../../src/evaluation/timing/timer.ts'
import { pairedTiming } from '../../src/stages/paired-timing.ts'
import type { StageSetup } from '../../src/stages/stage-kind.ts'
import { createFakeTimer } from '../fakes/timer.ts'
import { problemWith } from '../run/parts.ts'
import { contextWith, opened, setupWith } from './opened.ts'

/** A timer whose measurements are what the test says, in the order given: the candidate's time in times of the reference, by input. */
function timerOf(
  ...ratios: readonly (number | Readonly<Record<string, number>>)[]
): ReturnType<typeof createFakeTimer> {
  return createFakeTimer((measurement, id) => {
    const ratio = ratios[measurement] ?? 1
    return typeof ratio === 'number' ? ratio : (ratio[id] ?? 1)
  })
}

const drawn: string[] = []
/** Programs are texts here that all answer alike. */
const stripped = (code: string): string => `/* stripped ${code} */ export const f = () => 1`
const pool: StageSetup['pool'] = {
  parse: () => Promise.reject(new Error('not asked for')),
  score: () => Promise.reject(new Error('not asked for')),
  fingerprint: () => Promise.reject(new Error('not asked for')),
  strip: (code) => Promise.resolve({ ok: true, code: stripped(code) }),
  inputs: (seed) => {
    drawn.push(seed)
    return Promise.resolve(['a', 'b'].map((id) => ({ id, calls: '[[]]' })))
  },
}

const inputs = { program: { code: stripped('candidate'), descriptors: {} }, scored: {} } as unknown as Record<
  string,
  Json
>

function stageOf(
  timer: Timer | undefined,
  options: Record<string, unknown> = {},
  direction: 'minimize' | 'maximize' = 'minimize',
) {
  const problem = { ...problemWith({}), objectives: [{ name: 'time_ratio', direction }] }
  const given = { objective: 'time_ratio', rounds: 5, starts: 3, least_starts: 2, batch: 1, tolerance: 0, ...options }
  const setup = setupWith({ timer, pool, fileText: (file) => `text of ${file}` }, problem)
  return opened(pairedTiming, setup, given)
}

/** The pairs of a start whose rounds took the candidate these times of the reference, for either of two inputs. */
function startOf(start: number, ratios: readonly number[]): TimedPair[] {
  return ratios.flatMap((ratio, index) =>
    ['a', 'b'].map((id) => ({ id, start, round: index + 1, candidateMs: 10 * ratio, referenceMs: 10 })),
  )
}

async function judge(stage: ReturnType<typeof stageOf>, ordinal: number) {
  const outcome = await stage.run({ ordinal, source: '' }, inputs, contextWith())
  if (outcome.ok !== true) throw new Error('no value')
  return outcome.output as unknown as {
    objectives: Record<string, number>
    scores: Record<string, number>
    artifacts: Record<string, number>
    feedback: string
  }
}

describe('the stage paired-timing', () => {
  it('gives the geometric mean over the cases, and each case as a score', async () => {
    const judged = await judge(stageOf(timerOf({ a: 0.5, b: 2 }, { a: 0.25, b: 1 })), 1)
    expect(judged.objectives['time_ratio']).toBeCloseTo(0.5, 9)
    expect(judged.scores['a']).toBeCloseTo(0.25, 9)
    expect(judged.feedback).toMatch(/^0\.500 times the time of the reference program \(noise 0\.0 %\)/)
  })

  it('measures a new best again on other inputs, and the second figure counts though it is worse', async () => {
    const timer = timerOf(0.5, 0.9, 0.7, 0.8)
    const stage = stageOf(timer)
    drawn.length = 0
    const first = await judge(stage, 1)
    expect(first.objectives['time_ratio']).toBeCloseTo(0.9, 9)
    expect(first.artifacts['time_ratio_first_figure']).toBeCloseTo(0.5, 9)
    // Two figures of five rounds, after two that only warm up.
    expect(new Set(drawn).size).toBe(14)
    expect((await judge(stage, 2)).objectives['time_ratio']).toBeCloseTo(0.8, 9)
    expect(timer.asked).toHaveLength(4)
  })

  it('measures once what is no faster than the fastest figure that counted', async () => {
    const timer = timerOf(0.5, 0.9, 0.95, 0.9)
    const stage = stageOf(timer)
    await judge(stage, 1)
    expect((await judge(stage, 2)).objectives['time_ratio']).toBeCloseTo(0.95, 9)
    await judge(stage, 3)
    expect(timer.asked).toHaveLength(4)
  })

  it('asks for fewer starts only of what is plainly slower than the fastest figure that counted', async () => {
    const timer = timerOf(0.5, 0.5, 0.9, 0.54, 0.4, 0.4)
    const stage = stageOf(timer)
    await judge(stage, 1)
    /** Whether that is clear after starts with these times in their rounds. */
    const isClear = (request: number, ...starts: readonly (readonly number[])[]) =>
      timer.asked[request]?.isClear?.(starts.flatMap((ratios, index) => startOf(index + 1, ratios)))
    // Nothing is known about the first, and the figure that counts for a record is never cut short.
    expect(isClear(0, [9, 9, 9], [9, 9, 9])).toBe(false)
    expect(timer.asked[1]?.isClear).toBeUndefined()
    await judge(stage, 2)
    expect(isClear(2, [0.74, 0.74, 0.74])).toBe(false)
    expect(isClear(2, [0.76, 0.76, 0.76])).toBe(true)
    expect(isClear(2, [0.76, 0.76, 0.74])).toBe(false)
    expect(isClear(2, [0.9, 0.9, 0.9], [0.9, 0.9, 0.9])).toBe(true)
    expect(isClear(2, [0.9, 0.9, 0.9], [0.9, 0.54, 0.9])).toBe(false)
    expect(isClear(2, [0.54, 0.9, 0.9], [0.9, 0.9, 0.9])).toBe(false)
  })

  it('counts the shortest time of each input over the starts, and says how far the second best start was', async () => {
    const times = [0.8, 0.5, 0.55]
    const judged = await judge(stageOf(createFakeTimer((_, __, ___, start) => times[start - 1] ?? 0)), 1)
    expect(judged.objectives['time_ratio']).toBeCloseTo(0.5, 9)
    expect(judged.artifacts).toMatchObject({ time_ratio_starts: 3 })
    expect(judged.artifacts['time_ratio_noise']).toBeCloseTo(0.1, 9)
    expect(judged.feedback).toContain('(noise 10.0 %)')
  })

  it('says how many starts a figure comes from, and takes the best of two from one that was cut short', async () => {
    const stage = stageOf(
      createFakeTimer((measurement, _, round, start) => (measurement < 2 ? 0.9 : 1 + round / 10 - start / 100)),
    )
    expect(await judge(stage, 1)).toMatchObject({ artifacts: { time_ratio_starts: 3 } })
    const slow = await judge(stage, 2)
    expect(slow.artifacts['time_ratio_starts']).toBe(2)
    expect(slow.objectives['time_ratio']).toBeCloseTo(1.28, 9)
  })

  it('measures all but what is very slow in full where least_starts is as many as starts', async () => {
    const timer = timerOf(0.5, 0.5, 0.9)
    const stage = stageOf(timer, { least_starts: 3 })
    await judge(stage, 1)
    await judge(stage, 2)
    const isClear = (ratio: number) => timer.asked[2]?.isClear?.([1, 2].flatMap((start) => startOf(start, [ratio])))
    expect([isClear(0.74), isClear(0.76)]).toEqual([false, true])
  })

  it('never uses the same inputs for two candidates, rounds or figures', async () => {
    const stage = stageOf(timerOf(0.9, 0.8, 0.7, 0.6))
    drawn.length = 0
    await judge(stage, 1)
    await judge(stage, 2)
    expect(drawn).toHaveLength(28)
    expect(new Set(drawn).size).toBe(28)
  })

  it('turns the time into a speed-up for an objective that is maximised', async () => {
    const judged = await judge(stageOf(timerOf(0.25, 0.5), {}, 'maximize'), 1)
    expect(judged.objectives['time_ratio']).toBeCloseTo(2, 9)
    expect(judged.feedback).toContain('2.000 times as fast as the reference program')
  })

  it('compares with the first program, or with the file that the problem names', async () => {
    const [plain, named] = [timerOf(), timerOf()]
    await judge(stageOf(plain), 1)
    await judge(stageOf(named, { reference: 'other.ts' }), 1)
    expect(plain.asked[0]?.reference).toBe(stripped(problemWith({}).program.source))
    expect(named.asked[0]?.reference).toBe(stripped('text of other.ts'))
  })

  it('hands a failure of the candidate on', async () => {
    const failure = { kind: 'constraint-violated', message: 'differs' } as const
    const stage = stageOf({ time: () => Promise.resolve({ ok: false, failure }) })
    expect(await stage.run({ ordinal: 1, source: '' }, inputs, contextWith())).toEqual({ ok: false, failure })
  })

  it('asks for larger inputs where the reference is too quick for a clock', async () => {
    const quick: Timer = {
      time: () =>
        Promise.resolve({
          ok: true,
          pairs: [1, 2, 3, 4, 5].map((round) => ({
            id: 'tiny',
            start: 1,
            round,
            candidateMs: 0.01,
            referenceMs: 0.01,
          })),
        }),
    }
    await expect(judge(stageOf(quick), 1)).rejects.toThrow(
      /the case tiny takes the reference program 0\.010 ms, too short to be timed: draw larger inputs .* or raise the batch/,
    )
  })

  it('needs a backend that can time', () => {
    expect(() => stageOf(undefined)).toThrow(/times programs in isolates only/)
  })

  it('is never cached for another candidate', () => {
    expect(stageOf(timerOf()).reuse).toBe('own')
  })
})
