import { reachableBins } from '../archive/reachable.ts'
import { descriptors as sourceDescriptors, outcomeDescriptors } from '../builtins.ts'
import { knownNames } from '../compose/names.ts'
import type { Evaluating } from '../compose/evaluating.ts'
import { loadProblem } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import { loadTemplates } from '../config/templates.ts'
import { UserError } from '../core/errors.ts'
import type { CaseResult, Scored } from '../core/evaluation.ts'
import { describeFailure } from '../core/failure.ts'
import { bytesText, durationText } from '../core/units.ts'
import { systemClock } from '../core/system-clock.ts'
import { damaged } from '../evaluation/damage.ts'
import type { RunReport } from '../evaluation/backend.ts'
import type { Json } from '../core/json.ts'
import { instanceText } from '../core/level.ts'
import { runPipeline } from '../pipeline/executor.ts'
import type { Pipeline } from '../pipeline/executor.ts'
import type { StageRun } from '../pipeline/stage.ts'
import { servicesAlone } from '../run/alone.ts'
import { cellSpace } from '../run/rebuild.ts'
import { jsonText } from '../report/json-text.ts'
import { printable } from '../report/printable.ts'
import { tableText } from '../report/table.ts'
import { withEvaluating } from './carry-out.ts'
import { exitCodes } from './exit.ts'
import type { Io } from './io.ts'
import { devicesText, leasedDevices } from './leased-devices.ts'
import type { LeasedDevices } from './leased-devices.ts'

/** What the evaluator said about a damaged copy of the first program's output. */
interface Trial {
  readonly case: string
  readonly damage: string
  readonly verdict: string
  /** A value with a NaN or an infinity in it passed for valid. */
  readonly fooled: boolean
}

/**
 * `evolve check <problem.yaml>`: validates a problem, evaluates its first program, says what limits and protections hold,
 * then damages the first program's own output and asks the evaluator about each damage.
 *
 * @returns 2 when a non-finite output scores as valid.
 */
export async function checkVerb(
  io: Io,
  file: string,
  flags: { readonly json?: boolean; readonly seed?: number },
): Promise<number> {
  const { problem } = loadProblem(file, { env: io.env, known: knownNames })
  loadTemplates(problem.file)
  const devices = await leasedDevices(problem)
  // The first program is going to fail, perhaps at its build already: this tells what would be next.
  if (devices?.missing !== undefined) (flags.json === true ? io.err : io.out).write(deviceLine(devices))
  return withEvaluating(problem, flags.seed ?? 1, async (evaluating) => {
    const first = await evaluateFirst(problem, evaluating)
    const levels = await firstOnLevels(problem, evaluating)
    const trials = await tryDamages(evaluating, first.reports[0]?.cases ?? [], problem.program.source)
    const protections = await evaluating.backend.protections()
    const fooled = trials.filter((trial) => trial.fooled)
    if (flags.json === true) {
      const { scored, descriptors, cell, stageRuns } = first
      const stages = stageRuns.map(({ stage, durationMs, outcome }) => ({
        ...{ stage, durationMs },
        ...(outcome.ok === 'skipped' ? { skipped: outcome.reason } : {}),
      }))
      const { axes, islands, kind, elitesPerCell } = problem.archive
      const { size: cells, reachable } = first.cells
      const { cell: firstCell, clamped } = cell
      const archive = { islands, kind, axes, cells, reachable, elitesPerCell, firstCell, clamped }
      const { limits } = problem
      io.out.write(
        `${jsonText({ problem: problem.name, scored, levels, descriptors, stages, limits, protections, devices, archive, trials })}\n`,
      )
    } else {
      io.out.write(printable(textOf(problem, evaluating, { ...first, levels }, protections, devices, trials)))
    }
    if (fooled.length === 0) return exitCodes.done
    throw new UserError(
      `the evaluator takes ${fooled.map(({ damage, case: id }) => `${damage} (case ${id})`).join(', ')} for valid: ` +
        'a candidate could fake any score; reject what is not finite, most simply with z.number() in `output`',
      { file: problem.evaluator },
    )
  })
}

