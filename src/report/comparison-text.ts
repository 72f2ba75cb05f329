import type { Comparison } from '../compare/comparison.ts'
import { countText } from './numbers.ts'
import { tableText } from './table.ts'

const digits = 8

/** The table of a comparison, with what its columns mean below it. */
export function comparisonText(comparison: Comparison, width?: number): string {
  const { arms, objective, axis, budget } = comparison
  const [reference] = arms
  // An arm with a curriculum has no value before its last level.
  const ats = [...new Set(arms.flatMap(({ checkpoints }) => checkpoints.map(({ at }) => at)))].sort((a, b) => a - b)
  const rows = ats.flatMap((checkpoint) =>
    arms.flatMap(({ name, runs, checkpoints, againstFirst }) => {
      const spread = checkpoints.find((each) => each.at === checkpoint)
      if (spread === undefined) return []
      const { at, median, lowest, highest } = spread
      const tested = checkpoint === ats.at(-1) ? againstFirst : undefined
      return [
        [
          Number(at.toPrecision(digits)),
          name,
          runs.length,
          ...[median, lowest, highest].map((value) => Number(value.toPrecision(digits))),
          tested?.u,
          tested === undefined ? undefined : Number(tested.p.toPrecision(3)),
          tested === undefined ? undefined : Number(tested.superiority.toPrecision(3)),
        ],
      ]
    }),
  )
  const better = objective.direction === 'maximize' ? 'higher' : 'lower'
  const short = arms.flatMap(({ name, runs }) =>
    runs
      .filter(({ spent }) => spent < budget)
      .map(({ seed, spent, ended }) => `${name}, seed ${seed}, ended at ${countText(spent)}: ${ended}`),
  )
  return [
    `${comparison.problem}: best ${objective.name} so far (${better} is better) within ${countText(budget)} ${axis}`,
    '',
    tableText([axis, 'arm', 'runs', 'median', 'lowest', 'highest', 'U', 'p', 'beats'], rows, { width }),
    '',
    `p: two-sided Mann-Whitney U against ${reference?.name ?? 'the first arm'}, ${exactness(comparison)}, not corrected for several comparisons`,
    `beats: chance that a run of the arm is better than one of ${reference?.name ?? 'the first arm'} (Vargha-Delaney A; 0.5 is no difference)`,
    // With money or tokens the last call that fits ends a run a little before its budget.
    ...(axis === 'candidates' ? short : []),
  ].join('\n')
}

function exactness({ arms }: Comparison): string {
  return arms.every(({ againstFirst }) => againstFirst?.exact !== false) ? 'exact' : 'normal approximation'
}
