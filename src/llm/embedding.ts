import { UserError } from '../core/errors.ts'
import { vectorText } from './openai-embeddings.ts'
import type { ProviderFactory } from './provider-factory.ts'

/**
 * Makes the factory of a provider one whose calls bring embeddings: the reply to a prompt is the vector of its user text.
 *
 * So a gateway buys an embedding as it buys a reply: reserved, durable before use, retried and limited.
 *
 * @throws {@link UserError} when the provider has no embeddings.
 */
export function embeddingProvider(open: ProviderFactory): ProviderFactory {
  return async (model, context) => {
    const provider = await open(model, context)
    if (provider.embed === undefined) {
      throw new UserError(
        `model ${model.name}: ${provider.name} has no embeddings; only openai and servers like it have`,
      )
    }
    const embed = provider.embed.bind(provider)
    return {
      name: provider.name,
      complete: async ({ prompt, maxTokens: _, temperature: _none, reasoningEffort: _left, ...request }) => {
        const { vector, ...reply } = await embed({ ...request, text: prompt.user })
        return { ...reply, text: vectorText(vector), finish: 'stop' }
      },
    }
  }
}
