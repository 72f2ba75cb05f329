import type { ModelConfig } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import { InvariantError, UserError } from '../core/errors.ts'
import type { Prompt } from '../core/prompt.ts'
import type { Rng } from '../core/rng.ts'
import { backoff } from './backoff.ts'
import type { BackoffPolicy } from './backoff.ts'
import type { BreakerPolicy } from './breaker.ts'
import { chooseTemperature } from './choice.ts'
import { BudgetExhausted, CallCancelled, fatalError } from './gateway-errors.ts'
import { LaneChoice } from './lane-choice.ts'
import { Lane } from './lane.ts'
import type { Pass } from './lane.ts'
import type { CallLedger } from './ledger.ts'
import { ProviderError } from './provider.ts'
import type { CallDeadlines, LlmReply } from './provider.ts'
import type { Environment, ProviderFactory } from './provider-factory.ts'
import { reserve, settleFailure, settleReply } from './settlement.ts'
import { likelyInputTokens, mostInputTokens } from './tokens.ts'

/** When to try again and when to stop trying. */
export interface RetryPolicy extends BackoffPolicy, BreakerPolicy {
  /** Attempts of one call that may fail with a transient fault, the first included. Default 4. */
  readonly attempts: number
  /** How long one call waits for rate limits altogether, in milliseconds. Default 900,000. */
  readonly patienceMs: number
}

/** The defaults of {@link RetryPolicy}. */
export const defaultRetry: RetryPolicy = {
  attempts: 4,
  patienceMs: 900_000,
  baseMs: 1000,
  capMs: 60_000,
  failures: 5,
  cooldownMs: 30_000,
  longestCooldownMs: 300_000,
}

/** What a gateway is made of. */
export interface GatewayOptions {
  /** The ensemble. */
  readonly models: readonly ModelConfig[]
  /** Models that are called by name alone, for repair and analysis; ensemble models may stand here again. */
  readonly others?: readonly ModelConfig[]
  readonly providers: Readonly<Record<string, ProviderFactory>>
  readonly ledger: CallLedger
  readonly clock: Clock
  /** Opens the stream of that name at ordinal `n`. */
  readonly rng: (stream: string, n: number) => Rng
  readonly deadlines: CallDeadlines
  /** Tells the user something, once per event. */
  readonly notify: (message: string) => void
  readonly env: Environment
  /** Overrides single values of {@link defaultRetry}. */
  readonly retry?: Partial<RetryPolicy>
}

/** One call as the run asks for it. */
export interface GatewayCall {
  readonly ordinal: number
  readonly purpose: 'propose' | 'repair' | 'analysis' | 'review' | 'embedding' | 'novelty' | 'meta'
  /** Name of a configured model. */
  readonly model: string
  /** Number of this candidate's next call, from 1; retries take the numbers after it. */
  readonly attempt: number
  readonly prompt: Prompt
  /** What the ledger calls the question, where its reply is to be found again by that. */
  readonly question?: string | undefined
  readonly signal: AbortSignal
}

/** A reply that is already on the ledger. */
export interface GatewayReply {
  readonly reply: LlmReply
  /** The ledger's id of the call. */
  readonly callId: number
  /** Name of the model that answered: another than the wanted one when that was down. */
  readonly model: string
  readonly temperature: number | undefined
  /** Number of the attempt that succeeded; the candidate's next call has the number after it. */
  readonly attempt: number
}

/** The one door to the models. */
export interface Gateway {
  /**
   * Gets a reply, whatever it takes within budget and patience; when it returns, the reply is stored and paid for.
   *
   * Waits for a slot and the rate limits, reserves the worst case, sends, settles, and tries again after transient faults.
   * Every attempt is a row of the ledger. While the wanted model is down another takes its place; while all are down the
   * call waits.
   *
   * @throws {@link BudgetExhausted} when the next attempt could exceed the budget.
   * @throws {@link CallCancelled} when `signal` aborts.
   * @throws {@link UserError} when the server refuses what every call would ask again.
   * @throws {@link ProviderError} when this call got no reply within its attempts; the run can go on.
   */
  complete(call: GatewayCall): Promise<GatewayReply>
  /** Calls in flight now, by model name. */
  inFlight(): Readonly<Record<string, number>>
}

