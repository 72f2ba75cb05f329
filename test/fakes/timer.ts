import { InfrastructureError, messageOf, UserError } from '../../src/core/errors.ts'
import type { Json } from '../../src/core/json.ts'
import { firstDifference } from '../../src/evaluation/timing/difference.ts'
import type { TimedInput, TimedPair, Timer, TimingReport, TimingRequest } from '../../src/evaluation/timing/timer.ts'

type Entry = (...args: readonly unknown[]) => unknown

let serial = 0

/**
 * A timer without a clock: programs run in this very process, so they must be friendly, and what they take is what
 * the test says.
 *
 * @param times - The candidate's time in times of the reference, which takes 10 ms, by the measurement's number (from 0),
 * the id of the input, the round and the start (both from 1).
 */
export function createFakeTimer(
  times: (measurement: number, id: string, round: number, start: number) => number,
): Timer & { readonly asked: TimingRequest[]; close(): Promise<void> } {
  const asked: TimingRequest[] = []
  return {
    asked,
    close: () => Promise.resolve(),
    time: async (request, signal) => {
      const measurement = asked.push(request) - 1
      if (signal.aborted) throw new InfrastructureError('the evaluation was called off')
      const calledOff = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new InfrastructureError('the evaluation was called off')))
      })
      return Promise.race([measured(request, (...where) => times(measurement, ...where)), calledOff])
    },
  }
}

async function measured(
  request: TimingRequest,
  times: (id: string, round: number, start: number) => number,
): Promise<TimingReport> {
  const pairs: TimedPair[] = []
  const inputs: (readonly TimedInput[])[] = []
  for (let round = -1; round <= request.rounds; round++) inputs.push(await request.inputs(round + 1))
  for (let start = 1; start <= request.starts; start++) {
    const failed = await started(request, inputs, (id, round) => {
      pairs.push({ id, start, round, candidateMs: 10 * times(id, round, start), referenceMs: 10 })
    })
    if (failed !== undefined) return failed
    if (start < request.starts && request.isClear?.(pairs) === true) break
  }
  return { ok: true, pairs }
}

/** Loads both programs afresh and gives them all rounds. @returns how the candidate failed, if it did. */
async function started(
  request: TimingRequest,
  inputs: readonly (readonly TimedInput[])[],
  tell: (id: string, round: number) => void,
): Promise<Extract<TimingReport, { ok: false }> | undefined> {
  const [candidate, reference] = [await entryOf(request.code, request), await entryOf(request.reference, request)]
  for (const [index, ofRound] of inputs.entries()) {
    for (const { id, calls } of ofRound) {
      const expected = await answersOf(reference, calls)
      if (expected instanceof Error)
        throw new UserError(`the reference program fails on the input ${id}: ${expected.message}`)
      const given = await answersOf(candidate, calls)
      if (given instanceof Error) return { ok: false, failure: { kind: 'threw', message: given.message } }
      const wrong = firstDifference(given, expected, request.tolerance)
      const message = `its answer to a fresh input (${id}) differs from that of the reference program: ${wrong}`
      if (wrong !== undefined) return { ok: false, failure: { kind: 'constraint-violated', message } }
      if (index > 1) tell(id, index - 1)
    }
  }
  return undefined
}

async function entryOf(code: string, { entry }: TimingRequest): Promise<Entry> {
  const module = (await import(`data:text/javascript,${encodeURIComponent(`${code}\n// ${serial++}`)}`)) as Record<
    string,
    Entry
  >
  const found = module[entry]
  if (found === undefined) throw new Error(`the fake timer's programs export ${entry}`)
  return found
}

async function answersOf(entry: Entry, calls: string): Promise<Json | Error> {
  const answers: Json[] = []
  try {
    for (const args of JSON.parse(calls) as readonly (readonly unknown[])[])
      answers.push((await entry(...args)) as Json)
  } catch (error) {
    return new Error(messageOf(error))
  }
  return answers
}
