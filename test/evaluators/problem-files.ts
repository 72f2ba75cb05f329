import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { knownNames } from '../../src/compose/names.ts'
import { openEvaluating } from '../../src/compose/evaluating.ts'
import type { Evaluating } from '../../src/compose/evaluating.ts'
import { loadProblem } from '../../src/config/load.ts'
import type { Problem } from '../../src/config/problem.ts'
import { messageOf } from '../../src/core/errors.ts'
import { findGpus } from '../../src/evaluation/devices/find.ts'
import { whyNoKernels } from '../../evaluators/wgsl-matmul/kernel-process.ts'

/** Every problem that this repository ships, by the name of its file. */
export const problemFiles: readonly string[] = readdirSync(new URL('../../problems', import.meta.url))
  .filter((name) => /\.ya?ml$/.test(name))
  .sort()

/** Reads a problem of the suite; no key needs to be set. */
export function suiteProblem(file: string): Problem {
  const place = path.resolve(import.meta.dirname, '../../problems', file)
  const env = new Proxy<Record<string, string>>({}, { get: () => 'unset' })
  return loadProblem(place, { env, known: knownNames, overrides: { llm: false } }).problem
}

/** Starts what evaluates a problem, with the bundle in a folder that `close` removes. */
export async function openSuiteProblem(problem: Problem): Promise<Evaluating> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'evolve-suite-'))
  const evaluating = await openEvaluating(problem, 1, work)
  const close = async (): Promise<void> => {
    await evaluating.close()
    await rm(work, { recursive: true })
  }
  return { ...evaluating, close }
}

/** What this machine lacks for a problem; `undefined` when it can be evaluated here. */
export async function missingFor({ program: { language } }: Problem): Promise<string | undefined> {
  if (language === 'wgsl') return whyNoKernels()
  if (language === 'cuda') {
    if (spawnSync('nvcc', ['--version']).status !== 0) return 'there is no nvcc'
    return findGpus().then(() => undefined, messageOf)
  }
  const tool = { python: 'python3', c: 'gcc', cpp: 'g++' }[language]
  if (tool === undefined || spawnSync(tool, ['--version']).status === 0) return undefined
  return `there is no ${tool}`
}
