import { InfrastructureError, UserError } from '../../core/errors.ts'
import { describeFailure } from '../../core/failure.ts'
import type { CandidateFailure } from '../../core/failure.ts'
import type { Json } from '../../core/json.ts'
import { rngFromText } from '../../core/rng.ts'
import { firstDifference } from '../timing/difference.ts'
import type { TimedInput, TimedPair, TimingReport, TimingRequest } from '../timing/timer.ts'
import { classifyEnd, classifyOutcome, killedHost, timedOut } from './classify.ts'
import type { Host } from './host.ts'
import type { ProgramMessage, RandomState } from './messages.ts'
import type { ExclusiveHosts, HostPool } from './pool.ts'

/** No clock tells less, in milliseconds; a call that seems to take no time at all took about this. */
const leastMs = 0.001

/** Rounds of a start that do not count, so that the engine has compiled both programs before the first that does. */
const warmingRounds = 2

/** Measurements that outsiders may spoil, by killing a host or keeping the machine busy, before it is given up. */
const tries = 3

/** One program's share of a pair, or why there is none. */
type Timed =
  | { readonly kind: 'timed'; readonly ms: number; readonly digest: string }
  | { readonly kind: 'failed'; readonly failure: CandidateFailure }
  | { readonly kind: 'killed'; readonly failure: CandidateFailure }

/** Times a candidate beside a reference program, each in a process of its own. */
export async function timePair(pool: HostPool, request: TimingRequest, signal: AbortSignal): Promise<TimingReport> {
  for (let attempt = 1; ; attempt++) {
    const result = await pool.exclusively(request.limits.memoryBytes, signal, async (hosts) => {
      const abort = (): void => {
        for (const host of [hosts.candidate, hosts.reference]) host.kill()
      }
      // Hosts take a while to start, and a signal that aborted meanwhile calls nobody.
      if (signal.aborted) abort()
      signal.addEventListener('abort', abort, { once: true })
      try {
        const result = await measured(hosts, request, attempt < tries)
        return { result, verdict: 'ok' in result && result.ok ? 'keep' : 'end' }
      } finally {
        signal.removeEventListener('abort', abort)
      }
    })
    if (signal.aborted) throw new InfrastructureError('the evaluation was called off')
    if ('ok' in result) return result
    if (attempt === tries) return { ok: false, failure: result.failure }
  }
}

async function measured(
  hosts: ExclusiveHosts,
  request: TimingRequest,
  isRetried: boolean,
): Promise<TimingReport | Extract<Timed, { kind: 'killed' }>> {
  const pairs: TimedPair[] = []
  const drawn: Promise<readonly TimedInput[]>[] = []
  const inputs: TimingRequest['inputs'] = (round) => (drawn[round] ??= request.inputs(round))
  for (let start = 1; start <= request.starts; start++) {
    const came = await started(hosts, { ...request, inputs }, start, isRetried)
    if (!('ok' in came) || !came.ok) return came
    pairs.push(...came.pairs)
    if (start < request.starts && request.isClear?.(pairs) === true) break
  }
  return { ok: true, pairs }
}

/** Loads both programs afresh and gives them all rounds. */
async function started(
  hosts: ExclusiveHosts,
  request: TimingRequest,
  start: number,
  isRetried: boolean,
): Promise<TimingReport | Extract<Timed, { kind: 'killed' }>> {
  const pairs: TimedPair[] = []
  let begun = false
  for (let round = 1 - warmingRounds; round <= request.rounds; round++) {
    for (const [index, input] of (await request.inputs(round + warmingRounds - 1)).entries()) {
      const order =
        (start + round + index) % 2 === 0
          ? (['candidate', 'reference'] as const)
          : (['reference', 'candidate'] as const)
      const timed: Partial<Record<'candidate' | 'reference', Extract<Timed, { kind: 'timed' }>>> = {}
      for (const which of order) {
        const came = await timeOn(hosts[which], request, input, begun ? undefined : programOf(request, which))
        if (came.kind === 'killed') return came
        if (came.kind === 'failed') {
          if (which === 'candidate') return { ok: false, failure: came.failure }
          // Its time is measured on a clock on the wall, and it is the same program as in every measurement before.
          if (came.failure.kind === 'timed-out' && isRetried) return { kind: 'killed', failure: came.failure }
          throw new UserError(`the reference program fails on the input ${input.id}: ${describeFailure(came.failure)}`)
        }
        timed[which] = came
      }
      begun = true
      const { candidate, reference } = timed
      if (candidate === undefined || reference === undefined) throw new InfrastructureError('a program was not timed')
      const wrong = candidate.digest === reference.digest ? undefined : await differenceIn(hosts, request, input)
      if (wrong !== undefined) return { ok: false, failure: wrong }
      if (round > 0) pairs.push({ id: input.id, start, round, candidateMs: candidate.ms, referenceMs: reference.ms })
    }
  }
  return { ok: true, pairs }
}

function programOf(request: TimingRequest, which: 'candidate' | 'reference'): ProgramMessage {
  const { entry } = request
  const [code, graph] =
    which === 'candidate' ? [request.code, request.graph] : [request.reference, request.referenceGraph]
  return { code, entry, ...(graph === undefined ? {} : { graph }) }
}

/** @param program - The program where this is its first input. */
async function timeOn(
  host: Host,
  { entry, limits, seed }: TimingRequest,
  input: TimedInput,
  program: ProgramMessage | undefined,
): Promise<Timed> {
  const reply = await host.timeCalls({
    kind: 'timed',
    ...(program === undefined ? {} : { program }),
    calls: input.calls,
    random: randomState(seed),
    timeMs: limits.timeMs,
    memoryBytes: limits.memoryBytes,
    outputBytes: limits.outputBytes,
  })
  if (reply.kind === 'deadline') return { kind: 'failed', failure: timedOut(limits) }
  if (reply.kind === 'ended') {
    const failure = classifyEnd(reply.end, limits)
    return failure === 'external' ? { kind: 'killed', failure: killedHost(reply.end) } : { kind: 'failed', failure }
  }
  const { outcome, ms } = reply.answer
  if (outcome.kind === 'value') return { kind: 'timed', ms: Math.max(leastMs, ms), digest: outcome.digest }
  const verdict = classifyOutcome(outcome, entry, limits)
  if (verdict.ok) throw new InfrastructureError('timed calls came to nothing')
  return { kind: 'failed', failure: verdict.failure }
}

/** Fetches both answers and compares them value by value, with the tolerance. */
async function differenceIn(
  hosts: ExclusiveHosts,
  { tolerance }: TimingRequest,
  { id }: TimedInput,
): Promise<CandidateFailure | undefined> {
  const [given, expected] = await Promise.all(
    [hosts.candidate, hosts.reference].map(async (host) => {
      const reply = await host.recall()
      if (reply.kind === 'answer') return JSON.parse(reply.answer.json) as Json
      throw new InfrastructureError('a host went away while its answer was fetched')
    }),
  )
  const difference = firstDifference(given ?? null, expected ?? null, tolerance)
  if (difference === undefined) return undefined
  const message = `its answer to a fresh input (${id}) differs from that of the reference program: ${difference}`
  return { kind: 'constraint-violated', message }
}

function randomState(text: string): RandomState {
  const rng = rngFromText(text)
  return [rng.int(2 ** 32), rng.int(2 ** 32), rng.int(2 ** 32), rng.int(2 ** 32) | 1]
}
