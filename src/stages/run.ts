import { UserError } from '../core/errors.ts'
import type { Case } from '../core/evaluation.ts'
import { list, text } from '../config/fields.ts'
import { runningStage } from './run-cases.ts'
import type { StageKind, StageSetup } from './stage-kind.ts'
import { optionsOf } from './stage-kind.ts'

const options = {
  cases: list(
    'Ids of the cases to run. Default: all that the evaluator asks for.',
    text('Id of a case.'),
    1,
    100_000,
  ).optional(),
}

/** Runs the candidate on its cases. Only a candidate that fails on all of them fails here; the rest is for the score. */
export const run: StageKind<typeof options> = {
  kind: 'run',
  description: 'Runs the candidate on the cases of the evaluator.',
  inputs: { program: { type: 'program', required: true } },
  output: 'results',
  filter: false,
  resource: 'cpu',
  conditions: [],
  options,
  provides: () => [],
  open: (declaration, setup) => {
    const cases = chosenCases(declaration.name, optionsOf({ options }, declaration).cases, setup)
    return runningStage(
      { kind: 'run', name: declaration.name, cases, report: (_earlier, runOn) => runOn(cases) },
      setup,
    )
  },
}

/**
 * The cases that a stage names, in the order in which the evaluator asks for them.
 *
 * @throws UserError when the evaluator asks for no case of a name.
 */
function chosenCases(
  stage: string,
  ids: readonly string[] | undefined,
  { cases, problem }: StageSetup,
): readonly Case[] {
  if (ids === undefined) return cases
  const unknown = ids.find((id) => !cases.some((each) => each.id === id))
  if (unknown !== undefined) {
    const known = cases.map(({ id }) => id)
    throw new UserError(
      `stage ${stage} runs the case ${unknown}, which the evaluator does not ask for; it asks for ${known.slice(0, 10).join(', ')}`,
      { file: problem.file, key: 'pipeline.stages' },
    )
  }
  return cases.filter(({ id }) => ids.includes(id))
}
