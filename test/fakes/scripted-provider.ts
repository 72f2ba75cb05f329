import type { Clock } from '../../src/core/clock.ts'
import { underDeadlines } from '../../src/llm/deadlines.ts'
import type { LlmProvider, LlmReply, LlmRequest } from '../../src/llm/provider.ts'

/** What a scripted provider does with a request: the reply, or a throw. It may take its time on `clock`. */
export type ProviderScript = (
  request: LlmRequest,
  progress: () => void,
  signal: AbortSignal,
) => LlmReply | Promise<LlmReply>

/** A provider without a network that keeps the deadlines of the seam. `requests` lists what it was asked, in order. */
export function scriptedProvider(
  script: ProviderScript,
  clock: Clock,
): LlmProvider & { readonly requests: readonly LlmRequest[] } {
  const requests: LlmRequest[] = []
  return {
    name: 'scripted',
    requests,
    complete: (request) =>
      underDeadlines(request, clock, async (watch) => {
        requests.push(request)
        return script(request, () => watch.progress(), watch.signal)
      }),
  }
}

/** A plain reply with usage. */
export function reply(text: string, usage = { input: 10, output: 5 }): LlmReply {
  return { text, finish: 'stop', model: 'scripted', usage: { ...usage, cached: undefined, reasoning: undefined } }
}
