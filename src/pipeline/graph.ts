import { UserError, UserErrors } from '../core/errors.ts'
import type { Stage } from './stage.ts'

/**
 * Puts stages in an order in which every stage comes after what it needs; otherwise in the order given.
 *
 * @throws {@link UserErrors} naming every unknown need, doubled name and cycle at once.
 */
export function stageOrder(stages: readonly Stage[]): readonly Stage[] {
  const byName = new Map(stages.map((stage) => [stage.name, stage]))
  const errors: UserError[] = []
  for (const [index, stage] of stages.entries()) {
    if (stages.findIndex((other) => other.name === stage.name) !== index) {
      errors.push(new UserError(`stage ${stage.name} is declared twice: rename one`))
    }
    for (const need of stage.needs) {
      if (!byName.has(need)) errors.push(new UserError(`stage ${stage.name} needs ${need}, which does not exist`))
    }
  }
  const ordered: Stage[] = []
  const waiting = new Set(stages)
  while (waiting.size > 0) {
    const ready = [...waiting].filter((stage) =>
      stage.needs.every((need) => ![...waiting].some((other) => other.name === need)),
    )
    if (ready.length === 0) {
      errors.push(new UserError(`stages ${[...waiting].map(({ name }) => name).join(', ')} need each other in a cycle`))
      break
    }
    for (const stage of ready) {
      ordered.push(stage)
      waiting.delete(stage)
    }
  }
  if (errors.length > 0) throw new UserErrors(errors)
  return ordered
}
