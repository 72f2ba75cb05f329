import { isPromoted, RungHistory } from '../pipeline/promotion.ts'
import type { CommitRange } from '../pipeline/promotion.ts'
import type { StageServices } from '../pipeline/stage.ts'
import type { RungEntry } from '../store/rung-store.ts'

/** What the rungs of a run depend on. */
export interface RungSources {
  /** Entries of candidates that are committed, each with the number of its commit. */
  readonly filed: Iterable<RungEntry & { readonly commit: number; readonly level: number }>
  /** Writes an entry down; the same one may come twice. */
  readonly keep: (entry: RungEntry) => void
  /** Resolves when the candidates of these commits have come through; they always have, unless programs are scored again. */
  readonly ready?: (range: CommitRange) => Promise<void>
}

/** Keeps who finished which rung of a funnel, and answers who may go on. */
export interface Rungs {
  /** What a candidate's stages ask: it is compared with the candidates of these commits and of its level of the curriculum. */
  serving(range: CommitRange, level?: number): StageServices['stand']
  /** Files what a candidate entered; from then on others are compared with it. */
  file(ordinal: number, commit: number): void
}

/** Opens the rungs of a run over what its store has kept. */
export function openRungs({ filed, keep, ready }: RungSources): Rungs {
  const history = new RungHistory()
  for (const { stage, ordinal, fitness, commit, level } of filed) {
    history.enter(rungOf(stage, level), ordinal, fitness)
    history.file(ordinal, commit)
  }
  return {
    serving:
      (range, level = 1) =>
      async (stage, ordinal, fitness, { top, window }) => {
        await ready?.(range)
        const standing = history.stand(rungOf(stage, level), fitness, range, window)
        history.enter(rungOf(stage, level), ordinal, fitness)
        keep({ stage, ordinal, fitness, ...standing, promoted: isPromoted(standing, top) })
        return standing
      },
    file: (ordinal, commit) => history.file(ordinal, commit),
  }
}

function rungOf(stage: string, level: number): string {
  return `${stage} of level ${String(level)}`
}
