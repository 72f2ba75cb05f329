import { expect, it } from 'vitest'
import { providerErrorOf } from '../../src/llm/provider-failure.ts'

const now = Date.parse('2026-11-20T10:00:00Z')

function limited(headers: Record<string, string>) {
  return providerErrorOf(Object.assign(new Error('slow'), { status: 429, headers: new Headers(headers) }), [], now)
}

it.each([
  [{ 'retry-after': '12' }, 12_000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT' }, 0],
  [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '-3' }, undefined],
  [{}, undefined],
])('reads how long to wait from %j', (headers, expected) => {
  expect(limited(headers).retryAfterMs).toBe(expected)
})

it('names the innermost cause of a connection that failed', () => {
  const cause = new TypeError('fetch failed', {
    cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  })
  const error = providerErrorOf(new Error('Connection error.', { cause }), [], now)
  expect(error.message).toBe('Connection error. (read ECONNRESET)')
  expect(error).toMatchObject({ retry: 'transient', mayBeBilled: true })
})

it('reads the first of several failed addresses', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:1'), { code: 'ECONNREFUSED' })
  const error = providerErrorOf(new Error('Connection error.', { cause: new AggregateError([refused], '') }), [], now)
  expect(error).toMatchObject({ mayBeBilled: false })
  expect(error.message).toContain('ECONNREFUSED')
})

it('keeps a page of HTML to one short line', () => {
  const page = `<html>\n<body>${'Bad gateway\n'.repeat(200)}</body>`
  const { message } = providerErrorOf(Object.assign(new Error(page), { status: 502 }), [], now)
  expect(message.length).toBeLessThan(420)
  expect(message).not.toContain('\n')
})

it.each([undefined, null, 'text', 7, {}])('survives that %j was thrown', (thrown) => {
  expect(providerErrorOf(thrown, [], now).retry).toBe('transient')
})

it.each([408, 504, 524])('calls status %i possibly billed: the model may have run on behind the gateway', (status) => {
  expect(providerErrorOf(Object.assign(new Error('late'), { status }), [], now)).toMatchObject({
    retry: 'transient',
    mayBeBilled: true,
  })
})
