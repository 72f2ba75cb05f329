import type { ModelConfig } from '../config/problem.ts'
import { UserError } from '../core/errors.ts'
import type { ProviderError } from './provider.ts'

/** The budget has no room for the worst case of the next call. Nothing was sent. */
export class BudgetExhausted extends Error {
  override readonly name = 'BudgetExhausted'
}

/** The caller's signal stopped the call. What was in flight is charged at its reservation. */
export class CallCancelled extends Error {
  override readonly name = 'CallCancelled'
}

/** Turns a refusal that would meet every call into a message for the user: which model, what it said, what helps. */
export function fatalError(model: ModelConfig, error: ProviderError): UserError {
  const where = `model ${model.name} (${model.provider}${model.baseUrl === undefined ? '' : `, ${origin(model.baseUrl)}`})`
  return new UserError(`${where} refused the call: ${error.message}; ${remedy(model, error)}`)
}

function remedy(model: ModelConfig, error: ProviderError): string {
  const variable = model.provider === 'anthropic' ? 'ANTHROPIC_API_KEY' : 'OPENAI_API_KEY'
  if (/quota|credit|billing/i.test(error.message)) return 'add credit to the account or choose another model'
  switch (error.status) {
    case 401:
      return `set a valid key in ${variable}, or api_key in its entry under llm.models`
    case 402:
      return 'add credit to the account or choose another model'
    case 403:
      return 'the key may not use this model: choose another model or another key'
    case 404:
      return 'check the spelling of model and base_url'
    case 400:
    case 422:
      return 'change the parameter it names (temperature, max_tokens, reasoning_effort or api)'
    default:
      return 'change its entry under llm.models'
  }
}

/** Scheme, host and port: an address may carry a password or a token elsewhere. */
function origin(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'invalid base_url'
}
