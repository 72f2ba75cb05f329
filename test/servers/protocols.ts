/** The protocols the model server speaks. */
export type Protocol = 'chat' | 'responses' | 'anthropic' | 'embeddings'

/** A request, read from whichever protocol it came by. */
export interface ModelRequest {
  readonly protocol: Protocol
  readonly model: string
  readonly system: string
  readonly user: string
  readonly maxTokens: number | undefined
  readonly temperature: number | undefined
  readonly stream: boolean
  /** Counts over all requests, from 1. */
  readonly number: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The whole body. */
  readonly body: Readonly<Record<string, unknown>>
}

/** Tokens of one reply as the server counts them. */
export interface ServerUsage {
  readonly input: number
  readonly output: number
  readonly cached: number
  readonly reasoning: number
}

/** A reply that is about to be sent. */
export interface ServerReply {
  readonly text: string
  readonly thinking: string
  readonly finish: 'stop' | 'length' | 'refusal'
  /** `undefined` when the server tells none. */
  readonly usage: ServerUsage | undefined
}

const paths: Readonly<Record<string, Protocol>> = {
  '/v1/chat/completions': 'chat',
  '/chat/completions': 'chat',
  '/v1/responses': 'responses',
  '/responses': 'responses',
  '/v1/messages': 'anthropic',
  '/v1/embeddings': 'embeddings',
  '/embeddings': 'embeddings',
}

/** Which protocol a path belongs to. */
export function protocolOf(path: string): Protocol | undefined {
  return paths[path.split('?')[0] ?? '']
}

/** Reads a request's body. */
export function readRequest(
  protocol: Protocol,
  body: Readonly<Record<string, unknown>>,
  headers: ModelRequest['headers'],
  number: number,
): ModelRequest {
  const messages = (body['messages'] ?? []) as { role: string; content: unknown }[]
  const byRole = (role: string) => textOf(messages.find((message) => message.role === role)?.content)
  const limit = body['max_completion_tokens'] ?? body['max_tokens'] ?? body['max_output_tokens']
  return {
    protocol,
    model: String(body['model']),
    system: protocol === 'chat' ? byRole('system') : textOf(body[protocol === 'anthropic' ? 'system' : 'instructions']),
    user: protocol === 'responses' || protocol === 'embeddings' ? textOf(body['input']) : byRole('user'),
    maxTokens: typeof limit === 'number' ? limit : undefined,
    temperature: typeof body['temperature'] === 'number' ? body['temperature'] : undefined,
    stream: body['stream'] === true,
    number,
    headers,
    body,
  }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part: { text?: string }) => part.text ?? '').join('')
}

/** The events of a streamed reply, in order: each is one `data:` line, named where the protocol names them. */
export function eventsOf(request: ModelRequest, reply: ServerReply): readonly string[] {
  if (request.protocol === 'chat') return chatEvents(request, reply)
  return request.protocol === 'responses' ? responsesEvents(request, reply) : messageEvents(request, reply)
}

/** The body of a reply in one piece. */
export function wholeOf(request: ModelRequest, reply: ServerReply): unknown {
  if (request.protocol === 'embeddings') return embeddingsBody(request, reply)
  if (request.protocol === 'chat') {
    const message = reply.finish === 'refusal' ? { content: null, refusal: reply.text } : { content: reply.text }
    const choice = { index: 0, message: { role: 'assistant', ...message }, finish_reason: chatFinish(reply) }
    return { ...chatHead(request), object: 'chat.completion', choices: [choice], ...chatUsage(reply) }
  }
  return request.protocol === 'responses' ? response(request, reply) : message(request, reply)
}

/** The text of the reply is the vector as JSON: a list of numbers, or a text for servers that answer in base64. */
function embeddingsBody(request: ModelRequest, { text, usage }: ServerReply) {
  const data = [{ object: 'embedding', index: 0, embedding: JSON.parse(text) as unknown }]
  const told = usage === undefined ? {} : { usage: { prompt_tokens: usage.input, total_tokens: usage.input } }
  return { object: 'list', model: request.model, data, ...told }
}

/** An error's body as the vendor writes it. */
export function errorBody(protocol: Protocol, type: string, text: string): unknown {
  return protocol === 'anthropic'
    ? { type: 'error', error: { type, message: text } }
    : { error: { message: text, type, code: type, param: null } }
}

function pieces(text: string): readonly string[] {
  const size = Math.max(4, Math.ceil(text.length / 200))
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  )
}

