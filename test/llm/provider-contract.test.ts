import { systemClock } from '../../src/core/system-clock.ts'
import { reply, scriptedProvider } from '../fakes/scripted-provider.ts'
import { providerContract } from '../contracts/provider.ts'
import type { Behaviour } from '../contracts/provider.ts'
import { openAnthropic } from '../../src/llm/anthropic.ts'
import { openOpenAi } from '../../src/llm/openai.ts'
import { ProviderError } from '../../src/llm/provider.ts'
import type { LlmReply } from '../../src/llm/provider.ts'
import { providerErrorOf } from '../../src/llm/provider-failure.ts'
import { startModelServer } from '../servers/model-server.ts'
import type { ServerAction } from '../servers/model-server.ts'
import { model } from './models.ts'

const context = { env: {}, clock: systemClock }

function action(behaviour: Behaviour): ServerAction {
  switch (behaviour.kind) {
    case 'reply':
      return { kind: 'reply', text: behaviour.text, finish: behaviour.finish ?? 'stop' }
    case 'silent-usage':
      return { kind: 'reply', text: behaviour.text, silent: true }
    case 'vector':
      return { kind: 'reply', text: JSON.stringify(behaviour.numbers), silent: behaviour.silent ?? false }
    case 'status': {
      const seconds = behaviour.retryAfterSeconds
      return {
        kind: 'status',
        status: behaviour.status,
        ...(seconds === undefined ? {} : { headers: { 'retry-after': String(seconds) } }),
      }
    }
    case 'cut':
      return { kind: 'cut', text: 'half of a longer reply' }
    case 'empty':
      return { kind: 'reply', text: '' }
    case 'stall-within':
      return { kind: 'stall', within: 'half of a reply that is long enough to be sent in several pieces' }
    case 'endless':
      return { kind: 'reply', text: 'word '.repeat(2000), betweenMs: 20 }
    case 'stall':
    case 'reset':
    case 'malformed':
      return { kind: behaviour.kind }
  }
}

for (const api of ['chat', 'responses'] as const) {
  providerContract(`openai ${api}`, true, async (behaviour) => {
    const server = await startModelServer(() => action(behaviour))
    const provider = openOpenAi(model({ api, baseUrl: server.baseUrl }), context)
    return { provider, close: () => server.close() }
  })
}

providerContract('anthropic', false, async (behaviour) => {
  const server = await startModelServer(() => action(behaviour))
  const provider = openAnthropic(model({ provider: 'anthropic', baseUrl: server.origin }), context)
  return { provider, close: () => server.close() }
})

providerContract('scripted', false, (behaviour) => {
  const provider = scriptedProvider((_, progress, signal) => played(behaviour, progress, signal), systemClock)
  return Promise.resolve({ provider, close: () => Promise.resolve() })
})

/** The same behaviours without a network, as a script of the fake. */
async function played(behaviour: Behaviour, progress: () => void, signal: AbortSignal): Promise<LlmReply> {
  switch (behaviour.kind) {
    case 'reply':
      return { ...reply(behaviour.text), finish: behaviour.finish ?? 'stop' }
    case 'silent-usage':
      return { ...reply(behaviour.text), usage: undefined }
    case 'vector':
      throw new Error('it has no embeddings')
    case 'status': {
      const seconds = behaviour.retryAfterSeconds
      const headers = new Headers(seconds === undefined ? {} : { 'retry-after': String(seconds) })
      throw providerErrorOf(Object.assign(new Error('refused'), { status: behaviour.status, headers }), [], 0)
    }
    case 'stall':
      return never()
    case 'stall-within':
      progress()
      return never()
    case 'endless':
      while (!signal.aborted) {
        progress()
        await systemClock.sleep(20, signal)
      }
      return never()
    case 'reset':
    case 'cut':
    case 'malformed':
    case 'empty':
      throw new ProviderError(behaviour.kind, { retry: 'transient' })
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined)
}
