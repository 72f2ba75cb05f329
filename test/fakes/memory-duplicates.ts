import type { Rejection } from '../../src/core/rejection.ts'
import type { DuplicateStore } from '../../src/store/duplicate-store.ts'

/** What a memory store remembers about duplicates. */
export interface MemoryDuplicates {
  readonly holders: Map<string, number[]>
  readonly rejections: Rejection[]
}

export function memoryDuplicates(): MemoryDuplicates {
  return { holders: new Map(), rejections: [] }
}

interface Known {
  readonly selected: {
    readonly parent: number | undefined
    readonly seen: number
    readonly island?: number
    readonly level?: number
  }
  readonly state: string
  readonly finished?: number | undefined
  readonly evaluation?: { readonly fitness: number }
  readonly child?: { readonly hunks?: readonly { readonly removed: string }[] }
}

interface KnownCall {
  readonly ordinal: number
  readonly attempt: number
  readonly purpose: string
  readonly model: string
  readonly status: string
  readonly reply: { readonly text: string } | undefined
}

export function memoryDuplicateStore(
  kept: MemoryDuplicates,
  candidates: readonly Known[],
  calls: readonly KnownCall[] = [],
): DuplicateStore {
  const trailOf = (ordinal: number): number[] => {
    const parent = candidates[ordinal]?.selected.parent
    return parent === undefined ? [] : [parent, ...trailOf(parent)]
  }
  const nth = (ordinal: number): number => (ordinal === 0 ? 0 : (candidates[ordinal]?.finished ?? Infinity))
  const levelOf = (ordinal: number): number => candidates[ordinal]?.selected.level ?? 1
  return {
    vectors: (model, after) =>
      calls
        .filter((call) => call.model === model && call.purpose === 'embedding' && call.status === 'ok')
        .flatMap(({ ordinal, attempt, reply }) => {
          const finished = nth(ordinal)
          const placed = candidates[ordinal]?.state === 'placed' && finished > after
          const island = candidates[ordinal]?.selected.island ?? 0
          return placed
            ? [{ ordinal, island, level: levelOf(ordinal), finished, text: reply?.text ?? '', attempt }]
            : []
        })
        .toSorted((one, other) => one.finished - other.finished || one.attempt - other.attempt)
        .map(({ attempt: _, ...vector }) => vector),
    standing: (ordinal) => ({
      island: candidates[ordinal]?.selected.island ?? 0,
      seen: candidates[ordinal]?.selected.seen ?? 0,
      level: candidates[ordinal]?.selected.level ?? 1,
    }),
    removed: (ordinal) =>
      (candidates[ordinal]?.child?.hunks ?? []).map(({ removed }) => removed).filter((removed) => removed !== ''),
    claim: (scope, fingerprint, own, among) => {
      const key = `${scope}\n${fingerprint}`
      const holders = kept.holders.get(key) ?? []
      kept.holders.set(key, holders)
      if (!holders.includes(own)) holders.push(own)
      const others = holders.filter((ordinal) => ordinal !== own && levelOf(ordinal) === levelOf(own))
      if (among === 'ancestors') return trailOf(own).find((ordinal) => others.includes(ordinal))
      const seen = candidates[own]?.selected.seen ?? 0
      const scored = (ordinal: number): number => (candidates[ordinal]?.state === 'placed' ? 0 : 1)
      return others
        .filter((ordinal) => ['placed', 'failed'].includes(candidates[ordinal]?.state ?? '') && nth(ordinal) <= seen)
        .toSorted((one, other) => scored(one) - scored(other) || nth(one) - nth(other))[0]
    },
    reject: (rejection) => {
      if (kept.rejections.some(({ ordinal, stage }) => ordinal === rejection.ordinal && stage === rejection.stage))
        return
      kept.rejections.push({ ...rejection })
    },
    departure: (ancestor, own) => {
      const trail = [own, ...trailOf(own)]
      const by = trail[trail.indexOf(ancestor) - 1]
      if (!trail.includes(ancestor) || by === undefined || by === own) return undefined
      const [before, after] = [candidates[ancestor]?.evaluation?.fitness, candidates[by]?.evaluation?.fitness]
      return { by, gain: before === undefined || after === undefined ? undefined : after - before }
    },
  }
}
