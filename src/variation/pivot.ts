import type { ModelOperator } from './operator.ts'
import { rewrite } from './rewrite.ts'

/**
 * Asks a model for a structurally different approach, with the names of those that the search has already. Drawn only where
 * a parent is exhausted or its island is on a plateau.
 */
export const pivot: ModelOperator = { ...rewrite, name: 'pivot', template: 'pivot', when: 'stuck' }
