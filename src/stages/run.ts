import { UserError } from '../core/errors.ts'
import type { Case } from '../core/evaluation.ts'
import type { Json } from '../core/json.ts'
import { list, text } from '../config/fields.ts'
import type { ParseOutput } from './parse.ts'
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
    const { backend, problem, seed, driver, libraries, helpersHash } = setup
    const cases = chosenCases(declaration.name, optionsOf({ options }, declaration).cases, setup)
    const { entry } = problem.program
    const { timeBudgetMs } = problem
    const request = { entry, cases, limits: problem.limits, seed: `${String(seed)}/candidate`, driver }
    return {
      name: declaration.name,
      version: 1,
      keep: 'stored',
      identity: setup.hash(JSON.stringify(['run', 1, problem.evaluation, request, libraries, helpersHash])),
      // What a candidate does with a clock depends on the machine and on whom it started from.
      reuse: timeBudgetMs === undefined ? 'shared' : 'own',
      readsSource: false,
      late: 'candidate',
      run: async (candidate, inputs, { signal }) => {
        const { code, graph } = inputs['program'] as unknown as ParseOutput
        const timeBudget =
          timeBudgetMs === undefined ? undefined : { ms: timeBudgetMs, best: candidate.warmStart ?? {} }
        const report = await backend.run(
          { ...request, code, timeBudget, ...(graph === undefined ? {} : { graph }) },
          signal,
        )
        const first = report.cases[0]
        return first !== undefined && !first.ok && report.cases.every((result) => !result.ok)
          ? { ok: false, failure: first.failure }
          : { ok: true, output: report as unknown as Json }
      },
    }
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
