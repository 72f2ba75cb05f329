import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { editingReply } from './editing-reply.ts'
import { errorBody, eventsOf, protocolOf, readRequest, wholeOf } from './protocols.ts'
import type { ModelRequest, ServerReply, ServerUsage } from './protocols.ts'

/** What the server does with a request. Times in milliseconds. */
export type ServerAction =
  | {
      readonly kind: 'reply'
      readonly text: string
      readonly thinking?: string
      readonly finish?: 'stop' | 'length' | 'refusal'
      /** Wait before the first byte. */
      readonly delayMs?: number
      /** Wait between two events. */
      readonly betweenMs?: number
      /** Answers in one piece although a stream was asked for. */
      readonly whole?: boolean
      /** Tells no usage. */
      readonly silent?: boolean
      readonly cached?: number
      readonly reasoning?: number
    }
  | {
      readonly kind: 'status'
      readonly status: number
      readonly type?: string
      readonly message?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Closes the socket hard before a byte is sent. */
  | { readonly kind: 'reset' }
  /** Sends half of the stream and closes the socket hard, or ends the response politely. */
  | { readonly kind: 'cut'; readonly text: string; readonly politely?: boolean }
  /** Sends nothing at all, or half of the stream and then nothing. */
  | { readonly kind: 'stall'; readonly within?: string }
  /** Answers with something that is no JSON, as an event of a stream or as a whole body. */
  | { readonly kind: 'malformed'; readonly whole?: boolean }
  /** Answers with an error inside a stream that began well. */
  | { readonly kind: 'stream-error'; readonly type: string; readonly message: string }

/** Decides what happens to a request. */
export type ServerScript = (request: ModelRequest) => ServerAction | Promise<ServerAction>

/** What the server has counted itself, for comparison with a ledger. */
export interface ServerCount {
  readonly requests: number
  /** Replies sent to their end, with usage told. */
  readonly settled: { readonly calls: number; readonly input: number; readonly output: number }
  /** Work done for replies that never arrived whole, or without telling usage. */
  readonly unsettled: { readonly calls: number; readonly input: number; readonly output: number }
}

/** A reply as the server has it in its books. */
export interface ServedReply {
  /** The {@link ModelRequest.number} of its request. */
  readonly number: number
  readonly usage: ServerUsage
  /** Sent to its end with its usage told; else cut, or without usage. */
  readonly settled: boolean
}

/** A running server. */
export interface ModelServer {
  /** Without a path, as Anthropic's library wants it. */
  readonly origin: string
  /** With `/v1`, as OpenAI's library wants it. */
  readonly baseUrl: string
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly ModelRequest[]
  /** Every reply that was begun and is over, call by call; {@link count} sums them. */
  readonly served: readonly ServedReply[]
  /** Connections whose request is being answered now. */
  inFlight(): number
  /** The most requests that were answered at the same time. */
  mostInFlight(): number
  count(): ServerCount
  close(): Promise<void>
}

interface Tally {
  requests: ModelRequest[]
  served: ServedReply[]
  inFlight: number
  most: number
}

/**
 * Starts a server on the loopback that speaks OpenAI chat completions, responses and embeddings, and Anthropic messages.
 *
 * @param script - Decides every answer; defaults to editing replies without faults.
 * @param port - 0 takes a free one.
 */
export async function startModelServer(script: ServerScript = editing, port = 0): Promise<ModelServer> {
  const tally: Tally = { requests: [], served: [], inFlight: 0, most: 0 }
  const server = createServer((incoming, outgoing) => {
    tally.inFlight++
    tally.most = Math.max(tally.most, tally.inFlight)
    outgoing.on('close', () => tally.inFlight--)
    answer(incoming, outgoing, script, tally).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    baseUrl: `${origin}/v1`,
    requests: tally.requests,
    served: tally.served,
    inFlight: () => tally.inFlight,
    mostInFlight: () => tally.most,
    count: () => ({
      requests: tally.requests.length,
      settled: summed(tally.served.filter(({ settled }) => settled)),
      unsettled: summed(tally.served.filter(({ settled }) => !settled)),
    }),
    close: () => closed(server),
  }
}

/** Answers every prompt of the `diff` operator with an edit, see {@link editingReply}. */
export const editing: ServerScript = (request) => ({
  kind: 'reply',
  text: editingReply(request.user, request.number),
})

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, script: ServerScript, tally: Tally) {
  const protocol = protocolOf(incoming.url ?? '')
  const body = await bodyOf(incoming)
  if (protocol === undefined || incoming.method !== 'POST') {
    outgoing.writeHead(404, { 'content-type': 'application/json' })
    outgoing.end(JSON.stringify({ error: { message: `no such address: ${incoming.url ?? ''}`, type: 'not_found' } }))
    return
  }
  const request = readRequest(protocol, body, incoming.headers, tally.requests.length + 1)
  tally.requests.push(request)
  await act(await script(request), request, outgoing, tally)
}

async function act(action: ServerAction, request: ModelRequest, outgoing: ServerResponse, tally: Tally): Promise<void> {
  switch (action.kind) {
    case 'reply':
      await sleep(action.delayMs ?? 0)
      await sendReply(action, request, outgoing, tally)
      return
    case 'status':
      outgoing.writeHead(action.status, { 'content-type': 'application/json', ...action.headers })
      outgoing.end(
        JSON.stringify(
          errorBody(request.protocol, action.type ?? 'error', action.message ?? `status ${action.status}`),
        ),
      )
      return
    case 'reset':
      outgoing.socket?.resetAndDestroy()
      return
    case 'cut':
      await sendPart(action.text, request, outgoing, tally)
      if (action.politely === true) outgoing.end()
      else outgoing.socket?.resetAndDestroy()
      return
    case 'stall':
      if (action.within !== undefined) await sendPart(action.within, request, outgoing, tally)
      // Until the caller has had enough.
      await new Promise((resolve) => outgoing.on('close', resolve))
      return
    case 'malformed':
      outgoing.writeHead(200, { 'content-type': action.whole === true ? 'application/json' : 'text/event-stream' })
      outgoing.end(action.whole === true ? '{"choices": [' : 'data: {"choices": [\n\ndata: [DONE]\n\n')
      return
    case 'stream-error': {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
      const error = errorBody(request.protocol, action.type, action.message) as object
      const plain = { type: 'error', code: action.type, message: action.message }
      const event = request.protocol === 'responses' ? plain : error
      outgoing.end(`${request.protocol === 'chat' ? '' : 'event: error\n'}data: ${JSON.stringify(event)}\n\n`)
    }
  }
}

async function sendReply(
  action: Extract<ServerAction, { kind: 'reply' }>,
  request: ModelRequest,
  outgoing: ServerResponse,
  tally: Tally,
): Promise<void> {
  const usage = usageOf(request, action)
  const told = action.silent === true ? undefined : usage
  const reply = {
    text: action.text,
    thinking: action.thinking ?? '',
    finish: action.finish ?? 'stop',
    usage: told,
  } as const
  let whole = false
  // What was generated is counted even when the caller does not wait for it.
  const { number } = request
  outgoing.once('close', () => tally.served.push({ number, usage, settled: whole && told !== undefined }))
  outgoing.once('finish', () => (whole = true))
  if (action.whole === true || !request.stream) {
    outgoing.writeHead(200, { 'content-type': 'application/json' })
    outgoing.end(JSON.stringify(wholeOf(request, reply)))
    return
  }
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of eventsOf(request, reply)) {
    if (outgoing.destroyed) return
    if (!outgoing.write(event)) await drained(outgoing)
    if (action.betweenMs !== undefined) await sleep(action.betweenMs)
  }
  outgoing.end()
}

