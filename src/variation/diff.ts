import type { ModelOperator } from './operator.ts'
import { applySearchReplace } from './search-replace.ts'

/** Asks a model for SEARCH/REPLACE edits of the parent and applies them. */
export const diff: ModelOperator = {
  kind: 'model',
  name: 'diff',
  template: 'diff',
  inspirations: { least: 0, most: 2 },
  replyFormat: 'edits',
  apply: applySearchReplace,
}
