import type { ModelOperator } from './operator.ts'
import { applySearchReplace } from './search-replace.ts'

/** Asks a model to bring the strengths of a second program into the parent, as SEARCH/REPLACE edits of the parent. */
export const cross: ModelOperator = {
  kind: 'model',
  name: 'cross',
  template: 'cross',
  inspirations: { least: 1, most: 1 },
  replyFormat: 'edits',
  apply: applySearchReplace,
}
