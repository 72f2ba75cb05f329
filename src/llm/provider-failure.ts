import { messageOf } from '../core/errors.ts'
import { ProviderError } from './provider.ts'
import type { ProviderErrorDetail } from './provider.ts'
import { withoutKeys } from './secrets.ts'

/** The slice of the vendors' error classes that is read; both have it. */
interface SdkFailure {
  readonly status?: unknown
  readonly headers?: unknown
  readonly error?: unknown
  readonly code?: unknown
  readonly type?: unknown
}

/**
 * Says what an error thrown around a call means for the next one.
 *
 * | what came | retry | may be billed |
 * |---|---|---|
 * | 400 401 402 403 404 422, account out of credit | never | no |
 * | 400 for a prompt that is too long or was flagged, 413 | never, only this call | no |
 * | 429 | rate-limit | no |
 * | 409 | transient | no |
 * | 500 502 503 529 and other 5xx | transient | no: an error page instead of a stream |
 * | 408 504 524 | transient | yes: a gateway gave up while the model may have run on |
 * | connection refused, unknown host, bad certificate | transient | no: nothing was sent |
 * | reset, cut stream, unreadable reply, an error inside the stream | transient or as the stream says | yes |
 *
 * The original error is not kept as `cause`, since it may quote the key.
 *
 * @param keys - Secrets to take out of the message.
 * @param now - Milliseconds since the Unix epoch, to read dates in `retry-after`.
 */
export function providerErrorOf(error: unknown, keys: readonly string[], now: number): ProviderError {
  if (error instanceof ProviderError) return error
  const failure: SdkFailure = typeof error === 'object' && error !== null ? error : {}
  const status = typeof failure.status === 'number' ? failure.status : undefined
  const text = shorten(withoutKeys(explanation(error, failure), keys))
  const hints = [
    failure.code,
    failure.type,
    field(failure.error, 'code'),
    field(failure.error, 'type'),
    innerType(failure),
  ]
  const words = `${hints.filter((hint) => typeof hint === 'string').join(' ')} ${text}`.toLowerCase()
  const headers = failure.headers instanceof Headers ? failure.headers : undefined
  const detail = status === undefined ? withoutStatus(error, words) : withStatus(status, words)
  const message = status === undefined ? text : `${status} ${text}`
  const retryAfterMs = detail.retry === 'never' || headers === undefined ? undefined : retryAfter(headers, now)
  return new ProviderError(message, { ...detail, status, retryAfterMs })
}

function withStatus(status: number, words: string): ProviderErrorDetail {
  if (outOfCredit(words)) return { retry: 'never', mayBeBilled: false }
  if (status === 429) return { retry: 'rate-limit', mayBeBilled: false }
  if (status === 413 || ((status === 400 || status === 422) && onlyThisPrompt(words))) {
    return { retry: 'never', giveUp: true, mayBeBilled: false }
  }
  if (status === 408 || status === 504 || status === 524) return { retry: 'transient' }
  if (status === 409 || status >= 500) return { retry: 'transient', mayBeBilled: false }
  return { retry: 'never', mayBeBilled: false }
}

function withoutStatus(error: unknown, words: string): ProviderErrorDetail {
  if (neverSent(error)) return { retry: 'transient', mayBeBilled: false }
  if (outOfCredit(words)) return { retry: 'never' }
  if (words.includes('rate_limit')) return { retry: 'rate-limit' }
  if (words.includes('invalid_request') || onlyThisPrompt(words)) return { retry: 'never', giveUp: true }
  return { retry: 'transient' }
}

function outOfCredit(words: string): boolean {
  return /insufficient_quota|billing_error|billing_hard_limit|credit balance is too low/.test(words)
}

function onlyThisPrompt(words: string): boolean {
  return /context_length_exceeded|prompt is too long|maximum context length|context window|content_filter|content_policy|invalid_prompt|request_too_large/.test(
    words,
  )
}

const unsentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function neverSent(error: unknown): boolean {
  const codes = chain(error).map((link) => field(link, 'code'))
  return codes.some((code) => typeof code === 'string' && (unsentCodes.has(code) || /CERT|^ERR_(TLS|SSL)/.test(code)))
}

/** The innermost sentence that says something: "connect ECONNREFUSED ..." rather than "Connection error." */
function explanation(error: unknown, failure: SdkFailure): string {
  const body = field(field(failure.error, 'error'), 'message') ?? field(failure.error, 'message')
  if (typeof body === 'string' && body !== '') return body
  const [outer, ...causes] = chain(error).flatMap((link) => {
    const message = messageOf(link)
    const code = field(link, 'code')
    const text = message === '' && typeof code === 'string' ? code : message
    return text === '' ? [] : [text]
  })
  const inner = causes.at(-1)
  const first = (outer ?? 'unknown error').replace(/^\d{3} /, '')
  return inner === undefined || inner === first ? first : `${first} (${inner})`
}

function chain(error: unknown): readonly unknown[] {
  const links: unknown[] = []
  for (let link = error; link !== undefined && link !== null && links.length < 8; link = field(link, 'cause')) {
    links.push(link)
    const [first] = link instanceof AggregateError ? (link.errors as unknown[]) : []
    if (first !== undefined) links.push(first)
  }
  return links
}

function innerType(failure: SdkFailure): unknown {
  return field(field(failure.error, 'error'), 'type')
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= 400 ? line : `${line.slice(0, 400)} ...`
}

/** `retry-after-ms`, `retry-after` in seconds or as an HTTP date; anything unreadable counts as absent. */
function retryAfter(headers: Headers, now: number): number | undefined {
  const exact = Number(headers.get('retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(exact) && exact >= 0) return exact
  const value = headers.get('retry-after')
  if (value === null || value.trim() === '') return undefined
  const inSeconds = Number(value)
  if (Number.isFinite(inSeconds)) return inSeconds >= 0 ? inSeconds * 1000 : undefined
  const date = Date.parse(value)
  return Number.isFinite(date) ? Math.max(0, date - now) : undefined
}
