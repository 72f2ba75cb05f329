import { InvariantError } from '../../src/core/errors.ts'
import type { InsightPredicate, KnownInsight, InsightStatus, NewInsight, Tally } from '../../src/core/insight.ts'
import { analysisPurpose, checkTemplate, keptReadded } from '../../src/store/candidate-moves.ts'
import { holds, labelOf, statusAfter } from '../../src/store/insight-label.ts'
import type {
  ChangedAttempt,
  InsightRef,
  InsightStore,
  Learned,
  StoredLesson,
  TrialMember,
  TrialVerdict,
} from '../../src/store/insight-store.ts'
import type { Attempt } from '../../src/store/stored-reply.ts'
import { finiteOrNull, moment } from '../../src/store/stored-json.ts'
import type { MemoryDisk } from './memory-store.ts'

/** What a memory store has learned. */
export interface MemoryInsights {
  readonly versions: KnownInsight[]
  readonly uses: Map<number, readonly InsightRef[]>
  readonly baseline: { -readonly [key in keyof Tally]: Tally[key] }
  readonly analyses: Map<number, Learned | 'due'>
  readonly trials: { readonly first: number; readonly member: TrialMember; verdict: TrialVerdict | undefined }[]
  /** Trial and label of each member. */
  readonly members: Map<number, { readonly trial: number; readonly informed: boolean; label?: keyof Tally }>
}

export function memoryInsights(): MemoryInsights {
  return {
    versions: [],
    uses: new Map(),
    baseline: { helped: 0, hurt: 0, irrelevant: 0 },
    analyses: new Map(),
    trials: [],
    members: new Map(),
  }
}

/** Makes a candidate a member of the open trial, which it begins when there is none. */
export function joinTrial(disk: MemoryDisk, ordinal: number, member: TrialMember): void {
  const { trials, members } = disk.insights
  const { insight, version, informed } = member
  if (newest(disk).find(({ id }) => id === insight)?.version !== version) {
    throw new InvariantError(`there is no insight ${String(insight)} of version ${String(version)}`)
  }
  const open = trials.findIndex(({ verdict }) => verdict === undefined)
  const before = trials[open]?.member
  if (before !== undefined && (before.insight !== insight || before.version !== version)) {
    throw new InvariantError(`insight ${String(before.insight)} is on trial`)
  }
  if (before === undefined) trials.push({ first: ordinal, member: structuredClone(member), verdict: undefined })
  members.set(ordinal, { trial: before === undefined ? trials.length : open + 1, informed })
}

/** Labels the insights in a candidate's prompt, or counts it for the baseline. */
export function settleInsights(disk: MemoryDisk, ordinal: number): void {
  const candidate = disk.candidates[ordinal]
  if (candidate?.prompt === undefined) return
  const { selected, evaluation, failure } = candidate
  const before = selected.parent === undefined ? undefined : disk.candidates[selected.parent]?.evaluation
  const delta = evaluation === undefined || before === undefined ? undefined : evaluation.fitness - before.fitness
  const label = labelOf({ delta, noise: disk.measures[0]?.noise ?? 0, failure: failure?.kind })
  const member = disk.insights.members.get(ordinal)
  if (member !== undefined) member.label = label
  const uses = disk.insights.uses.get(ordinal) ?? []
  if (uses.length === 0) disk.insights.baseline[label]++
  for (const { id } of uses) {
    change(disk, id, (insight) => ({
      ...insight,
      [label]: insight[label] + 1,
      status: label === 'helped' && insight.status === 'draft' ? 'active' : insight.status,
    }))
  }
}

function change(disk: MemoryDisk, id: number, to: (insight: KnownInsight) => KnownInsight): void {
  const { versions } = disk.insights
  const index = versions.findLastIndex((insight) => insight.id === id)
  const found = versions[index]
  if (found === undefined) throw new InvariantError(`there is no insight ${String(id)}`)
  versions[index] = to(found)
}

