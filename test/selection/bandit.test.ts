import { describe, expect, it } from 'vitest'
import { rngFromText } from '../../src/core/rng.ts'
import type { BanditRules, Pull } from '../../src/selection/bandit.ts'
import { Bandit } from '../../src/selection/bandit.ts'
import fc from '../seeded-properties.ts'

const diff = { operator: 'diff', model: 'small' }
const big = { operator: 'diff', model: 'big' }
const perturb = { operator: 'perturb', model: undefined }
const arms = [diff, big, perturb]

function pull(arm: (typeof arms)[number], gain: number, more: Partial<Pull> = {}): Pull {
  return { ...arm, gain, censored: false, cost: 1, ...more }
}

function banditAfter(rules: Partial<BanditRules>, pulls: readonly Pull[]): Bandit {
  const bandit = new Bandit({ window: 100, reward: 'mean', explore: 1, ...rules })
  pulls.forEach((each, index) => {
    bandit.select(index, each)
    bandit.finish(index, each)
  })
  return bandit
}

describe('a bandit over operators and models', () => {
  it('has the indices that were computed by hand', () => {
    // Gains 0.5, 1, 2: their 90th percentile is the third, so that rewards are 0.25, 0.5 and 1.
    const bandit = banditAfter({}, [pull(diff, 0.5), pull(diff, -3), pull(diff, 1), pull(big, 2), pull(perturb, 0)])
    const [one, two, three] = bandit.estimates(arms)
    expect(one).toMatchObject({ pulls: 3, reward: 0.25 })
    expect(two).toMatchObject({ pulls: 1, reward: 1 })
    expect(three).toMatchObject({ pulls: 1, reward: 0 })
    // ln 5 = 1.6094379; sqrt(2 ln 5 / 3) = 1.0358372, sqrt(2 ln 5) = 1.7941226.
    expect(one?.index).toBeCloseTo(0.25 + 1.0358372, 6)
    expect(two?.index).toBeCloseTo(1 + 1.7941226, 6)
    expect(three?.index).toBeCloseTo(1.7941226, 6)
    expect(bandit.best(arms)).toEqual([big])
  })

  it('divides by the mean cost, relative to that of all, and not by less than a tenth', () => {
    const bandit = banditAfter({ explore: 0 }, [
      pull(diff, 1, { cost: 100 }),
      pull(big, 1, { cost: 200 }),
      pull(perturb, 1, { cost: 0 }),
    ])
    // Mean cost 100: ratios 1, 2 and 0.
    expect(bandit.estimates(arms).map(({ cost }) => cost)).toEqual([1, 2, 0.1])
    expect(bandit.estimates(arms).map(({ index }) => index)).toEqual([1, 0.5, 10])
  })

  it('clips what is above the 90th percentile of gains', () => {
    const gains = [...Array.from({ length: 9 }, () => 1), 1e9]
    const bandit = banditAfter({ explore: 0 }, [...gains.map((gain) => pull(diff, gain)), pull(big, 0.5)])
    expect(bandit.estimates([diff, big]).map(({ reward }) => reward)).toEqual([1, 0.5])
  })

  it('judges by the greatest reward when told so, in units of the greatest gain', () => {
    const pulls = [
      ...Array.from({ length: 9 }, () => pull(diff, 1)),
      pull(big, 4),
      ...Array.from({ length: 9 }, () => pull(big, -1)),
    ]
    expect(
      banditAfter({ explore: 0, reward: 'max' }, pulls)
        .estimates([diff, big])
        .map(({ reward }) => reward),
    ).toEqual([0.25, 1])
    expect(banditAfter({ explore: 0, reward: 'mean' }, pulls).best([diff, big])).toEqual([diff])
    expect(banditAfter({ explore: 0, reward: 'max' }, pulls).best([diff, big])).toEqual([big])
  })

  it('takes no reward from what ran out of time, and counts it as a pull with its cost', () => {
    const bandit = banditAfter({ explore: 0 }, [
      pull(diff, 1, { cost: 1 }),
      pull(diff, 0, { censored: true, cost: 3 }),
      pull(big, 1, { cost: 1 }),
      pull(big, 0, { cost: 3 }),
    ])
    const [censored, failed] = bandit.estimates([diff, big])
    expect(censored).toMatchObject({ pulls: 2, censored: 1, reward: 1, cost: 1 })
    expect(failed).toMatchObject({ pulls: 2, censored: 0, reward: 0.5, cost: 1 })
  })

  it('never goes on for ever with an arm whose children all run out of time', () => {
    const bandit = banditAfter({}, [pull(diff, 0, { censored: true }), pull(diff, 0, { censored: true }), pull(big, 0)])
    expect(bandit.best([diff, big])).toEqual([big])
  })

  it('forgets what left the window', () => {
    const bandit = banditAfter({ window: 10, explore: 0 }, [
      pull(diff, 1),
      ...Array.from({ length: 10 }, () => pull(big, 0.001)),
    ])
    expect(bandit.estimates([diff])[0]).toMatchObject({ pulls: 0, index: Infinity })
    expect(bandit.best([diff, big])).toEqual([diff])
  })

  it('tries every arm first, and counts children on their way so that not all go to one', () => {
    const bandit = new Bandit({ window: 100, reward: 'mean', explore: 1 })
    const chosen: unknown[] = []
    for (let ordinal = 1; ordinal <= 9; ordinal++) {
      const [arm] = bandit.best(arms)
      if (arm === undefined) throw new Error('no arm')
      bandit.select(ordinal, arm)
      chosen.push(arm)
    }
    for (const arm of arms) expect(chosen.filter((each) => each === arm)).toHaveLength(3)
  })

  it('finds the better of two arms, and the other one after they have changed places', () => {
    const rng = rngFromText('changing')
    const bandit = new Bandit({ window: 200, reward: 'mean', explore: 0.1 })
    const share = { before: 0, after: 0 }
    for (let ordinal = 1; ordinal <= 2000; ordinal++) {
      const [arm = diff] = bandit.best([diff, big])
      const good = ordinal <= 1000 ? diff : big
      if (arm === diff && ordinal > 500 && ordinal <= 1000) share.before += 1 / 500
      if (arm === big && ordinal > 1500) share.after += 1 / 500
      bandit.select(ordinal, arm)
      bandit.finish(ordinal, pull(arm, rng.next() < (arm === good ? 0.3 : 0.03) ? rng.next() : -1))
    }
    expect(share.before).toBeGreaterThan(0.75)
    expect(share.after).toBeGreaterThan(0.75)
  })

  it('thinks the same of every scale of fitness', () => {
    const gain = fc.float({ min: -10, max: 10, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2), gain), { maxLength: 40 }),
        fc.constantFrom(0.125, 1024),
        (made, scale) => {
          const pulls = made.map(([arm, by]) => pull(arms[arm] ?? diff, by))
          const scaled = pulls.map((each) => ({ ...each, gain: each.gain * scale }))
          expect(banditAfter({}, scaled).estimates(arms)).toEqual(banditAfter({}, pulls).estimates(arms))
        },
      ),
    )
  })
})
