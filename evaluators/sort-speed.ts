import { defineEvaluator, invalid, z } from 'evolve-agent'
import type { CasesRequest } from 'evolve-agent'

/** Numbers of one input that is timed, by kind: as many as take the built-in sort about a millisecond. */
const timedLengths: Readonly<Record<string, number>> = {
  uniform: 12_000,
  magnitudes: 12_000,
  few: 16_000,
  'nearly-sorted': 24_000,
}

type Rng = CasesRequest['rng']

/**
 * Kinds of input that are timed; their numbers have few digits, because what is sent as text is read back digit by digit.
 * None of them holds a negative zero: it does not survive the way to the candidate.
 */
const distributions: Readonly<Record<string, (length: number, rng: Rng) => number[]>> = {
  uniform: (length, rng) => Array.from({ length }, () => rng.int(1e9) / 1e9),
  magnitudes: (length, rng) =>
    Array.from({ length }, () => sign(rng) * (1 + rng.int(1e5)) * Number(`1e${rng.int(600) - 300}`)),
  few: (length, rng) => {
    const values = Array.from({ length: 50 }, () => rng.int(1000) / 8)
    return Array.from({ length }, () => rng.pick(values))
  },
  'nearly-sorted': (length, rng) => {
    const values = Array.from({ length }, (_, index) => index + rng.int(800) / 100)
    for (let swap = 0; swap < length / 100; swap++) {
      const [i, j] = [rng.int(length), rng.int(length)]
      ;[values[i], values[j]] = [values[j] ?? 0, values[i] ?? 0]
    }
    return values
  },
}

function sign(rng: Rng): 1 | -1 {
  return rng.int(2) === 0 ? 1 : -1
}

/** Small inputs on which sorts go wrong: of every length, with extremes, and in every kind of order. */
function smallInputs(rng: Rng): readonly (readonly [id: string, values: readonly number[]])[] {
  const extremes = [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE, 0, 1, -1, 1e-300, -1e300]
  const some = (length: number): number[] => Array.from({ length }, () => rng.normal())
  const ascending = some(500).sort((a, b) => a - b)
  return [
    ['empty', []],
    ['one', some(1)],
    ['two', some(2)],
    ['extremes', [...extremes, ...some(40), ...extremes]],
    ['equal', Array.from({ length: 100 }, () => 0.5)],
    ['ascending', ascending],
    ['descending', ascending.toReversed()],
    ['whole', Array.from({ length: 300 }, () => rng.int(20) - 10)],
    ...[3, 17, 64, 255, 256, 257, 1000, 4097].map((length) => [`random-${length}`, some(length)] as const),
    ...Object.entries(distributions).map(([id, draw]) => [id, draw(3000, rng)] as const),
  ]
}

/** Checks that a sort is right on hidden inputs; the stage paired-timing says what it is worth. */
export default defineEvaluator({
  output: z.array(z.array(z.number())),

  cases: ({ rng, split }) =>
    split === 'timing'
      ? Object.entries(distributions).map(([id, draw]) => ({ id, args: [draw(timedLengths[id] ?? 0, rng)] }))
      : [{ id: 'small', args: [smallInputs(rng)] }],

  // All in one isolate: a fresh one for each of twenty lists took most of the time that a wrong sort costs.
  drive: ({ call }, inputs: readonly (readonly [string, readonly number[]])[]) => inputs.map(([, list]) => call(list)),

  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const inputs = only.args[0] as ReturnType<typeof smallInputs>
    if (only.value.length !== inputs.length) return invalid('there is not one list for each list')
    for (const [index, [id, numbers]] of inputs.entries()) {
      const expected = numbers.toSorted((a, b) => a - b)
      const value = only.value[index] ?? []
      if (value.length !== expected.length) {
        return invalid(`list ${id}: ${value.length} numbers came back, not ${expected.length}`)
      }
      const wrong = expected.findIndex((number, place) => number !== value[place])
      if (wrong >= 0) return invalid(`list ${id}: place ${wrong} holds ${value[wrong]}, not ${expected[wrong]}`)
    }
    return { objectives: {} }
  },
})
