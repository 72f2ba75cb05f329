import type { Lesson } from '../core/insight.ts'
import type { ChangedAttempt } from '../store/insight-store.ts'
import { clusterAttempts } from './clusters.ts'
import type { Cluster } from './clusters.ts'
import type { InsightExtractor } from './extractor.ts'

/** A program is told about when it has so many children, and again each time the number has doubled. */
const tellFrom = 4

/**
 * Draws lessons from counts alone, without a model: which places of a program, which kinds of construct and which operators
 * have helped or hurt.
 *
 * A program is told about when it has 4, 8, 16 ... children; the lessons give the counts.
 */
export const statistics: InsightExtractor = {
  name: 'statistics',
  asks: false,
  wants: (_outcome, _byModel, siblings) => isMilestone(siblings.number()),
  read: ({ siblings, parent, measures }) => {
    const [measure] = measures
    if (measure === undefined)
      return { lessons: [], insights: [], refinements: [], dropped: 0, note: 'nothing is measured' }
    const places = clusterAttempts(siblings, parent.objectives, measure)
      .filter(({ lines, attempts }) => lines !== undefined && attempts >= tellFrom)
      .flatMap((cluster) => placeLesson(cluster, measure.name))
    const grouped = (name: (attempt: ChangedAttempt) => string | undefined, told: (name: string) => string) =>
      [...Map.groupBy(siblings, name)].flatMap(([group, attempts]) =>
        group === undefined || attempts.length < tellFrom
          ? []
          : groupLesson(told(group), clusterAttempts(attempts, parent.objectives, measure), measure.name),
      )
    const constructs = grouped(
      ({ construct }) => construct,
      (construct) => `a ${construct.replaceAll('-', ' ')} change`,
    )
    const operators = grouped(
      ({ operator }) => operator,
      (operator) => `the operator ${operator}`,
    )
    return {
      lessons: [...places.slice(0, 1), ...constructs.slice(0, 1), ...operators].slice(0, 3),
      insights: [],
      refinements: [],
      dropped: 0,
      note: undefined,
    }
  },
}

function isMilestone(children: number): boolean {
  return children >= tellFrom && Number.isInteger(Math.log2(children / tellFrom))
}

function placeLesson(cluster: Cluster, objective: string): readonly Lesson[] {
  const { lines, anchor, improved, attempts } = cluster
  const kind = verdictOf(improved, cluster.regressed + failedIn(cluster), attempts)
  if (kind === undefined || lines === undefined || anchor === '') return []
  return [
    {
      kind,
      condition: `when lines ${String(lines.first)} to ${String(lines.last)} of this program are changed`,
      explanation: countsText(cluster, objective),
      anchor,
    },
  ]
}

function groupLesson(means: string, clusters: readonly Cluster[], objective: string): readonly Lesson[] {
  const sum = (of: (cluster: Cluster) => number): number => clusters.reduce((total, one) => total + of(one), 0)
  const [attempts, improved, failed] = [sum((one) => one.attempts), sum((one) => one.improved), sum(failedIn)]
  const regressed = sum(({ regressed: worse }) => worse)
  const kind = verdictOf(improved, regressed + failed, attempts)
  const anchor = clusters.find((cluster) => cluster.anchor !== '')?.anchor
  if (kind === undefined || anchor === undefined) return []
  const explanation = `Of ${String(attempts)} children by ${means}, ${String(improved)} had a better ${objective}, ${String(regressed)} a worse one, ${String(failed)} failed.`
  return [{ kind, condition: `when this program is changed by ${means}`, explanation, anchor }]
}

/** Half of them better is worth doing again; three of four worse or failed, and none better, is worth avoiding. */
function verdictOf(improved: number, bad: number, attempts: number): Lesson['kind'] | undefined {
  if (improved * 2 >= attempts) return 'imitate'
  if (improved > 0) return 'refine'
  return bad * 4 >= attempts * 3 ? 'avoid' : undefined
}

function failedIn({ failures }: Cluster): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0)
}

function countsText(cluster: Cluster, objective: string): string {
  const { attempts, improved, regressed, gain } = cluster
  const best = gain === undefined || improved === 0 ? '' : `, at best by ${String(Number(gain.best.toPrecision(6)))}`
  return `Of ${String(attempts)} changes here, ${String(improved)} made ${objective} better${best}, ${String(regressed)} worse, ${String(failedIn(cluster))} failed.`
}
