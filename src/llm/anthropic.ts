import Anthropic from '@anthropic-ai/sdk'
import { Stream } from '@anthropic-ai/sdk/streaming'
import type { ModelConfig } from '../config/problem.ts'
import { UserError } from '../core/errors.ts'
import { readMessage, readMessageWhole } from './anthropic-messages.ts'
import { thinkingFor } from './anthropic-thinking.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { underDeadlines } from './deadlines.ts'
import type { CallWatch } from './deadlines.ts'
import { providerErrorOf } from './provider-failure.ts'
import type { ProviderContext } from './provider-factory.ts'
import { ReplyStream } from './reply-stream.ts'
import type { LlmProvider, LlmRequest } from './provider.ts'

/**
 * Opens a model behind Anthropic's Messages API.
 *
 * The key is the model's own, else `ANTHROPIC_API_KEY`; the address is the model's own, else `ANTHROPIC_BASE_URL`, else
 * the vendor's. The system text goes first and is marked for the prompt cache, so it is read from there while it stays
 * the same from call to call.
 *
 * Replies are streamed; the library's own retries and logs are off.
 *
 * @throws {@link UserError} when there is no key and no other server is named.
 */
export function openAnthropic(model: ModelConfig, context: ProviderContext): LlmProvider {
  const baseURL = model.baseUrl ?? nonEmpty(context.env['ANTHROPIC_BASE_URL'])
  const key = nonEmpty(model.apiKey) ?? nonEmpty(context.env['ANTHROPIC_API_KEY'])
  if (key === undefined && baseURL === undefined) {
    throw new UserError(
      `model ${model.name} needs a key: set ANTHROPIC_API_KEY, or api_key in its entry under llm.models`,
    )
  }
  const client = new Anthropic({
    apiKey: key ?? 'none',
    // Otherwise the library would look for a second credential in the environment.
    authToken: null,
    baseURL: baseURL ?? 'https://api.anthropic.com',
    maxRetries: 0,
    timeout: 24 * 3600_000,
    logLevel: 'off',
    fetch: boundedFetch,
  })
  const keys = key === undefined ? [] : [key]
  return {
    name: 'anthropic',
    complete: async (request) => {
      const stream = new ReplyStream(request.model)
      try {
        await underDeadlines(request, context.clock, (watch) => receive(client, request, stream, watch))
        return stream.reply()
      } catch (error) {
        // A reply that is whole but for its end event is kept: it is paid for.
        if (stream.isComplete) return stream.reply()
        throw providerErrorOf(error, keys, context.clock.now())
      }
    },
  }
}

async function receive(client: Anthropic, request: LlmRequest, into: ReplyStream, watch: CallWatch): Promise<void> {
  const { system, user } = request.prompt
  const response = await client.messages
    .create(
      {
        model: request.model,
        stream: true,
        max_tokens: request.maxTokens,
        ...(system === '' ? {} : { system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }] }),
        messages: [{ role: 'user', content: user }],
        ...sampling(request.temperature),
        ...thinkingFor(request.model, request.reasoningEffort, request.maxTokens),
      },
      { signal: watch.signal },
    )
    .asResponse()
  if ((response.headers.get('content-type') ?? '').includes('application/json')) {
    readMessageWhole(await response.json(), into)
    return
  }
  const controller = new AbortController()
  watch.signal.addEventListener('abort', () => controller.abort(), { once: true })
  await readMessage(Stream.fromSSEResponse(response, controller, client), into, watch)
}

/** Models from Opus 4.7 on refuse any temperature but 1; the refusal reaches the user, who may have asked for it. */
function sampling(temperature: number | undefined): { temperature?: number } {
  return temperature === undefined ? {} : { temperature }
}

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed === '' ? undefined : trimmed
}
