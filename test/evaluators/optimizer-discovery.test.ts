import { describe, expect, it } from 'vitest'
import evaluator from '../../evaluators/optimizer-discovery.ts'
import { update } from '../../problems/optimizer-discovery.ts'
import { rngFromText } from '../../src/core/rng.ts'
import type { Json } from '../../src/core/json.ts'
import { suiteProblem } from './problem-files.ts'

interface Step {
  readonly gradient: readonly number[]
  readonly memory: readonly (readonly number[])[] | null
  readonly step: number
  readonly rate: number
}
type Rule = (step: Step) => { change: readonly number[]; memory: readonly (readonly number[])[] | null }

const descent: Rule = ({ gradient, rate }) => ({ change: gradient.map((each) => -rate * each), memory: null })

const momentum: Rule = ({ gradient, memory, rate }) => {
  const average = gradient.map((each, i) => each + 0.9 * (memory?.[0]?.[i] ?? 0))
  return { change: average.map((each) => -rate * each), memory: [average] }
}

const adam: Rule = ({ gradient, memory, step, rate }) => {
  const first = gradient.map((each, i) => 0.1 * each + 0.9 * (memory?.[0]?.[i] ?? 0))
  const second = gradient.map((each, i) => 0.001 * each * each + 0.999 * (memory?.[1]?.[i] ?? 0))
  const change = first.map((each, i) => {
    const spread = Math.sqrt(second[i]! / (1 - 0.999 ** step)) + 1e-8
    return (-rate * (each / (1 - 0.9 ** step))) / spread
  })
  return { change, memory: [first, second] }
}

const lion: Rule = ({ gradient, memory, rate }) => ({
  change: gradient.map((each, i) => -rate * Math.sign(0.1 * each + 0.9 * (memory?.[0]?.[i] ?? 0))),
  memory: [gradient.map((each, i) => 0.01 * each + 0.99 * (memory?.[0]?.[i] ?? 0))],
})

/** What the evaluator's driver says about a rule, called directly: the functions here hide nothing from themselves. */
function played(rule: Rule, seed: number, again: Rule = rule) {
  return evaluator.cases({ rng: rngFromText(`${seed}`), split: 'search' }).map(({ id, args }) => {
    const [call, second] = [rule, again].map((each) => (step: Json) => each(step as unknown as Step))
    const value = evaluator.drive!({ call: call as never, again: second as never }, ...args)
    return { id, args, ok: true as const, ms: 1, value: evaluator.output.parse(value) }
  })
}

async function score(rule: Rule, seed: number, again?: Rule) {
  const [first, ...rest] = played(rule, seed, again)
  return evaluator.score({ cases: [first!, ...rest], program: { source: '' } })
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

async function mediansOf(rule: Rule): Promise<{ quadratic: number; mean: number }> {
  const scored = await Promise.all(Array.from({ length: 9 }, (_, index) => score(rule, index + 1)))
  const scores = scored.map((each) => ('objectives' in each ? each : undefined))
  return {
    quadratic: 10 ** median(scores.map((each) => each?.scores?.['quadratic'] ?? Number.NaN)),
    mean: median(scores.map((each) => each?.objectives['mean_log10_loss'] ?? Number.NaN)),
  }
}

describe('rules that people know', () => {
  const { trivial, known } = suiteProblem('optimizer-discovery.yaml')

  it.each([
    { name: 'gradient descent', rule: descent, published: 1.1e-3, stated: trivial?.value },
    { name: 'momentum', rule: momentum, published: 2.4e-6, stated: undefined },
    { name: 'Adam', rule: adam, published: 4.4e-6, stated: known[0]?.value },
    { name: 'Lion', rule: lion, published: 5.5e-4, stated: undefined },
  ])('$name reaches what it is known for on the quadratic', async ({ rule, published, stated }) => {
    const { quadratic, mean } = await mediansOf(rule)
    expect(quadratic).toBeGreaterThan(published / 2)
    expect(quadratic).toBeLessThan(published * 2)
    if (stated !== undefined) expect(Math.abs(mean - stated)).toBeLessThan(0.01)
  })
})

describe('the first program', () => {
  it('is better than gradient descent, and far from Adam', async () => {
    const first = await score(update as unknown as Rule, 1)
    const [plain, best] = [await score(descent, 1), await score(adam, 1)]
    const values = [plain, first, best].map((each) => ('objectives' in each ? each.objectives['mean_log10_loss'] : 0))
    expect(values).toEqual(values.toSorted((a, b) => b! - a!))
    expect(values[1]).toBeGreaterThan(-4)
  })
})

describe('a rule that cheats', () => {
  it('gains nothing by remembering earlier runs of the same function', async () => {
    let best: { loss: number; moves: number[][] } = { loss: Infinity, moves: [] }
    let run: { moves: number[][] } = { moves: [] }
    /** Replays the moves of the best run so far: within one copy it would inherit 13 runs of others. */
    const remembering: Rule = (step) => {
      if (step.step === 1) run = { moves: [] }
      if (best.moves[0]?.length !== step.gradient.length) best = { loss: Infinity, moves: [] }
      const { change, memory } = momentum(step)
      const size = Math.hypot(...step.gradient)
      if (step.step === 500 && size < best.loss) best = { loss: size, moves: run.moves }
      const replayed = best.moves[step.step - 1] ?? change
      run.moves.push([...replayed])
      return { change: replayed, memory }
    }
    const fresh = await score(remembering, 3, momentum)
    const honest = await score(momentum, 3)
    const value = (verdict: typeof fresh) =>
      'objectives' in verdict ? verdict.objectives['mean_log10_loss']! : Number.NaN
    expect(value(fresh)).toBeGreaterThanOrEqual(value(honest))
  })

  it('counts as diverged, not as good, when it leaves float64', async () => {
    const exploding: Rule = ({ gradient }) => ({ change: gradient.map(() => 1e300), memory: null })
    expect(await score(exploding, 1)).toMatchObject({ objectives: { mean_log10_loss: 6 } })
  })

  it.each([
    ['no change at all', () => ({ memory: null })],
    ['a change of another length', ({ gradient }: Step) => ({ change: gradient.slice(1), memory: null })],
    ['a change that is no list', () => ({ change: 1, memory: null })],
    ['a text among the changes', ({ gradient }: Step) => ({ change: gradient.map(() => '0'), memory: null })],
    ['nothing', () => null],
  ])('is invalid with %s', async (_, rule) => {
    expect(await score(rule as unknown as Rule, 1)).toMatchObject({ kind: 'constraint-violated' })
  })

  it('cannot be worth more than the floor', async () => {
    /** Knows too much: the quadratic's minimum is where the gradient vanishes, so this one stays once it is there. */
    const values = played(adam, 2).map((each) => ({ ...each, value: { ...each.value, ratio: 0 } }))
    const verdict = await evaluator.score({ cases: [values[0]!, ...values.slice(1)], program: { source: '' } })
    expect(verdict).toMatchObject({ objectives: { mean_log10_loss: -16 } })
  })
})
