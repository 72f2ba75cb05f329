import type { Lesson } from '../core/insight.ts'
import { clusterAttempts } from './clusters.ts'
import type { Cluster } from './clusters.ts'
import type { InsightExtractor } from './extractor.ts'

/** A place is told about when it was changed this often, and again each time the number has doubled. */
const tellFrom = 4

/**
 * Draws lessons from counts alone, without a model: which places of a program and which operators have helped or hurt.
 *
 * A place is told about when 4, 8, 16 ... attempts have changed it; the lesson gives the counts.
 */
export const statistics: InsightExtractor = {
  name: 'statistics',
  asks: false,
  wants: (_outcome, _byModel, siblings) => isMilestone(siblings().length + 1),
  read: ({ siblings, parent, measures }) => {
    const [measure] = measures
    if (measure === undefined)
      return { lessons: [], insights: [], refinements: [], dropped: 0, note: 'nothing is measured' }
    const places = clusterAttempts(siblings, parent.objectives, measure)
      .filter(({ lines, attempts }) => lines !== undefined && attempts >= tellFrom)
      .flatMap((cluster) => placeLesson(cluster, measure.name))
    const operators = [...Map.groupBy(siblings, ({ operator }) => operator)].flatMap(([operator, attempts]) =>
      attempts.length < tellFrom
        ? []
        : operatorLesson(operator, clusterAttempts(attempts, parent.objectives, measure), measure.name),
    )
    return {
      lessons: [...places, ...operators].slice(0, 3),
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

function operatorLesson(operator: string, clusters: readonly Cluster[], objective: string): readonly Lesson[] {
  const sum = (of: (cluster: Cluster) => number): number => clusters.reduce((total, one) => total + of(one), 0)
  const [attempts, improved, failed] = [sum((one) => one.attempts), sum((one) => one.improved), sum(failedIn)]
  const regressed = sum(({ regressed: worse }) => worse)
  const kind = verdictOf(improved, regressed + failed, attempts)
  const anchor = clusters.find((cluster) => cluster.anchor !== '')?.anchor
  if (kind === undefined || anchor === undefined) return []
  const explanation = `Of ${String(attempts)} children by ${operator}, ${String(improved)} had a better ${objective}, ${String(regressed)} a worse one, ${String(failed)} failed.`
  return [{ kind, condition: `when this program is changed by ${operator}`, explanation, anchor }]
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
