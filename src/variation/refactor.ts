import type { ModelOperator } from './operator.ts'
import { rewrite } from './rewrite.ts'

/** Asks a model for a shorter program that does the same. Whether it does is found out by scoring it. */
export const refactor: ModelOperator = {
  ...rewrite,
  name: 'refactor',
  template: 'refactor',
  inspirations: { least: 0, most: 0 },
}
