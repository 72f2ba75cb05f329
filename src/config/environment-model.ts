import type { Environment } from './environment.ts'

/** A model that the environment offers to a problem without an `llm` section. */
export interface OfferedModel {
  /** The entry as it would stand under `llm.models`. The key stays a reference. */
  readonly entry: Readonly<Record<string, string>>
  /** Name of the variable that offered it. */
  readonly variable: string
}

/** Chosen when the environment names no model: capable and cheap, and in the vendors' own lists of ids. */
const defaults = { anthropic: 'claude-haiku-5-5', openai: 'gpt-5.4-mini' } as const

/**
 * The model that a key in the environment stands for: `ANTHROPIC_API_KEY` before `OPENAI_API_KEY`, whose
 * `OPENAI_BASE_URL` may point at any compatible server. `ANTHROPIC_MODEL` and `OPENAI_MODEL` name another model than
 * the default. `undefined` when there is no key.
 */
export function modelFromEnvironment(env: Environment): OfferedModel | undefined {
  if (isSet(env['ANTHROPIC_API_KEY'])) {
    return {
      variable: 'ANTHROPIC_API_KEY',
      entry: {
        provider: 'anthropic',
        model: env['ANTHROPIC_MODEL'] ?? defaults.anthropic,
        api_key: '${ANTHROPIC_API_KEY}',
      },
    }
  }
  if (!isSet(env['OPENAI_API_KEY'])) return undefined
  return {
    variable: 'OPENAI_API_KEY',
    entry: {
      provider: 'openai',
      model: env['OPENAI_MODEL'] ?? defaults.openai,
      api_key: '${OPENAI_API_KEY}',
      ...(isSet(env['OPENAI_BASE_URL']) ? { base_url: '${OPENAI_BASE_URL}' } : {}),
    },
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}
