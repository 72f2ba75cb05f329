import { operators, samplers, stageKinds, topologies } from '../builtins.ts'
import type { KnownNames } from '../config/schema.ts'
import { InvariantError } from '../core/errors.ts'

/** Names that a problem may refer to. */
export const knownNames: KnownNames = {
  operators: operators.map(({ name }) => name),
  samplers: samplers.map(({ name }) => name),
  topologies: topologies.map(({ name }) => name),
  stages: stageKinds,
}

/** Operators that keep a parent and learn from their earlier children of it. */
export const learners: ReadonlySet<string> = new Set(
  operators.flatMap((operator) => (operator.kind === 'direct' && operator.learns === true ? [operator.name] : [])),
)

/**
 * The implementation of a seam that the configuration names.
 *
 * @throws {@link InvariantError} when there is none, since the configuration knows all names.
 */
export function named<T extends { readonly name: string }>(items: readonly T[], name: string, what: string): T {
  const found = items.find((item) => item.name === name)
  if (found === undefined) throw new InvariantError(`unknown ${what} ${name} passed the config`)
  return found
}