/** Runs the first program through the whole pipeline. @throws UserError when it fails. */
export function evaluateFirst(problem: Problem, evaluating: Evaluating) {
  return evaluateProgram(problem, evaluating, problem.program.source)
}

/** What the first program is worth on one level of the curriculum. */
interface FirstOnLevel {
  readonly instance: string
  readonly verdict: string
}

/** Tries the first program on every level: it is carried through all of them. */
async function firstOnLevels(problem: Problem, evaluating: Evaluating): Promise<readonly FirstOnLevel[]> {
  const tried: FirstOnLevel[] = []
  for (const { level, pipeline } of evaluating.levels) {
    const verdict = await evaluateProgram(problem, { ...evaluating, pipeline }, problem.program.source).then(
      ({ scored }) => valuesText(scored.objectives),
      (error: unknown) => {
        if (error instanceof UserError) return error.message
        throw error
      },
    )
    tried.push({ instance: instanceText(level.instance), verdict })
  }
  return tried
}

function valuesText(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${String(value)}`)
    .join(', ')
}

/** Runs one program of a problem through the whole pipeline. @throws UserError when it fails. */
export async function evaluateProgram(problem: Problem, evaluating: Evaluating, source: string) {
  const stageRuns: StageRun[] = []
  const outcome = await runPipeline(
    { ordinal: 0, source },
    {
      pipeline: evaluating.pipeline,
      finished: [],
      clock: systemClock,
      signal: new AbortController().signal,
      services: servicesAlone('check'),
      record: (runs) => void stageRuns.push(...runs),
    },
  )
  if (!outcome.ok) {
    if (outcome.fault !== undefined) throw outcome.fault
    const what = source === problem.program.source ? 'the first program' : 'the program'
    throw new UserError(`${what} fails in stage ${outcome.stage}: ${describeFailure(outcome.failure)}`, {
      file: problem.program.file,
    })
  }
  const { scored, descriptors } = outcome
  const space = cellSpace(problem)
  return {
    stageRuns,
    scored,
    reports: reportsIn(evaluating.pipeline, outcome.outputs),
    descriptors,
    cell: space.cellOf(descriptors),
    cells: { size: space.size, reachable: reachableCells(problem, scored) },
  }
}

/** What the first program returned, from every stage that runs it. */
function reportsIn({ graph }: Pipeline, outputs: Readonly<Record<string, Json>>): readonly RunReport[] {
  return graph.nodes.flatMap(({ shape, declaration }) => {
    const output = outputs[declaration.name]
    return shape.output === 'results' && output !== undefined ? [output as unknown as RunReport] : []
  })
}

/** Cells of one island that some program could reach, as far as the descriptors themselves say. */
function reachableCells(problem: Problem, scored: Scored): number {
  const { kind, cells, axes } = problem.archive
  if (kind === 'cvt' && cells !== undefined) return cells
  return axes.reduce((product, axis) => product * reachableBins(axis, countsOnly(axis.descriptor, scored)), 1)
}

function countsOnly(descriptor: string, scored: Scored): boolean {
  if (scored.descriptors[descriptor] !== undefined) return false
  return [...sourceDescriptors, ...outcomeDescriptors].find(({ name }) => name === descriptor)?.whole === true
}

async function tryDamages(
  evaluating: Evaluating,
  results: readonly CaseResult[],
  source: string,
): Promise<readonly Trial[]> {
  const trials: Trial[] = []
  for (const [index, result] of results.entries()) {
    if (!result.ok) continue
    for (const { name, value, nonFinite } of damaged(result.value)) {
      const cases = results.with(index, { ...result, value })
      const outcome = await evaluating.pool.score(cases, source).catch((error: unknown) => {
        if (error instanceof UserError) return error
        throw error
      })
      const trial = { case: result.id, damage: name }
      if (outcome instanceof UserError) {
        trials.push({ ...trial, verdict: `the evaluator broke: ${outcome.message}`, fooled: false })
      } else if (outcome.ok) {
        trials.push({ ...trial, verdict: `valid: ${JSON.stringify(outcome.scored.objectives)}`, fooled: nonFinite })
      } else {
        trials.push({ ...trial, verdict: describeFailure(outcome.failure), fooled: false })
      }
    }
    // The cases of one evaluator have one shape: a handful tells what all would.
    if (index >= 2) break
  }
  return trials
}

function textOf(
  problem: Problem,
  evaluating: Evaluating,
  first: Awaited<ReturnType<typeof evaluateFirst>> & { readonly levels: readonly FirstOnLevel[] },
  protections: readonly { readonly name: string; readonly active: boolean; readonly detail: string }[],
  devices: LeasedDevices | undefined,
  trials: readonly Trial[],
): string {
  const { limits, archive } = problem
  const { scored } = first
  const descriptors = archive.axes.map((axis) => `${axis.descriptor} = ${String(first.descriptors[axis.descriptor])}`)
  const clamped = first.cell.clamped.length === 0 ? '' : ` (outside the range: ${first.cell.clamped.join(', ')})`
  return [
    `${problem.name}: the problem is valid, ${String(evaluating.cases.length)} case(s)`,
    '',
    `first program   ${valuesText(scored.objectives)}`,
    ...first.levels.map(
      ({ instance, verdict }, index) =>
        `${index === 0 ? 'curriculum' : ''.padEnd(10)}      instance ${instance}: ${verdict}`,
    ),
    ...(scored.feedback === undefined ? [] : [`feedback        ${scored.feedback}`]),
    `descriptors     ${descriptors.join(', ')}`,
    `cell            ${first.cell.cell}${clamped}`,
    `stages          ${first.stageRuns.map(stageText).join(', ')}`,
    `limits          ${durationText(limits.timeMs)}, ${bytesText(limits.memoryBytes)}, output ${bytesText(limits.outputBytes)}, console ${bytesText(limits.consoleBytes)} (per case)`,
    ...(evaluating.libraries.length === 0
      ? []
      : [`libraries       ${evaluating.libraries.map(({ name, version }) => `${name} ${version}`).join(', ')}`]),
    ...(devices === undefined ? [] : [deviceLine(devices).trimEnd()]),
    `archive         ${archiveText(problem, first.cells)}`,
    '',
    'protections',
    ...protections.map(({ name, active, detail }) => `  ${active ? 'active  ' : 'MISSING '} ${name}: ${detail}`),
    '',
    "what the evaluator says about damaged copies of the first program's output",
    tableText(
      ['case', 'damage', 'verdict'],
      trials.map((trial) => [trial.case, trial.damage, trial.verdict]),
      { columnWidth: 100 },
    ),
    '',
  ].join('\n')
}

function stageText({ stage, durationMs, outcome }: StageRun): string {
  return outcome.ok === 'skipped' ? `${stage} skipped (${outcome.reason})` : `${stage} ${durationMs.toFixed(1)} ms`
}

function deviceLine(devices: LeasedDevices): string {
  return `devices         ${devicesText(devices)}\n`
}

/** Above so many cells of a grid a run fills a small part at best. */
const manyCells = 10_000

function archiveText({ archive }: Problem, cells: { readonly size: number; readonly reachable: number }): string {
  const { islands, kind, axes, elitesPerCell } = archive
  const names = axes.map(({ descriptor, bins }) => (kind === 'cvt' ? descriptor : `${descriptor} ${String(bins)}`))
  const cut = kind === 'cvt' ? `centroids over ${names.join(', ')}` : names.join(' x ')
  const lost = cells.size === cells.reachable ? '' : `, of which ${String(cells.reachable)} can be reached`
  const held = elitesPerCell === 1 ? '' : `, up to ${String(elitesPerCell)} programs in each`
  const advice =
    kind === 'grid' && cells.size > manyCells ? '; `archive.kind: cvt` keeps the number of cells small' : ''
  return `${String(islands)} islands x ${String(cells.size)} cells (${cut})${lost} = ${String(islands * cells.reachable)} reachable cells${held}${advice}`
}
