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
  const given = { objective: 'time_ratio', rounds: 5, least_rounds: 3, batch: 1, tolerance: 0, ...options }
  const setup = setupWith({ timer, pool, fileText: (file) => `text of ${file}` }, problem)
  return opened(pairedTiming, setup, given)
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

  it('asks for fewer rounds only of what is plainly slower than the fastest figure that counted', async () => {
    const timer = timerOf(0.5, 0.5, 0.9, 0.54, 0.4, 0.4)
    const stage = stageOf(timer)
    await judge(stage, 1)
    const round = (ratio: number, number: number): TimedPair[] =>
      ['a', 'b'].map((id) => ({ id, round: number, candidateMs: 10 * ratio, referenceMs: 10 }))
    const rounds = (...ratios: number[]) => ratios.flatMap((ratio, index) => round(ratio, index + 1))
    const isClear = (request: number, ...ratios: number[]) => timer.asked[request]?.isClear?.(rounds(...ratios))
    // Nothing is known about the first, and the figure that counts for a record is never cut short.
    expect(isClear(0, 9, 9, 9, 9)).toBe(false)
    expect(timer.asked[1]?.isClear).toBeUndefined()
    await judge(stage, 2)
    expect(isClear(2, 0.9, 0.9)).toBe(false)
    expect(isClear(2, 0.9, 0.9, 0.9)).toBe(true)
    expect(isClear(2, 0.9, 0.54, 0.9)).toBe(false)
    expect(isClear(2, 0.9, 0.54, 0.9, 0.9)).toBe(false)
  })

  it('says how many rounds a figure comes from, and takes the median of three from one that was cut short', async () => {
    const stage = stageOf(createFakeTimer((measurement, _, round) => (measurement < 2 ? 0.5 : 1 + round / 10)))
    expect(await judge(stage, 1)).toMatchObject({ artifacts: { time_ratio_rounds: 5 } })
    const slow = await judge(stage, 2)
    expect(slow.artifacts['time_ratio_rounds']).toBe(3)
    expect(slow.objectives['time_ratio']).toBeCloseTo(1.2, 9)
  })

  it('measures everything in full where least_rounds is as many as rounds', async () => {
    const timer = timerOf(0.5, 0.5, 0.9)
    const stage = stageOf(timer, { least_rounds: 5 })
    await judge(stage, 1)
    await judge(stage, 2)
    const pairs = [1, 2, 3, 4].map((round) => ({ id: 'only', round, candidateMs: 20, referenceMs: 10 }))
    expect(timer.asked[2]?.isClear?.(pairs)).toBe(false)
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
          pairs: [1, 2, 3, 4, 5].map((round) => ({ id: 'tiny', round, candidateMs: 0.01, referenceMs: 0.01 })),
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
