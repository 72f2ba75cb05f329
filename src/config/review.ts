import type { StageDeclaration } from '../pipeline/declaration.ts'
import type { StageShape } from '../pipeline/stage.ts'
import type { Mistake } from './mistakes.ts'
import { completePipeline, toPipeline } from './pipeline.ts'
import type { ProblemConfig } from './schema.ts'

/**
 * What is wrong with the stages that ask a model for a judgement: a model is never the only judge, so that none of what it
 * gives may be an objective; and it may give nothing, so that it makes no axis either.
 */
export function reviewMistakes(config: ProblemConfig, shapes: readonly StageShape[]): readonly Mistake[] {
  const { stages } = toPipeline(completePipeline(config))
  return stages.flatMap((stage, index) => {
    const shape = shapes.find(({ kind }) => kind === stage.kind)
    return shape?.asks === true ? mistakesIn(stage, shape.provides(stage.options), index, config) : []
  })
}

function mistakesIn(
  { name, options }: StageDeclaration,
  grades: readonly string[],
  index: number,
  { objectives, archive, llm }: ProblemConfig,
): readonly Mistake[] {
  const alone = objectives.flatMap((objective, position): Mistake[] => {
    const message =
      `would come from stage ${name} alone, and a model is never the only judge: ` +
      `let the evaluator give ${objective.name}, and call the criterion something else`
    return grades.includes(objective.name) ? [{ path: ['objectives', position, 'name'], spot: 'value', message }] : []
  })
  const axes = archive.axes.flatMap(({ descriptor }, position): Mistake[] => {
    const message = `is a grade of stage ${name}, which may give none: use it in a gate, and let the evaluator give what the axis needs`
    return grades.includes(descriptor)
      ? [{ path: ['archive', 'axes', position, 'descriptor'], spot: 'value', message }]
      : []
  })
  const twice = grades.flatMap((grade, position): Mistake[] => {
    const path = ['pipeline', 'stages', index, 'criteria', grades.indexOf(grade), 'name']
    const message = `is the name of two values of stage ${name}: give each criterion its own, and none the name ${grades.at(-1) ?? ''}`
    return grades.indexOf(grade) === position ? [] : [{ path, spot: 'value', message }]
  })
  return [...alone, ...axes, ...twice, ...unknownModel(options['model'], index, llm.models)]
}

/** Without any model, as with `--no-llm`, the stage is skipped and the name does no harm. */
function unknownModel(model: unknown, index: number, models: ProblemConfig['llm']['models']): readonly Mistake[] {
  const names = models.map((each) => each.name ?? each.model)
  if (typeof model !== 'string' || names.length === 0 || names.includes(model)) return []
  const message = `names none of llm.models: there are ${names.join(', ')}`
  return [{ path: ['pipeline', 'stages', index, 'model'], spot: 'value', message }]
}
