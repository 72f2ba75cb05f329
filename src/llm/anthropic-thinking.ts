import { ProviderError } from './provider.ts'
import type { LlmRequest } from './provider.ts'

/** The part of a request to Anthropic that asks for thinking; empty leaves it to the model's default. */
export type ThinkingParameters =
  | Record<string, never>
  | {
      readonly thinking: { readonly type: 'adaptive'; readonly display: 'summarized' }
      readonly output_config: { readonly effort: 'low' | 'medium' | 'high' }
    }
  | { readonly thinking: { readonly type: 'enabled'; readonly budget_tokens: number } }

const shares = { minimal: 0, low: 0.25, medium: 0.5, high: 0.75 }

/** The smallest thinking budget that the API takes, in tokens. */
const leastBudget = 1024

/**
 * Translates a reasoning effort for one of Anthropic's models.
 *
 * Models from 4.6 on think adaptively and take the effort itself; `minimal` becomes `low`, their least. Their thinking
 * is asked for as a summary, so that it arrives while it happens and the deadlines see that the call is alive. Models up
 * to 4.5 take a token budget: a quarter, half or three quarters of `maxTokens`, at least 1,024.
 *
 * @throws {@link ProviderError} (`never`) when `maxTokens` leaves no room for a reply beside the least budget.
 * @see https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
export function thinkingFor(
  model: string,
  effort: LlmRequest['reasoningEffort'],
  maxTokens: number,
): ThinkingParameters {
  if (effort === undefined) return {}
  if (!takesBudget(model)) {
    return {
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: effort === 'minimal' ? 'low' : effort },
    }
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
function takesBudget(model: string): boolean {
  const numbers = [...model.matchAll(/-(\d{1,2})(?=-|$)/g)].map((match) => Number(match[1]))
  const [major, minor] = numbers
  return major !== undefined && (major < 4 || (major === 4 && (minor ?? 0) < 6))
}