/** Opens the door to the models. Nothing is loaded or connected before the first call. */
export function createGateway(options: GatewayOptions): Gateway {
  const retry = { ...defaultRetry, ...options.retry }
  const lanes = new Map<string, Lane>()
  for (const model of [...options.models, ...(options.others ?? [])]) {
    if (!lanes.has(model.name)) lanes.set(model.name, openLane(model, options, retry))
  }
  const ensemble = options.models.flatMap((model) => lanes.get(model.name) ?? [])
  const choice = new LaneChoice(ensemble, options.clock, options.notify)
  const oversized = new Set<string>()
  const context: Context = { ...options, policy: retry, lanes, choice, oversized }
  return {
    complete: (call) => complete(context, call),
    inFlight: () => Object.fromEntries([...lanes].map(([name, lane]) => [name, lane.slots.inFlight])),
  }
}

interface Context extends GatewayOptions {
  readonly policy: RetryPolicy
  readonly lanes: ReadonlyMap<string, Lane>
  readonly choice: LaneChoice
  /** Models that were seen to use more than could be reserved. */
  readonly oversized: Set<string>
}

function openLane(model: ModelConfig, options: GatewayOptions, breaker: BreakerPolicy): Lane {
  const open = async () => {
    const factory = options.providers[model.provider]
    if (factory === undefined) throw new UserError(`model ${model.name}: there is no provider ${model.provider} here`)
    return factory(model, { env: options.env, clock: options.clock })
  }
  return new Lane(model, open, breaker, options.clock)
}

async function complete(context: Context, call: GatewayCall): Promise<GatewayReply> {
  const wanted = context.lanes.get(call.model)
  if (wanted === undefined) throw new InvariantError(`no model is called ${call.model}`)
  const tally: Tally = { failures: 0, limited: 0, patienceMs: context.policy.patienceMs }
  for (let attempt = call.attempt; ; attempt++) {
    const sent = await attemptOnce(context, call, attempt, wanted)
    if (sent.ok) return sent.answer
    const wait = judge(context, call, sent, tally, attempt)
    if (wait > 0) await context.clock.sleep(wait, call.signal)
  }
}

type Sent =
  | { readonly ok: true; readonly answer: GatewayReply }
  | { readonly ok: false; readonly error: ProviderError; readonly lane: Lane; readonly probe: boolean }

type Tally = { failures: number; limited: number; patienceMs: number }

async function attemptOnce(context: Context, call: GatewayCall, attempt: number, wanted: Lane): Promise<Sent> {
  const { lane, pass } = await enter(context, call, attempt, wanted)
  try {
    return await send(context, call, attempt, lane, pass)
  } finally {
    lane.leave(pass)
    context.choice.wake()
  }
}

async function enter(context: Context, call: GatewayCall, attempt: number, wanted: Lane) {
  const rng = () => context.rng(`fallback/${call.purpose}/${attempt}`, call.ordinal)
  for (;;) {
    const lane = await context.choice.pick(wanted, rng, call.signal)
    const pass = await lane?.enter(likelyInputTokens(call.prompt) + lane.config.maxTokens, call.signal)
    if (call.signal.aborted) {
      // The signal can abort in the instant in which the place was given.
      if (pass !== undefined) lane?.leave(pass)
      throw new CallCancelled('the call was stopped before it went out')
    }
    if (lane !== undefined && pass !== undefined) return { lane, pass }
  }
}