/** Sends the first half of a reply's events. */
async function sendPart(text: string, request: ModelRequest, outgoing: ServerResponse, tally: Tally): Promise<void> {
  const usage = usageOf(request, { text })
  const reply: ServerReply = { text, thinking: '', finish: 'stop', usage }
  const events = eventsOf(request, reply)
  outgoing.once('close', () => tally.served.push({ number: request.number, usage, settled: false }))
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
  outgoing.write(events.slice(0, Math.ceil(events.length / 2)).join(''))
  // Lets the half reach the other side before the socket goes.
  await sleep(20)
}

function usageOf(
  request: ModelRequest,
  action: { text: string; thinking?: string; cached?: number; reasoning?: number },
): ServerUsage {
  const tokens = (text: string) => Math.ceil(Buffer.byteLength(text) / 4)
  const reasoning = action.reasoning ?? tokens(action.thinking ?? '')
  const input = tokens(request.system) + tokens(request.user) + 8
  return {
    input,
    output:
      request.protocol === 'embeddings' ? 0 : Math.min(tokens(action.text) + reasoning, request.maxTokens ?? Infinity),
    cached: Math.min(action.cached ?? 0, input),
    reasoning,
  }
}

function summed(replies: readonly ServedReply[]): { calls: number; input: number; output: number } {
  return {
    calls: replies.length,
    input: replies.reduce((sum, { usage }) => sum + usage.input, 0),
    output: replies.reduce((sum, { usage }) => sum + usage.output, 0),
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>
}

async function drained(outgoing: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      outgoing.off('drain', done)
      outgoing.off('close', done)
      resolve()
    }
    outgoing.on('drain', done)
    outgoing.on('close', done)
  })
}

async function sleep(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
}

if (import.meta.main) {
  const at = process.argv.indexOf('--port')
  const server = await startModelServer(editing, at === -1 ? 0 : Number(process.argv[at + 1]))
  console.log(`models answer at ${server.baseUrl} (OpenAI) and ${server.origin} (Anthropic)`)
}
