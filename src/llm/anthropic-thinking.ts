import { ProviderError } from './provider.ts'
import type { LlmRequest } from './provider.ts'

/** The part of a request to Anthropic that asks for thinking; empty when it does not think unless told. */
export type ThinkingParameters =
  | Record<string, never>
  | {
      readonly thinking: { readonly type: 'adaptive'; readonly display: 'summarized' }
      readonly output_config?: { readonly effort: 'low' | 'medium' | 'high' }
    }
  | { readonly thinking: { readonly type: 'enabled'; readonly budget_tokens: number } }

const shares = { minimal: 0, low: 0.25, medium: 0.5, high: 0.75 }

/** The smallest thinking budget that the API takes, in tokens. */
const leastBudget = 1024

/**
 * Translates a reasoning effort for one of Anthropic's models.
 *
 * Models from 4.6 on think adaptively and take the effort itself; `minimal` becomes `low`, their least. Their thinking
 * is asked for as a summary, so that it arrives while it happens and the deadlines see that the call is alive; those from
 * 5 on, which think by themselves, get that without an effort too. Models up to 4.5 take a token budget: a quarter, half or three quarters of `maxTokens`, at least 1,024.
 *
 * @throws {@link ProviderError} (`never`) when `maxTokens` leaves no room for a reply beside the least budget.
 * @see https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
export function thinkingFor(
  model: string,
  effort: LlmRequest['reasoningEffort'],
  maxTokens: number,
): ThinkingParameters {
  const [major = 5, minor = 0] = versionOf(model)
  const adaptive = { thinking: { type: 'adaptive', display: 'summarized' } } as const
  // Other vendors' models behind this protocol may not know the parameter.
  if (effort === undefined) return major >= 5 && model.includes('claude') ? adaptive : {}
  if (major > 4 || (major === 4 && minor >= 6)) {
    return { ...adaptive, output_config: { effort: effort === 'minimal' ? 'low' : effort } }
  }
  if (maxTokens < 2 * leastBudget) {
    throw new ProviderError(`reasoning_effort needs max_tokens of at least ${2 * leastBudget} with ${model}`, {
      retry: 'never',
      mayBeBilled: false,
    })
  }
  return { thinking: { type: 'enabled', budget_tokens: Math.max(leastBudget, Math.floor(maxTokens * shares[effort])) } }
}

/** Ids read `claude-<family>-<major>-<minor>`, older ones `claude-3-7-sonnet-...` or `claude-sonnet-4-20250514`. */
function versionOf(model: string): readonly number[] {
  return [...model.matchAll(/-(\d{1,2})(?=-|$)/g)].map((match) => Number(match[1]))
}
