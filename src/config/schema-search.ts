import { list, map, nonNegative, oneOf, whole, preferred } from './fields.ts'
import { inspirationWays } from '../selection/inspirations.ts'

/** The section `search`. */
export function searchSchema(known: { readonly operators: readonly string[]; readonly samplers: readonly string[] }) {
  const weight = nonNegative('Share of draws relative to the other operators, 0 or more; 0 turns it off.')
  // In one fixed order, because weighted draws depend on it and the same run must be drawn again after a resume.
  const ordered = [...known.operators].sort()
  const weights = Object.fromEntries(ordered.map((name) => [name, weight.optional()]))
  return map('How parents are drawn and children made.', {
    sampler: oneOf('How a parent is drawn from the archive. Default: adaptive.', known.samplers).default(
      preferred('adaptive', known.samplers),
    ),
    operators: map(
      'Weight by operator; those left out are off. Default: { cross: 1, diff: 6, perturb: 1, rewrite: 2, tune: 0.5 }.',
      weights,
    )
      .refine((given) => Object.values(given).some((value) => (value ?? 0) > 0), {
        error: 'must give at least one operator a weight above 0',
      })
      .default(defaultWeights(ordered)),
    concurrency: whole('Candidates in flight, 1 to 1024. Default: 8.', 1, 1024).default(8),
    order: oneOf('Whether candidates are committed as they finish, or in order of creation. Default: as-finished.', [
      'as-finished',
      'by-ordinal',
    ]).default('as-finished'),
    lag: whole(
      'With order by-ordinal: candidate k sees the commits up to k minus this, 1 to 1024; the concurrency at most. Default: 16.',
      1,
      1024,
    ).default(16),
    bandit: map('Chooses operators and models by what they brought lately, in place of weights. Default: off.', {
      reward: oneOf('What counts of the rewards of an operator with its model. Default: mean.', [
        'mean',
        'max',
      ]).default('mean'),
      window: whole(
        'Finished candidates that count, the latest so many, 10 to 10000. Default: 200.',
        10,
        10_000,
      ).default(200),
      explore: nonNegative('Weight of what is not known about an operator, 0 or more. Default: 0.1.').default(0.1),
      per: oneOf('What a reward is divided by: the mean cost in tokens or money, or nothing. Default: tokens.', [
        'tokens',
        'usd',
        'candidate',
      ]).default('tokens'),
    }).optional(),
    tune: map('The operator tune.', {
      when: oneOf('When it works: always, or while the search is on a plateau alone. Default: always.', [
        'always',
        'plateau',
      ]).default('always'),
      evaluations: whole('Children that tune makes of one program, 1 to 100000. Default: 300.', 1, 100_000).default(
        300,
      ),
    }).prefault({}),
    pivot: map('When the operator pivot may be drawn: where a parent is exhausted or its island is on a plateau.', {
      exhausted: whole(
        'Finished children of a program, none of them better, from which it counts as exhausted, 1 to 100000. Default: 10.',
        1,
        100_000,
      ).default(10),
      plateau: whole(
        'Candidates of an island since its best program was made from which it is on a plateau, 1 to 1000000. Default: 200.',
        1,
        1_000_000,
      ).default(200),
    }).prefault({}),
    meta: map('Lets a model evolve the instruction part of the prompts. Default: off.', {
      interval: whole(
        "Finished children of an operator's prompts between two requests for a better instruction, 5 to 100000. Default: 50.",
        5,
        100_000,
      ).default(50),
      population: whole('Instructions of one operator in use, 2 to 50. Default: 6.', 2, 50).default(6),
      window: whole(
        'Commits that count for the record of an instruction, the latest so many, 20 to 1000000. Default: 400.',
        20,
        1_000_000,
      ).default(400),
    }).optional(),
    inspirations: whole('Other programs shown to an operator, 0 to 16. Default: 2.', 0, 16).default(2),
    inspire_by: list(
      'How they are chosen, by turns: the best of other islands, at random, from the nearest cells, or the best of the island. Default: [islands, random].',
      oneOf('One way to choose an inspiration.', inspirationWays),
      1,
      16,
    ).default(['islands', 'random']),
  }).superRefine(({ order, lag, concurrency }, context) => {
    if (order !== 'by-ordinal' || lag >= concurrency) return
    const message = `by-ordinal needs a search.lag of at least search.concurrency (${String(concurrency)}), and it is ${String(lag)}: raise it`
    context.addIssue({ code: 'custom', path: ['order'], message, params: { complete: true } })
  })
}

function defaultWeights(operators: readonly string[]): Record<string, number> {
  const weights = Object.entries({ cross: 1, diff: 6, perturb: 1, rewrite: 2, tune: 0.5 }).filter(([name]) =>
    operators.includes(name),
  )
  return Object.fromEntries(weights.length > 0 ? weights : operators.map((name) => [name, 1]))
}
