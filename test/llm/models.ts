import type { ModelConfig } from '../../src/config/problem.ts'
import type { Prompt } from '../../src/core/prompt.ts'
import type { CallDeadlines, LlmRequest } from '../../src/llm/provider.ts'

/** A model's configuration with everything a test does not care about filled in. */
export function model(over: Partial<ModelConfig> = {}): ModelConfig {
  return {
    name: over.model ?? 'gpt-5.4-mini',
    provider: 'openai',
    model: 'gpt-5.4-mini',
    api: 'chat',
    baseUrl: undefined,
    apiKey: 'test-key-1234567890',
    weight: 1,
    temperatures: [],
    maxTokens: 1000,
    reasoningEffort: undefined,
    price: undefined,
    concurrency: 64,
    requestsPerMinute: undefined,
    tokensPerMinute: undefined,
    ...over,
  }
}

/** Deadlines that no healthy call on the loopback comes near. */
export const patient: CallDeadlines = { firstTokenMs: 20_000, betweenTokensMs: 20_000, totalMs: 40_000 }

/** A prompt of one system and one user text. */
export function prompt(user = 'Improve the program.', system = 'You write programs.'): Prompt {
  return { template: 'test', system, user, sections: [] }
}

/** A request to the model of {@link model}. */
export function request(over: Partial<LlmRequest> = {}): LlmRequest {
  return {
    model: 'gpt-5.4-mini',
    prompt: prompt(),
    temperature: undefined,
    maxTokens: 1000,
    reasoningEffort: undefined,
    deadlines: patient,
    signal: new AbortController().signal,
    ...over,
  }
}
