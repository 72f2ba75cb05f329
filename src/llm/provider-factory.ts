import type { ModelConfig } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import type { LlmProvider } from './provider.ts'

/** Environment variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What an adapter may use beside its configuration. */
export interface ProviderContext {
  readonly env: Environment
  readonly clock: Clock
}

/**
 * Opens the connection to one model. Loads the vendor's library only when it is called.
 *
 * @throws {@link UserError} when something the user must supply is missing, for example a key.
 */
export type ProviderFactory = (model: ModelConfig, context: ProviderContext) => Promise<LlmProvider>
