import { rungCases } from '../config/schema-rungs.ts'
import { UserError } from '../core/errors.ts'
import type { Case, CaseResult } from '../core/evaluation.ts'
import type { RunReport } from '../evaluation/backend.ts'
import { runningStage } from './run-cases.ts'
import type { CaseRunning } from './run-cases.ts'
import type { StageKind, StageSetup } from './stage-kind.ts'
import { optionsOf } from './stage-kind.ts'

const options = { cases: rungCases }

/** Runs the candidate on the cases of a rung that no rung before it has run. */
export const rung: StageKind<typeof options> = {
  kind: 'rung',
  description: 'Runs the candidate on the cases of a rung and takes over what the rung before it has returned.',
  inputs: {
    program: { type: 'program', required: true },
    results: { type: 'results', required: false },
  },
  output: 'results',
  filter: false,
  resource: 'cpu',
  conditions: [],
  options,
  provides: () => [],
  open: (declaration, setup) => {
    const asked = optionsOf({ options }, declaration).cases
    const mistake = rungMistake(asked, setup.cases)
    if (mistake !== undefined) {
      throw new UserError(mistake, { file: setup.problem.file, key: `${declaration.key ?? 'pipeline'}.cases` })
    }
    const cases = casesOf(asked, setup.cases)
    const report: CaseRunning['report'] = async (earlier = nothingRun, runOn) => {
      const left = cases.filter(({ id }) => earlier.cases.every((result) => result.id !== id))
      return joined(cases, earlier, left.length === 0 ? nothingRun : await runOn(left))
    }
    return runningStage({ kind: 'rung', name: declaration.name, cases, report }, setup)
  },
}

const nothingRun: RunReport = { cases: [], console: '' }

/** What a rung may ask for. */
type Asked = 'all' | number | readonly string[]

/** What is wrong with the cases that a rung asks for, as the rest of a sentence; `undefined` when nothing is. */
function rungMistake(asked: Asked, cases: readonly Case[]): string | undefined {
  const ids = cases.map(({ id }) => id)
  if (typeof asked === 'number' && asked > cases.length) {
    const given = cases.length === 1 ? 'only 1 case' : `${String(cases.length)} cases`
    return `asks for ${String(asked)} cases and the evaluator gives ${given}: ask for fewer, or for all`
  }
  const unknown = typeof asked === 'object' ? asked.find((id) => !ids.includes(id)) : undefined
  if (unknown === undefined) return undefined
  return `asks for the case ${unknown}, which the evaluator does not ask for; it asks for ${ids.slice(0, 10).join(', ')}`
}

/** The cases of a rung, in the order in which the evaluator asks for them. */
function casesOf(asked: Asked, cases: StageSetup['cases']): readonly Case[] {
  if (asked === 'all') return cases
  return typeof asked === 'number' ? cases.slice(0, asked) : cases.filter(({ id }) => asked.includes(id))
}

function joined(cases: readonly Case[], earlier: RunReport, own: RunReport): RunReport {
  const results = new Map<string, CaseResult>([...earlier.cases, ...own.cases].map((result) => [result.id, result]))
  return { cases: cases.flatMap(({ id }) => results.get(id) ?? []), console: earlier.console + own.console }
}
