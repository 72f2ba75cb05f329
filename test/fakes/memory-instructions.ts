import { InvariantError } from '../../src/core/errors.ts'
import type { Instruction } from '../../src/core/instruction.ts'
import { improvedBy } from '../../src/store/instruction-store.ts'
import type { InstructionRequest, InstructionStore } from '../../src/store/instruction-store.ts'
import type { Attempt } from '../../src/store/stored-reply.ts'
import { moment } from '../../src/store/stored-json.ts'
import type { MemoryDisk } from './memory-store.ts'

/** What a memory store knows about instructions. */
export interface MemoryInstructions {
  readonly all: (Instruction & { readonly request: number | undefined; retiredBy: number | undefined })[]
  readonly requests: (InstructionRequest & { ended: boolean })[]
  /** By candidate. */
  readonly uses: Map<number, { readonly instruction: number; finished?: number; improved?: boolean; gain?: number }>
}

export function memoryInstructions(): MemoryInstructions {
  return { all: [], requests: [], uses: new Map() }
}

/** Notes what came of the instruction in a candidate's prompt, if there is one. */
export function settleInstruction(disk: MemoryDisk, ordinal: number): void {
  const use = disk.instructions.uses.get(ordinal)
  const candidate = disk.candidates[ordinal]
  if (use === undefined || candidate === undefined) return
  const { selected, evaluation, failure, finished } = candidate
  const before = selected.parent === undefined ? undefined : disk.candidates[selected.parent]?.evaluation
  const gain = evaluation === undefined || before === undefined ? undefined : evaluation.fitness - before.fitness
  const improved = improvedBy(gain, disk.measures[0]?.noise ?? 0, failure?.kind)
  disk.instructions.uses.set(ordinal, {
    instruction: use.instruction,
    ...(finished === undefined ? {} : { finished }),
    ...(improved === undefined ? {} : { improved }),
    ...(gain === undefined ? {} : { gain }),
  })
}

/** {@link InstructionStore} over what a {@link MemoryDisk} keeps. */
export function memoryInstructionStore(disk: MemoryDisk): InstructionStore {
  const { all, requests, uses } = disk.instructions
  const add = (instruction: Omit<MemoryInstructions['all'][number], 'id' | 'retiredBy'>): number => {
    all.push({ id: all.length + 1, ...instruction, retiredBy: undefined })
    return all.length
  }
  return {
    begin: (operator, now) => {
      moment(now)
      if (all.some((one) => one.operator === operator && one.parent === undefined)) return
      add({ operator, parent: undefined, request: undefined, text: undefined })
    },
    population: (operator, asOf, seen, window) => {
      const known = all.filter(
        (one) =>
          one.operator === operator &&
          (one.request === undefined || (requests[one.request - 1]?.commits ?? Infinity) <= asOf),
      )
      return known
        .filter(({ retiredBy }) => !known.some(({ id }) => id === retiredBy))
        .map(({ id, parent, text }) => {
          const judged = [...uses.values()].filter(
            ({ instruction, finished = Infinity, improved }) =>
              instruction === id && finished <= seen && finished > seen - window && improved !== undefined,
          )
          const gains = judged.flatMap(({ gain }) => gain ?? [])
          const meanGain = gains.length === 0 ? undefined : gains.reduce((sum, gain) => sum + gain, 0) / gains.length
          const improved = judged.filter((use) => use.improved === true).length
          return { id, operator, parent, text, uses: judged.length, improved, meanGain }
        })
    },
    usedBy: (ordinal) => uses.get(ordinal)?.instruction,
    tallies: () =>
      [...new Set(all.map(({ operator }) => operator))].sort().map((operator) => ({
        operator,
        uses: [...uses.values()].filter(
          ({ instruction, finished }) => finished !== undefined && all[instruction - 1]?.operator === operator,
        ).length,
        requests: requests.filter((request) => request.operator === operator).length,
      })),
    disappointing: (instruction, seen, limit) =>
      [...uses]
        .filter(
          ([, use]) => use.instruction === instruction && use.improved === false && (use.finished ?? Infinity) <= seen,
        )
        .sort(([, one], [, other]) => (other.finished ?? 0) - (one.finished ?? 0))
        .slice(0, limit)
        .flatMap(([ordinal]): Attempt[] => {
          const { selected, child, evaluation, failure } = disk.candidates[ordinal] ?? {}
          if (selected === undefined) return []
          const said = { ordinal, operator: selected.operator, summary: child?.change.summary ?? '' }
          if (failure !== undefined) return [{ ...said, outcome: { ok: false, failure } }]
          return [{ ...said, outcome: { ok: true, objectives: evaluation?.objectives ?? {} } }]
        }),
    request: (wanted, now) => {
      moment(now)
      const request = { id: requests.length + 1, ...wanted }
      requests.push({ ...request, ended: false })
      return request
    },
    requests: () => requests.filter(({ ended }) => !ended).map(({ ended: _, ...request }) => request),
    answer: (id, answer, now) => {
      moment(now)
      const request = requests[id - 1]
      if (request === undefined || request.ended) {
        throw new InvariantError(`no request ${String(id)} for an instruction is open`)
      }
      request.ended = true
      if (!answer.ok) return
      const added = add({ operator: request.operator, parent: answer.parent, request: id, text: answer.text })
      const leaving = all[(answer.retires ?? 0) - 1]
      if (leaving !== undefined) leaving.retiredBy = added
    },
  }
}