function newest(disk: MemoryDisk): KnownInsight[] {
  const byId = new Map(disk.insights.versions.map((insight) => [insight.id, insight]))
  return structuredClone([...byId.values()].sort((one, other) => one.id - other.id))
}

/** The memory of a store that keeps everything on a {@link MemoryDisk}. */
export function memoryInsightStore(disk: MemoryDisk): InsightStore {
  const addAll = (insights: readonly NewInsight[]): void => {
    for (const insight of insights) {
      finiteOrNull(insight.applies.above, 'a bound')
      finiteOrNull(insight.applies.below, 'a bound')
      const id = 1 + Math.max(0, ...disk.insights.versions.map((one) => one.id))
      const { contains, lacks, above, below, operator } = insight.applies
      const applies = { contains, lacks, above, below, operator }
      const record = { status: 'draft' as const, helped: 0, hurt: 0, irrelevant: 0 }
      disk.insights.versions.push(structuredClone({ id, version: 1, ...record, ...insight, applies }))
    }
  }
  const refine = (id: number, condition: string, applies: InsightPredicate): void => {
    const found = newest(disk).find((insight) => insight.id === id)
    if (found === undefined) throw new InvariantError(`there is no insight ${String(id)}`)
    const { contains, lacks, above, below, operator } = applies
    const version = { version: found.version + 1, condition, status: 'refined' as const }
    disk.insights.versions.push(
      structuredClone({ ...found, ...version, applies: { contains, lacks, above, below, operator } }),
    )
  }
  const attempts = (wanted: (parent: number | undefined) => boolean): ChangedAttempt[] =>
    disk.candidates.flatMap(({ selected, child, evaluation, failure }): ChangedAttempt[] => {
      if (!wanted(selected.parent)) return []
      const { ordinal, operator } = selected
      const said = {
        ordinal,
        operator,
        summary: child?.change.summary ?? '',
        hunks: child?.hunks ?? [],
        construct: constructOf(child?.change.detail),
      }
      if (failure?.kind === 'evaluator-threw') return []
      if (failure !== undefined) return [{ ...said, outcome: { ok: false, failure } }]
      return evaluation === undefined ? [] : [{ ...said, outcome: { ok: true, objectives: evaluation.objectives } }]
    })
  return {
    due: () =>
      [...disk.insights.analyses]
        .filter(([, state]) => state === 'due')
        .map(([ordinal]) => {
          const calls = disk.calls.filter((call) => call.ordinal === ordinal)
          const paid = calls.findLast(
            (call) => call.purpose === analysisPurpose && call.template !== checkTemplate && call.status === 'ok',
          )?.reply
          return {
            ordinal,
            attempts: Math.max(0, ...calls.map(({ attempt }) => attempt)),
            reply: paid === undefined ? undefined : { ...paid, purpose: analysisPurpose },
          }
        })
        .sort((one, other) => one.ordinal - other.ordinal),
    learn: (ordinal, learned, now) => {
      moment(now)
      if (disk.insights.analyses.get(ordinal) !== 'due') {
        throw new InvariantError(`no analysis of candidate ${String(ordinal)} is due`)
      }
      disk.insights.analyses.set(ordinal, structuredClone(learned))
      addAll(learned.insights)
      for (const { id, condition, applies } of learned.refinements) refine(id, condition, applies)
    },
    add: (insights, now) => {
      moment(now)
      addAll(insights)
    },
    insights: () => newest(disk),
    applying: (parent, operator) => {
      const program = disk.candidates[parent]
      if (program?.child === undefined) return []
      const value = program.evaluation?.objectives[disk.identity.objective.name]
      const { source } = program.child
      return newest(disk).filter(
        ({ status, applies }) => status !== 'retired' && holds(applies, { source, value }, operator),
      )
    },
    baseline: () => ({ ...disk.insights.baseline }),
    trial: () => {
      const { trials, members } = disk.insights
      const open = trials.findIndex(({ verdict }) => verdict === undefined)
      const found = trials[open]
      const first = found === undefined ? undefined : disk.candidates[found.first]
      if (found === undefined || first === undefined) return undefined
      const own = [...members.values()].filter(({ trial }) => trial === open + 1)
      const tally = (informed: boolean): Tally => {
        const of = (kind: keyof Tally) => own.filter((one) => one.informed === informed && one.label === kind).length
        return { helped: of('helped'), hurt: of('hurt'), irrelevant: of('irrelevant') }
      }
      const { ordinal: _ordinal, seen: _seen, trial: _trial, ...selection } = first.selected
      return structuredClone({
        id: open + 1,
        insight: { id: found.member.insight, version: found.member.version },
        pairs: found.member.pairs,
        selection,
        members: own.length,
        informed: tally(true),
        uninformed: tally(false),
      })
    },
    tried: () => disk.insights.trials.map(({ member }) => ({ id: member.insight, version: member.version })),
    endTrial: (id, verdict, now) => {
      moment(now)
      const found = disk.insights.trials[id - 1]
      if (found === undefined || found.verdict !== undefined)
        throw new InvariantError(`trial ${String(id)} is not open`)
      found.verdict = verdict
      const status = statusAfter(verdict)
      if (status !== undefined) change(disk, found.member.insight, (insight) => ({ ...insight, status }))
    },
    setStatus: (id: number, status: InsightStatus, now: number) => {
      moment(now)
      change(disk, id, (insight) => ({ ...insight, status }))
    },
    refine: (id: number, condition: string, applies: InsightPredicate, now: number) => {
      moment(now)
      refine(id, condition, applies)
    },
    lessons: (program, limit) =>
      [...disk.insights.analyses]
        .filter(([ordinal]) => ordinal === program || disk.candidates[ordinal]?.selected.parent === program)
        .sort(([one], [other]) => other - one)
        .flatMap(([ordinal, learned]): StoredLesson[] =>
          learned === 'due' ? [] : learned.lessons.map((lesson) => ({ ordinal, ...lesson })),
        )
        .slice(0, limit),
    trail: (ordinal, limit) => {
      const steps = []
      for (
        let at = disk.candidates[ordinal];
        at !== undefined && steps.length < limit;
        at = at.selected.parent === undefined ? undefined : disk.candidates[at.selected.parent]
      ) {
        const { island, operator } = at.selected
        const summary = at.child?.change.summary ?? ''
        steps.push({
          ordinal: at.selected.ordinal,
          island,
          operator,
          summary,
          objectives: at.evaluation?.objectives ?? {},
        })
      }
      return structuredClone(steps.reverse())
    },
    changes: (parent, limit) => structuredClone(attempts((of) => of === parent).slice(-limit)),
    readded: (ordinal) =>
      (disk.candidates[ordinal]?.child?.lines?.readded ?? []).slice(0, keptReadded).map(({ line, removedBy }) => {
        const from = disk.candidates[removedBy]?.selected.parent ?? 0
        const [before, after] = [from, removedBy].map((of) => disk.candidates[of]?.evaluation?.fitness)
        return {
          line,
          from,
          by: removedBy,
          gain: before === undefined || after === undefined ? undefined : after - before,
        }
      }),
    siblingNumber: (ordinal) => {
      const parent = disk.candidates[ordinal]?.selected.parent
      if (parent === undefined) return 0
      return disk.candidates.slice(0, ordinal + 1).filter(({ selected }) => selected.parent === parent).length
    },
    failures: (limit) =>
      attempts((of) => of !== undefined)
        .filter(
          ({ ordinal, outcome }) =>
            !outcome.ok &&
            disk.candidates[ordinal]?.selected.model !== undefined &&
            labelOf({ delta: undefined, noise: 0, failure: outcome.failure.kind }) === 'hurt' &&
            !['syntax', 'killed-host'].includes(outcome.failure.kind),
        )
        .map(({ hunks: _hunks, construct: _construct, ...attempt }): Attempt => structuredClone(attempt))
        .reverse()
        .slice(0, limit),
  }
}

function constructOf(detail: unknown): string | undefined {
  const kind = (detail as { readonly kind?: unknown } | undefined)?.kind
  return typeof kind === 'string' ? kind : undefined
}
