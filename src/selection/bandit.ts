/** One way to make a child: an operator, with the model that it asks. */
export interface Arm {
  readonly operator: string
  readonly model: string | undefined
}

/** What came of one child. */
export interface Pull extends Arm {
  /**
   * By how much its fitness is above the best that was there to improve; 0 or less when it is no better or failed. That is
   * its parent or, for an operator that learns, the best of its parent and its earlier children of that parent.
   */
  readonly gain: number
  /** Nothing was found out about it, as when it ran out of time: it counts as a pull and has no reward. */
  readonly censored: boolean
  /** What it cost, in whatever unit costs are compared in. */
  readonly cost: number
}

/** How a bandit judges. */
export interface BanditRules {
  /** Finished children that count: the latest so many. */
  readonly window: number
  /** What an arm is judged by: the mean of its rewards, or the greatest. */
  readonly reward: 'mean' | 'max'
  /** Weight of what is not known about an arm; 0 or more. */
  readonly explore: number
}

/** What a bandit thinks of an arm. */
export interface ArmEstimate extends Arm {
  /** Children in the window, and those on their way. */
  readonly pulls: number
  /** Children in the window that ran out of time or could not be judged. */
  readonly censored: number
  /** From 0 to 1; 0 while there is none. */
  readonly reward: number
  /** Mean cost relative to that of all children in the window; not below {@link leastCost}. */
  readonly cost: number
  /** The arm with the greatest is next; infinite for one without pulls. */
  readonly index: number
}

/** What costs nothing counts as a tenth of the mean: it still takes time and a place in the budget of candidates. */
export const leastCost = 0.1

/** Rewards are clipped at this share of the gains in the window. */
const clippedAt = 0.9

/**
 * Chooses among operators and models by what they brought lately: a sliding-window UCB over rewards per cost.
 *
 * A reward is the gain over the parent in units of the window's own gains: of their 90th percentile, clipped at 1, where
 * the mean counts; of their greatest where the greatest counts. Children on their way count as pulls, so that many in
 * flight do not all go to one arm. It depends on selections and commits in their order alone.
 *
 * @see Garivier and Moulines 2011, "On upper-confidence bound policies for switching bandit problems", arXiv:0805.3415.
 * @see Fialho, Da Costa, Schoenauer and Sebag 2010, "Analyzing bandit-based adaptive operator selection mechanisms",
 *   https://doi.org/10.1007/s10472-010-9213-y (the greatest reward in place of the mean).
 */
export class Bandit {
  readonly rules: BanditRules
  readonly #finished: Pull[] = []
  readonly #pending = new Map<number, Arm>()

  constructor(rules: BanditRules) {
    this.rules = rules
  }

  /** Notes a candidate that was selected for an arm. */
  select(ordinal: number, arm: Arm): void {
    this.#pending.set(ordinal, arm)
  }

  /** Notes how a candidate ended, in the order of commits. */
  finish(ordinal: number, pull: Pull): void {
    this.#pending.delete(ordinal)
    this.#finished.push(pull)
    if (this.#finished.length > this.rules.window) this.#finished.shift()
  }

  /** Those arms that nothing else is better than; several only where they are equal. The list must not be empty. */
  best<Item extends Arm>(arms: readonly Item[]): readonly Item[] {
    const indices = this.estimates(arms).map(({ index }) => index)
    const most = Math.max(...indices)
    return arms.filter((_, place) => indices[place] === most)
  }

  /** What is thought of each arm now, in their order. */
  estimates(arms: readonly Arm[]): readonly ArmEstimate[] {
    const unit = this.#unit()
    const meanCost = mean(this.#finished.map(({ cost }) => cost))
    const pending = [...this.#pending.values()]
    const logarithm = Math.log(Math.max(1, this.#finished.length + pending.length))
    return arms.map(({ operator, model }) => {
      const own = this.#finished.filter((pull) => isSame(pull, { operator, model }))
      const pulls = own.length + pending.filter((arm) => isSame(arm, { operator, model })).length
      const rewards = own.filter(({ censored }) => !censored).map(({ gain }) => clipped(gain / unit))
      const reward = this.rules.reward === 'max' ? Math.max(0, ...rewards) : mean(rewards)
      const relative = own.length === 0 || meanCost === 0 ? 1 : mean(own.map((pull) => pull.cost)) / meanCost
      const cost = Math.max(leastCost, relative)
      const unknown = this.rules.explore * Math.sqrt((2 * logarithm) / pulls)
      const index = pulls === 0 ? Infinity : (reward + unknown) / cost
      return { operator, model, pulls, censored: own.length - rewards.length, reward, cost, index }
    })
  }

  /** Arms in the window or on their way, in the order of operator and model. */
  arms(): readonly Arm[] {
    const arms = new Map([...this.#finished, ...this.#pending.values()].map((arm) => [keyOf(arm), arm]))
    return [...arms]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { operator, model }]) => ({ operator, model }))
  }

  /** The gain that is worth a reward of 1. */
  #unit(): number {
    const gains = this.#finished
      .filter(({ gain, censored }) => gain > 0 && !censored)
      .map(({ gain }) => gain)
      .toSorted((one, other) => one - other)
    const place = this.rules.reward === 'max' ? gains.length : Math.ceil(clippedAt * gains.length)
    return gains[place - 1] ?? 1
  }
}

function clipped(reward: number): number {
  return Math.min(1, Math.max(0, reward))
}

function isSame(one: Arm, other: Arm): boolean {
  return one.operator === other.operator && one.model === other.model
}

function keyOf({ operator, model }: Arm): string {
  return `${operator}\0${model ?? ''}`
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
