import { createHash } from 'node:crypto'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { workerData } from 'node:worker_threads'
import { descriptors, operators } from '../../builtins.ts'
import type { ProgramText } from '../../descriptors/descriptor.ts'
import type { ParseOutcome } from '../trusted-pool.ts'
import { InvariantError, messageOf, UserError } from '../../core/errors.ts'
import type { Case } from '../../core/evaluation.ts'
import type { Json } from '../../core/json.ts'
import { evaluatorMistake, evaluatorThrew } from '../evaluator/blame.ts'
import type { Evaluator, SourceEvaluator } from '../evaluator/define.ts'
import { isEvaluator } from '../evaluator/define.ts'
import { drawCases } from '../evaluator/draw-cases.ts'
import { driverOf } from '../evaluator/driver.ts'
import { shapeText } from '../evaluator/shape-text.ts'
import { scoreCases } from '../evaluator/score-cases.ts'
import type { TimedInput } from '../timing/timer.ts'
import { normalisedSource } from '../../syntax/normalise.ts'
import { stripTypes } from './strip-types.ts'
import type { Draw, Fault, TaskKind, TaskValues, TrustedReply, TrustedSetup, TrustedTask } from './messages.ts'
import { parseSource, programText } from './parse-source.ts'

const setup = workerData as TrustedSetup

// An evaluator's exception must name the file that its author wrote, not the bundle.
process.setSourceMapsEnabled(true)

/** Entry point of a trusted thread: answers one task. Never rejects; breakage is data on the way back. */
export async function perform(task: TrustedTask): Promise<TrustedReply<TaskValues[TaskKind]>> {
  try {
    return { ok: true, value: await performed(task) }
  } catch (error) {
    return { ok: false, fault: faultOf(error) }
  }
}

async function performed(task: TrustedTask): Promise<TaskValues[TaskKind]> {
  switch (task.kind) {
    case 'vary': {
      const variation = operatorNamed(task.operator).vary(task.request)
      const parsed = variation.ok ? checked(variation.source) : undefined
      return { variation, parsed }
    }
    case 'parse':
      return checked(task.source)
    case 'fingerprint':
      return createHash('sha256').update(normalisedSource(task.source, setup.form.language)).digest('hex')
    case 'cases': {
      const cases = drawCases(await evaluator(), task.seed, task.split, setup.evaluatorPath, task.instance)
      return { cases, digest: digestOf(cases) }
    }
    case 'shape': {
      const { output } = await evaluator()
      return output === undefined ? undefined : shapeText(output)
    }
    case 'inputs':
      return timedInputs(await evaluator(), task.seed, task.batch, task.instance)
    case 'strip':
      return stripTypes(task.source)
    case 'driver':
      return driverOf(await evaluator(), setup.evaluatorPath)
    case 'score': {
      const { results, source, draw, instance } = task
      const cases = draw === undefined ? [] : await redrawn(draw)
      return scoreCases({ ...setup, evaluator: await evaluator(), cases, source, instance }, results)
    }
  }
}

/** Drawn anew for every round of every candidate: whoever learnt one by heart never meets it again. */
function timedInputs(
  evaluator: Evaluator | SourceEvaluator,
  seed: string,
  batch: number,
  instance: Json | undefined,
): readonly TimedInput[] {
  const drawings = Array.from({ length: batch }, (_, index) =>
    drawCases(evaluator, `${seed}/${String(index)}`, 'timing', setup.evaluatorPath, instance),
  )
  const ids = drawings[0]?.map(({ id }) => id) ?? []
  const argsOf = (drawing: readonly Case[], id: string): Case['args'] => {
    const found = drawing.find((each) => each.id === id)
    if (found !== undefined) return found.args
    throw evaluatorMistake(
      `cases() for timing gave the case ${id} for one seed and not for another: give the same ids every time`,
      setup.evaluatorPath,
    )
  }
  return ids.map((id) => ({ id, calls: JSON.stringify(drawings.map((drawing) => argsOf(drawing, id))) }))
}

const measured = descriptors.filter(({ name }) => setup.measures?.includes(name) ?? true)
let first: ProgramText | undefined

function checked(source: string): ParseOutcome {
  if (first === undefined && setup.first !== undefined) first = programText(setup.first, setup.form)
  return parseSource(source, setup.form, measured, first)
}

function operatorNamed(name: string) {
  const found = operators.find((operator) => operator.name === name)
  if (found?.kind !== 'direct') throw new InvariantError(`there is no direct operator named ${name}`)
  return found
}

let loading: Promise<Evaluator | SourceEvaluator> | undefined

function evaluator(): Promise<Evaluator | SourceEvaluator> {
  loading ??= load()
  return loading
}

async function load(): Promise<Evaluator | SourceEvaluator> {
  let module: { readonly default?: unknown }
  try {
    module = (await import(pathToFileURL(setup.evaluatorFile).href)) as typeof module
  } catch (error) {
    throw evaluatorThrew(error, setup.evaluatorPath)
  }
  if (isEvaluator(module.default)) return module.default
  throw evaluatorMistake(
    "the default export is not an evaluator: write `export default defineEvaluator({ ... })` with defineEvaluator from 'evolve-agent'",
    setup.evaluatorPath,
  )
}

let latest: { readonly key: string; readonly cases: readonly Case[] } | undefined

/** The cases of a drawing made on another thread, which has the evaluator's state of another thread. */
async function redrawn({ seed, split, digest, instance }: Draw): Promise<readonly Case[]> {
  const key = JSON.stringify([split, seed, instance])
  if (latest?.key === key) return latest.cases
  const cases = drawCases(await evaluator(), seed, split, setup.evaluatorPath, instance)
  if (digestOf(cases) !== digest) {
    throw evaluatorMistake(
      'cases() gave other cases for the same seed: draw chance from the rng it is given only, and keep no state',
      setup.evaluatorPath,
    )
  }
  latest = { key, cases }
  return cases
}

function digestOf(cases: readonly Case[]): string {
  return createHash('sha256').update(JSON.stringify(cases)).digest('base64')
}

function faultOf(error: unknown): Fault {
  const stack = error instanceof Error ? error.stack : undefined
  if (error instanceof UserError) return { kind: 'user', message: error.message, location: error.location, stack }
  return { kind: 'defect', message: messageOf(error), stack }
}