function named(event: { type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

function chatHead(request: ModelRequest) {
  return { id: `chat-${request.number}`, created: 1, model: request.model }
}

function chatFinish(reply: ServerReply): string {
  return reply.finish === 'refusal' ? 'stop' : reply.finish
}

function chatUsage({ usage }: ServerReply) {
  if (usage === undefined) return {}
  return {
    usage: {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cached },
      completion_tokens_details: { reasoning_tokens: usage.reasoning },
    },
  }
}

function chatEvents(request: ModelRequest, reply: ServerReply): readonly string[] {
  const head = { ...chatHead(request), object: 'chat.completion.chunk' }
  const chunk = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
  const name = reply.finish === 'refusal' ? 'refusal' : 'content'
  return [
    chunk({ role: 'assistant', content: '' }),
    ...pieces(reply.thinking).map((text) => chunk({ reasoning_content: text })),
    ...pieces(reply.text).map((text) => chunk({ [name]: text })),
    chunk({}, chatFinish(reply)),
    ...(reply.usage === undefined
      ? []
      : [`data: ${JSON.stringify({ ...head, choices: [], ...chatUsage(reply) })}\n\n`]),
    'data: [DONE]\n\n',
  ]
}

function response(request: ModelRequest, reply: ServerReply) {
  const content =
    reply.finish === 'refusal' ? { type: 'refusal', refusal: reply.text } : { type: 'output_text', text: reply.text }
  const { usage } = reply
  return {
    id: `resp-${request.number}`,
    object: 'response',
    model: request.model,
    status: reply.finish === 'length' ? 'incomplete' : 'completed',
    incomplete_details: reply.finish === 'length' ? { reason: 'max_output_tokens' } : null,
    error: null,
    output: [{ type: 'message', id: 'm', role: 'assistant', status: 'completed', content: [content] }],
    ...(usage === undefined
      ? {}
      : {
          usage: {
            input_tokens: usage.input,
            output_tokens: usage.output,
            total_tokens: usage.input + usage.output,
            input_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: 0 },
            output_tokens_details: { reasoning_tokens: usage.reasoning },
          },
        }),
  }
}

function responsesEvents(request: ModelRequest, reply: ServerReply): readonly string[] {
  const whole = response(request, reply)
  const started = { id: whole.id, object: 'response', model: request.model, status: 'in_progress', output: [] }
  const kind = reply.finish === 'refusal' ? 'response.refusal.delta' : 'response.output_text.delta'
  const place = { item_id: 'm', output_index: 0, content_index: 0 }
  return [
    named({ type: 'response.created', ...{ response: started } }),
    ...pieces(reply.thinking).map((delta) => named({ type: 'response.reasoning_text.delta', ...place, ...{ delta } })),
    ...pieces(reply.text).map((delta) => named({ type: kind, ...place, ...{ delta } })),
    named({
      type: reply.finish === 'length' ? 'response.incomplete' : 'response.completed',
      ...{ response: whole },
    }),
  ]
}

function messageUsage({ usage }: ServerReply) {
  if (usage === undefined) return {}
  return {
    usage: {
      // Anthropic counts what the cache served apart.
      input_tokens: usage.input - usage.cached,
      cache_read_input_tokens: usage.cached,
      cache_creation_input_tokens: 0,
      output_tokens: usage.output,
      output_tokens_details: { thinking_tokens: usage.reasoning },
    },
  }
}

const stopReasons = { stop: 'end_turn', length: 'max_tokens', refusal: 'refusal' }

function message(request: ModelRequest, reply: ServerReply) {
  return {
    id: `msg-${request.number}`,
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: [{ type: 'text', text: reply.text }],
    stop_reason: stopReasons[reply.finish],
    stop_sequence: null,
    ...messageUsage(reply),
  }
}

function messageEvents(request: ModelRequest, reply: ServerReply): readonly string[] {
  const whole = message(request, reply)
  const opening = messageUsage(reply)
  const started = {
    ...whole,
    content: [],
    stop_reason: null,
    ...(opening.usage === undefined ? {} : { usage: { ...opening.usage, output_tokens: 1 } }),
  }
  const delta = (index: number, content: object) => named({ type: 'content_block_delta', ...{ index, delta: content } })
  const thinking = pieces(reply.thinking).map((text) => delta(0, { type: 'thinking_delta', thinking: text }))
  return [
    named({ type: 'message_start', ...{ message: started } }),
    named({ type: 'ping' }),
    ...(thinking.length === 0
      ? []
      : [named({ type: 'content_block_start', ...{ index: 0, content_block: { type: 'thinking', thinking: '' } } })]),
    ...thinking,
    ...(thinking.length === 0 ? [] : [named({ type: 'content_block_stop', ...{ index: 0 } })]),
    named({ type: 'content_block_start', ...{ index: 1, content_block: { type: 'text', text: '' } } }),
    ...pieces(reply.text).map((text) => delta(1, { type: 'text_delta', text })),
    named({ type: 'content_block_stop', ...{ index: 1 } }),
    named({
      type: 'message_delta',
      ...{
        delta: { stop_reason: stopReasons[reply.finish], stop_sequence: null },
        ...(reply.usage === undefined
          ? {}
          : {
              usage: {
                output_tokens: reply.usage.output,
                input_tokens: null,
                output_tokens_details: { thinking_tokens: reply.usage.reasoning },
              },
            }),
      },
    }),
    named({ type: 'message_stop' }),
  ]
}
