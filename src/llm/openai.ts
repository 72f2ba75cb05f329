import OpenAI from 'openai'
import { Stream } from 'openai/streaming'
import type { ModelConfig } from '../config/problem.ts'
import { UserError } from '../core/errors.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { underDeadlines } from './deadlines.ts'
import type { CallWatch } from './deadlines.ts'
import { readEmbedding } from './openai-embeddings.ts'
import { readChat, readChatWhole } from './openai-chat.ts'
import { readResponses, readResponsesWhole } from './openai-responses.ts'
import { providerErrorOf } from './provider-failure.ts'
import type { ProviderContext } from './provider-factory.ts'
import { ReplyStream } from './reply-stream.ts'
import type { EmbedReply, EmbedRequest, LlmProvider, LlmReply, LlmRequest } from './provider.ts'

const vendor = 'https://api.openai.com/v1'

/**
 * Opens a model behind OpenAI's protocols: chat completions of any compatible server, or the Responses API.
 *
 * The key is the model's own, else `OPENAI_API_KEY`; the address is the model's own, else `OPENAI_BASE_URL`, else the
 * vendor's. Servers other than the vendor's get by without a key.
 *
 * Replies are streamed, so that each deadline can abort the request; a server that answers in one piece works too. The
 * library's own retries and logs are off.
 *
 * @throws {@link UserError} when the vendor's own server is meant and there is no key.
 */
export function openOpenAi(model: ModelConfig, context: ProviderContext): LlmProvider {
  const baseURL = model.baseUrl ?? nonEmpty(context.env['OPENAI_BASE_URL']) ?? vendor
  const key = nonEmpty(model.apiKey) ?? nonEmpty(context.env['OPENAI_API_KEY'])
  if (key === undefined && isVendor(baseURL)) {
    throw new UserError(`model ${model.name} needs a key: set OPENAI_API_KEY, or api_key in its entry under llm`)
  }
  const client = new OpenAI({
    // The library insists on a key; local servers ignore it.
    apiKey: key ?? 'none',
    baseURL,
    organization: nonEmpty(context.env['OPENAI_ORG_ID']) ?? null,
    project: nonEmpty(context.env['OPENAI_PROJECT_ID']) ?? null,
    maxRetries: 0,
    timeout: 24 * 3600_000,
    logLevel: 'off',
    fetch: boundedFetch,
  })
  const keys = key === undefined ? [] : [key]
  return {
    name: 'openai',
    complete: async (request) => {
      const stream = new ReplyStream(request.model)
      try {
        await underDeadlines(request, context.clock, (watch) =>
          model.api === 'responses'
            ? receiveResponses(client, request, stream, watch)
            : receiveChat(client, request, stream, watch, isVendor(baseURL)),
        )
        return stream.reply()
      } catch (error) {
        return keptReply(stream) ?? rethrow(error, keys, context)
      }
    },
    embed: async (request) => {
      try {
        return await underDeadlines(request, context.clock, (watch) => receiveEmbedding(client, request, watch))
      } catch (error) {
        return rethrow(error, keys, context)
      }
    },
  }
}

async function receiveEmbedding(client: OpenAI, { model, text }: EmbedRequest, watch: CallWatch): Promise<EmbedReply> {
  const response = await client.embeddings
    .create({ model, input: text, encoding_format: 'float' }, { signal: watch.signal })
    .asResponse()
  watch.progress()
  return readEmbedding(await response.json(), model)
}

/** A reply that is whole but for its usage is kept: it is paid for. */
function keptReply(stream: ReplyStream): LlmReply | undefined {
  return stream.isComplete ? stream.reply() : undefined
}

function rethrow(error: unknown, keys: readonly string[], context: ProviderContext): never {
  throw providerErrorOf(error, keys, context.clock.now())
}

async function receiveChat(
  client: OpenAI,
  request: LlmRequest,
  into: ReplyStream,
  watch: CallWatch,
  vendorApi: boolean,
) {
  const response = await client.chat.completions
    .create(
      {
        model: request.model,
        stream: true,
        stream_options: { include_usage: true },
        messages: [
          ...(request.prompt.system === '' ? [] : [{ role: 'system' as const, content: request.prompt.system }]),
          { role: 'user', content: request.prompt.user },
        ],
        ...tokenLimit(request.maxTokens, vendorApi),
        ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
        ...(request.reasoningEffort === undefined ? {} : { reasoning_effort: request.reasoningEffort }),
      },
      { signal: watch.signal },
    )
    .asResponse()
  if (isWhole(response)) readChatWhole(await response.json(), into)
  else await readChat(Stream.fromSSEResponse(response, linked(watch.signal), client), into, watch)
}

/** The vendor's reasoning models refuse the old name; most compatible servers know only the old one. */
function tokenLimit(maxTokens: number, vendorApi: boolean): { max_completion_tokens: number } | { max_tokens: number } {
  return vendorApi ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens }
}

async function receiveResponses(client: OpenAI, request: LlmRequest, into: ReplyStream, watch: CallWatch) {
  const response = await client.responses
    .create(
      {
        model: request.model,
        stream: true,
        store: false,
        ...(request.prompt.system === '' ? {} : { instructions: request.prompt.system }),
        input: request.prompt.user,
        max_output_tokens: request.maxTokens,
        ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
        ...(request.reasoningEffort === undefined ? {} : { reasoning: { effort: request.reasoningEffort } }),
      },
      { signal: watch.signal },
    )
    .asResponse()
  if (isWhole(response)) readResponsesWhole(await response.json(), into)
  else await readResponses(Stream.fromSSEResponse(response, linked(watch.signal), client), into, watch)
}

/** Whether the server ignored the wish for a stream. */
function isWhole(response: Response): boolean {
  return (response.headers.get('content-type') ?? '').includes('application/json')
}

function linked(signal: AbortSignal): AbortController {
  const controller = new AbortController()
  signal.addEventListener('abort', () => controller.abort(), { once: true })
  return controller
}

function isVendor(baseURL: string): boolean {
  const host = URL.canParse(baseURL) ? new URL(baseURL).hostname : ''
  return ['openai.com', 'openai.azure.com'].some((known) => host === known || host.endsWith(`.${known}`))
}

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed === '' ? undefined : trimmed
}
