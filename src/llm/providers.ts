import type { ProviderFactory } from './provider-factory.ts'

/** The adapters by the name a problem gives them. Each is loaded when a model first needs it. */
export const providers: Readonly<Record<'openai' | 'anthropic', ProviderFactory>> = {
  openai: async (model, context) => (await import('./openai.ts')).openOpenAi(model, context),
  anthropic: async (model, context) => (await import('./anthropic.ts')).openAnthropic(model, context),
}
