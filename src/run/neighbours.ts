import type { Neighbour } from '../core/rejection.ts'
import type { StageAnswer, StageServices } from '../pipeline/stage.ts'
import type { DuplicateStore } from '../store/duplicate-store.ts'
import type { RunStore } from '../store/run-store.ts'
import { askOnce } from './ask-once.ts'
import type { RunParts } from './parts.ts'

/** What nearest programs are found through. */
export interface NeighbourSearch {
  /** Name of the model that makes vectors; `undefined` where there is none. */
  readonly model: string | undefined
  readonly store: Pick<RunStore, 'asked' | 'program'> & {
    readonly duplicates: Pick<DuplicateStore, 'vectors' | 'standing'>
  }
  /** Buys the vector; the reply's text is the vector as the ledger keeps it. */
  readonly ask: RunParts['ask']
  /** Reads a stored vector; empty for a text that is none. */
  readonly vectorOf: (text: string) => readonly number[]
  /** Hexadecimal hash of a text. */
  readonly hash: (text: string) => string
}

/** The first program is at home on every island. */
interface Known {
  readonly ordinal: number
  readonly island: number | 'every'
  readonly level: number
  readonly finished: number
  /** Of length 1. */
  readonly unit: Float32Array
}

/**
 * Lets the stages of a run find the nearest program by the vectors on the ledger, which are the only copy: whichever process
 * bought one, it is not bought again.
 *
 * Vectors of scored programs are kept at hand as they are committed, four bytes for each number.
 */
export function neighbourFinder(search: NeighbourSearch): StageServices['neighbour'] {
  const { model, store, vectorOf } = search
  const known: Known[] = []
  const learn = (name: string): void => {
    for (const { ordinal, island, level, finished, text } of store.duplicates.vectors(
      name,
      known.at(-1)?.finished ?? -1,
    )) {
      const unit = unitOf(vectorOf(text))
      // Of several about one program the latest counts.
      if (known.at(-1)?.ordinal === ordinal) known.pop()
      if (unit !== undefined) known.push({ ordinal, island: ordinal === 0 ? 'every' : island, level, finished, unit })
    }
  }
  return async (text, ordinal, signal) => {
    if (model === undefined) return { ok: false, reason: 'there is no llm.embedding' }
    const bought = await vectorText(search, model, text, ordinal, signal)
    if (!bought.ok) return bought
    const unit = unitOf(vectorOf(bought.text))
    if (unit === undefined) return { ok: false, reason: `${model} gave a vector without a direction` }
    learn(model)
    const { island, seen, level } = store.duplicates.standing(ordinal)
    const others = known.filter(
      (one) =>
        one.ordinal !== ordinal &&
        one.level === level &&
        one.finished <= seen &&
        (one.island === 'every' || one.island === island),
    )
    const nearest = nearestOf(unit, others)
    const neighbour = nearest && { ...nearest, source: store.program(nearest.ordinal).source }
    return { ok: true, neighbour }
  }
}

function vectorText(
  search: NeighbourSearch,
  model: string,
  text: string,
  ordinal: number,
  signal: AbortSignal,
): Promise<StageAnswer> {
  const question = search.hash(JSON.stringify(['embedding', model, text]))
  const prompt = () => ({ template: 'embedding', system: '', user: text, sections: [] })
  return askOnce(search, { ordinal, purpose: 'embedding', model, question, prompt, what: 'the embedding' }, signal)
}

/** Of equally near ones the first committed. Vectors of another length come from another model and are left out. */
function nearestOf(unit: Float32Array, others: readonly Known[]): Omit<Neighbour, 'source'> | undefined {
  let nearest: Omit<Neighbour, 'source'> | undefined
  for (const other of others) {
    if (other.unit.length !== unit.length) continue
    let cosine = 0
    for (let index = 0; index < unit.length; index++) cosine += (unit[index] ?? 0) * (other.unit[index] ?? 0)
    const similarity = Math.min(1, Math.max(-1, cosine))
    if (nearest === undefined || similarity > nearest.similarity) nearest = { ordinal: other.ordinal, similarity }
  }
  return nearest
}

function unitOf(vector: readonly number[]): Float32Array | undefined {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length > 0 && Number.isFinite(length) ? Float32Array.from(vector, (value) => value / length) : undefined
}
