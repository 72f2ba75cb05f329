import { z } from 'zod'
import { finite, list, map, oneOf, text, whole, valueName, preferred, unique } from './fields.ts'

/** The section `archive`. */
export function archiveSchema(topologies: readonly string[]) {
  const defaultAxes = [
    { descriptor: 'source-length', scale: 'log' as const, range: [100, 100000] as [number, number], bins: 12 },
    { descriptor: 'syntax-depth', scale: 'linear' as const, range: [0, 40] as [number, number], bins: 10 },
  ]
  return map('The MAP-Elites archive: the cells of every island.', {
    islands: whole('Islands, 1 to 64. Default: 4.', 1, 64).default(4),
    kind: oneOf(
      'How the axes are cut into cells: equal bins along each of them, or a chosen number of cells around evenly spread centroids, for more than three axes. Default: grid.',
      ['grid', 'cvt'],
    ).default('grid'),
    cells: whole('Cells of every island with `kind: cvt`, 2 to 5000. Default: 1000.', 2, 5000).optional(),
    elites_per_cell: whole(
      'Programs that a cell holds at most, 1 to 1000. With several objectives and more than 1, those that no other dominates. Default: 1, or 8 with several objectives.',
      1,
      1000,
    ).optional(),
    axes: list('Axes of every island, 1 to 8. Default: source-length and syntax-depth.', axisSchema(), 1, 8)
      .superRefine(
        unique('descriptor', 'an axis of that descriptor is listed above; give each axis its own descriptor'),
      )
      .default(defaultAxes),
    briefs: list(
      'An instruction of its own for each island, in their order; it stands in the prompts of that island. Default: none.',
      text('Instruction of one island.'),
      0,
      64,
    ).default([]),
    migration: map('How the best travel between islands.', {
      topology: oneOf('Which islands receive from which. Default: ring.', topologies).default(
        preferred('ring', topologies),
      ),
      interval: whole(
        'Candidates committed between two migrations, 0 to 1000000; 0 turns migration off. Default: 100.',
        0,
        1_000_000,
      ).default(100),
      count: whole('Elites that each island sends, best first, 1 to 1000. Default: 2.', 1, 1000).optional(),
      rate: z
        .number({ error: rateRule })
        .positive({ error: rateRule })
        .max(1, { error: rateRule })
        .describe('Share of its owners that each island sends instead of `count`, above 0 up to 1.')
        .optional(),
    })
      .superRefine(({ count, rate }, context) => {
        if (count === undefined || rate === undefined) return
        const message = 'says the same as count; keep one of the two'
        context.addIssue({ code: 'custom', path: ['rate'], message, params: { complete: true } })
      })
      .prefault({}),
    reset: map('How weak islands start afresh. Default: never.', {
      interval: whole(
        'Candidates committed between two resets of the weaker half of the islands, 0 to 10000000; 0 turns them off. Default: 0.',
        0,
        10_000_000,
      ).default(0),
    }).prefault({}),
    spawn: map('How a search that stands still gets another island. Default: never.', {
      patience: whole(
        'Scored candidates without a new best before an island is added, 0 to 10000000; 0 turns it off. Default: 0.',
        0,
        10_000_000,
      ).default(0),
      limit: whole('Islands at most, those of the start included, 1 to 64. Default: 8.', 1, 64).default(8),
      from: oneOf('What a new island starts from. Default: first.', ['first', 'best']).default('first'),
    }).prefault({}),
  }).superRefine(({ kind, cells, islands, spawn }, context) => {
    if (kind === 'grid' && cells !== undefined) {
      const message = 'is for kind: cvt; a grid has the product of its bins, so remove it or set kind: cvt'
      context.addIssue({ code: 'custom', path: ['cells'], message, params: { complete: true } })
    }
    if (spawn.patience > 0 && spawn.limit <= islands) {
      const message = `can add no island: spawn.limit is ${String(spawn.limit)} and there are ${String(islands)} islands from the start; raise the limit or set patience: 0`
      context.addIssue({ code: 'custom', path: ['spawn', 'patience'], message, params: { complete: true } })
    }
  })
}

const rateRule = 'must be a number above 0 up to 1'

function axisSchema() {
  const bound = finite('A bound, in the unit of the descriptor.')
  return map('One axis: a behaviour value cut into equal bins.', {
    descriptor: valueName('A built-in descriptor, or a number that the evaluator returns under `descriptors`.'),
    scale: oneOf('Whether bins are equal in the value or in its logarithm. Default: linear.', [
      'linear',
      'log',
    ]).default('linear'),
    range: z
      .tuple([bound, bound], { error: 'must be a list of two numbers: lower bound, upper bound' })
      .refine(([lower, upper]) => lower < upper, { error: 'must have its lower bound below its upper bound' })
      .describe(
        "Lower and upper bound in the descriptor's unit; values outside go to the edge bins. Both above 0 on a log scale.",
      ),
    bins: whole('Bins, 1 to 1000; not used with `kind: cvt`. Default: 10.', 1, 1000).default(10),
  }).superRefine(({ scale, range: [lower] }, context) => {
    if (scale === 'linear' || lower > 0) return
    const message = 'must lie above 0 on a log scale; raise it or use scale: linear'
    context.addIssue({ code: 'custom', path: ['range'], message })
  })
}
