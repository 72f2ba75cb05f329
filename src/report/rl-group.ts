import { z } from 'zod'
import { rewardOf } from './reward-ladder.ts'
import type { CompletionOutcome, FitnessBounds } from './reward-ladder.ts'

/**
 * One group of completions for reinforcement learning, as `evolve export --format rl` writes them, one JSON object per
 * line. The lists have one entry for each completion, in the same order. Described in `docs/exports.md`.
 */
export const rlGroupSchema = z
  .strictObject({
    /** Distinguishes the groups of one export. */
    group: z.int().nonnegative(),
    prompt: z.strictObject({ system: z.string(), user: z.string() }),
    completions: z.array(z.string()).min(1),
    rewards: z.array(z.number().min(-0.4).max(1)),
    advantages: z.array(z.number()),
    /** Raw value of the first objective, untouched; `null` when the completion did not become a scored program. */
    scores: z.array(z.number().nullable()),
    /** `scored`, or the kind of the failure. */
    outcomes: z.array(z.string()),
    /** The candidates in the run. */
    ordinals: z.array(z.int().nonnegative()),
    models: z.array(z.string()),
    /** Fitness that the rewards 0 and 1 stand for; higher is better. */
    bounds: z.strictObject({ low: z.number(), high: z.number() }),
  })
  .refine(
    (group) =>
      [group.rewards, group.advantages, group.scores, group.outcomes, group.ordinals, group.models].every(
        ({ length }) => length === group.completions.length,
      ),
    'every list has one entry for each completion',
  )

/** See {@link rlGroupSchema}. */
export type RlGroup = z.infer<typeof rlGroupSchema>

/** One reply of a model and what came of it. */
export interface Completion {
  readonly ordinal: number
  readonly model: string
  readonly reply: string
  readonly outcome: CompletionOutcome
  /** Raw value of the first objective; `undefined` unless it was scored. */
  readonly score: number | undefined
}

/**
 * Rewards the completions of one prompt and tells how much better than their mean each is.
 *
 * @returns `undefined` when none of them can be rewarded.
 */
export function rlGroup(
  group: number,
  prompt: RlGroup['prompt'],
  completions: readonly Completion[],
  bounds: FitnessBounds,
): RlGroup | undefined {
  const rewarded = completions.flatMap((completion) => {
    const reward = rewardOf(completion.outcome, bounds)
    return reward === undefined ? [] : [{ ...completion, reward }]
  })
  if (rewarded.length === 0) return undefined
  const rewards = rewarded.map(({ reward }) => reward)
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length
  return {
    group,
    prompt,
    completions: rewarded.map(({ reply }) => reply),
    rewards,
    advantages: rewards.map((reward) => reward - mean),
    scores: rewarded.map(({ score }) => score ?? null),
    outcomes: rewarded.map(({ outcome }) => (outcome.ok ? 'scored' : outcome.failure)),
    ordinals: rewarded.map(({ ordinal }) => ordinal),
    models: rewarded.map(({ model }) => model),
    bounds: { ...bounds },
  }
}