async function send(context: Context, call: GatewayCall, attempt: number, lane: Lane, pass: Pass): Promise<Sent> {
  const { config } = lane
  const provider = await lane.provider()
  // Drawn by candidate, not by attempt: a retry asks the same question again.
  const temperature = chooseTemperature(config, context.rng(`temperature/${call.purpose}/${config.name}`, call.ordinal))
  const reservation = reserve(lane.price, mostInputTokens(call.prompt), config.maxTokens)
  const callId = context.ledger.open({
    ordinal: call.ordinal,
    attempt,
    provider: config.provider,
    model: config.name,
    purpose: call.purpose,
    question: call.question,
    parameters: parametersOf(config, temperature, call.prompt),
    reservedTokens: reservation.tokens,
    reservedUsd: reservation.usd,
    startedAt: context.clock.now(),
  })
  if (callId === undefined) throw new BudgetExhausted('the budget has no room for the next call')
  // A call that the disk does not know of must not go out.
  await context.ledger.onDisk()
  if (isStopped(call)) {
    const unsent = { message: 'stopped before it went out', usage: undefined, mayBeBilled: false }
    context.ledger.close(callId, settleFailure(unsent, lane.price, reservation, context.clock.now()))
    throw new CallCancelled('the call was stopped before it went out')
  }
  const request = {
    model: config.model,
    prompt: call.prompt,
    temperature,
    maxTokens: config.maxTokens,
    reasoningEffort: config.reasoningEffort,
    deadlines: context.deadlines,
    signal: call.signal,
    call: { ordinal: call.ordinal, purpose: call.purpose, attempt },
  }
  try {
    const reply = await provider.complete(request)
    const ending = settleReply(reply, lane.price, reservation, context.clock.now())
    context.ledger.close(callId, ending)
    await context.ledger.onDisk()
    warnIfOversized(context, lane, ending.chargedTokens, reservation.tokens)
    lane.succeeded(pass, reply.usage === undefined ? pass.takenTokens : ending.chargedTokens)
    context.choice.answered(lane)
    return { ok: true, answer: { reply, callId, model: config.name, temperature, attempt } }
  } catch (thrown) {
    // Only the provider throws these. After anything else the row stays open, and the next start counts it as lost.
    if (!(thrown instanceof ProviderError)) throw thrown
    const ending = settleFailure(thrown, lane.price, reservation, context.clock.now())
    context.ledger.close(callId, ending)
    await context.ledger.onDisk()
    if (!isStopped(call)) lane.failed(pass, ending.chargedTokens, thrown)
    return { ok: false, error: thrown, lane, probe: pass.probe }
  }
}

/** A function, because what was seen before an `await` need not hold after it. */
function isStopped({ signal }: GatewayCall): boolean {
  return signal.aborted
}

function parametersOf(config: ModelConfig, temperature: number | undefined, prompt: Prompt) {
  return {
    id: config.model,
    api: config.provider === 'openai' ? config.api : null,
    temperature: temperature ?? null,
    maxTokens: config.maxTokens,
    reasoningEffort: config.reasoningEffort ?? null,
    template: prompt.template,
  }
}

/** Decides what a failed attempt means: returns the wait before the next one, or throws. */
function judge(
  context: Context,
  call: GatewayCall,
  { error, lane, probe }: Extract<Sent, { ok: false }>,
  tally: Tally,
  attempt: number,
): number {
  if (call.signal.aborted) throw new CallCancelled(`the call was stopped: ${error.message}`)
  if (error.retry === 'never') throw error.giveUp ? error : fatalError(lane.config, error)
  const rng = context.rng(`backoff/${call.purpose}/${attempt}`, call.ordinal)
  if (error.retry === 'rate-limit') {
    const wait = Math.max(error.retryAfterMs ?? 0, backoff(++tally.limited, context.policy, rng))
    tally.patienceMs -= wait
    // Paused also when this call gives up, else the next candidates would run into the same wall at once.
    lane.pause(Math.min(wait, context.policy.patienceMs))
    if (tally.patienceMs < 0) throw error
    return 0
  }
  // A probe speaks for the model, not for this candidate: an outage must not use up its attempts.
  if (!probe && ++tally.failures >= context.policy.attempts) throw error
  if (error.retryAfterMs !== undefined) lane.pause(Math.min(error.retryAfterMs, context.policy.longestCooldownMs))
  return probe ? 0 : backoff(tally.failures, context.policy, rng)
}

function warnIfOversized(context: Context, lane: Lane, used: number, reserved: number): void {
  if (used <= reserved || context.oversized.has(lane.config.name)) return
  context.oversized.add(lane.config.name)
  context.notify(
    `model ${lane.config.name} used ${used} tokens where at most ${reserved} were possible: ` +
      'its server adds hidden text or ignores max_tokens, so the budget can be exceeded by the calls in flight',
  )
}
