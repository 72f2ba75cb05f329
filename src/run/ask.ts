import { BudgetExhausted } from '../llm/gateway-errors.ts'
import type { Gateway } from '../llm/gateway.ts'
import { ProviderError } from '../llm/provider.ts'
import type { RunParts } from './parts.ts'

/**
 * Asks the models through the gateway. A call that got no reply within its attempts is the candidate's failure
 * `no-reply`; a budget without room is no failure at all; everything else stops the run.
 */
export function askThrough(gateway: Pick<Gateway, 'complete'>): RunParts['ask'] {
  return async (question, signal) => {
    try {
      const { reply, attempt } = await gateway.complete({ ...question, signal })
      return { ok: true, text: reply.text, finish: reply.finish, attempt }
    } catch (error) {
      if (error instanceof BudgetExhausted) return { ok: 'no-budget' }
      if (error instanceof ProviderError) {
        return { ok: false, failure: { kind: 'no-reply', message: `${question.model}: ${error.message}` } }
      }
      throw error
    }
  }
}
